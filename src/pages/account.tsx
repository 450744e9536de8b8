/** The pages beside the sign-in page: creating an account, its code, a forgotten password. */
import type { FC } from 'hono/jsx';
import { Field, Form, PasswordField } from './form.tsx';
import { Frame, Heading, linkTo, type Surroundings } from './frame.tsx';
import type { PageData } from './page-data.ts';

interface PageProps {
  around: Surroundings;
  pageData: PageData;
}

export const RegisterPage: FC<PageProps> = ({ around, pageData }) => {
  const { words } = around;
  const { fields } = words;
  const named = pageData.contract.identifier === 'username';
  return (
    <Frame around={around} title={words.register.title} pageData={pageData}>
      <Heading title={words.register.title} intro={words.register.intro} />
      <Form submit={words.register.submit} noscript={words.scriptsOff}>
        {named ? (
          <Field name="username" label={fields.username} autocomplete="username" />
        ) : (
          <Field name="name" label={fields.name} autocomplete="name" optional />
        )}
        <Field
          name="email"
          label={fields.email}
          type="email"
          inputmode="email"
          autocomplete={named ? 'email' : 'username'}
        />
        <NewPassword name="password" label={fields.password} around={around} />
      </Form>
      <nav>
        <p>
          {words.register.haveOne} <a href={linkTo(pageData, '/login')}>{words.register.signIn}</a>
        </p>
      </nav>
    </Frame>
  );
};

export const VerifyPage: FC<PageProps> = ({ around, pageData }) => {
  const { words } = around;
  const { identifier: kind } = pageData.contract;
  return (
    <Frame around={around} title={words.verify.title} pageData={pageData}>
      <Heading title={words.verify.title} intro={words.verify.intro} />
      <Form submit={words.verify.submit} noscript={words.scriptsOff}>
        <Field
          name="identifier"
          label={words.fields[kind]}
          autocomplete="username"
          {...(kind === 'email' ? { type: 'email', inputmode: 'email' } : {})}
        />
        <PasswordField
          name="password"
          label={words.fields.password}
          autocomplete="current-password"
          words={words.fields}
        />
        <Field
          name="code"
          label={words.fields.code}
          inputmode="numeric"
          autocomplete="one-time-code"
        />
      </Form>
      <nav>
        <button type="button" class="link" id="again">
          {words.verify.again}
        </button>
        <a href={linkTo(pageData, '/login')}>{words.verify.back}</a>
      </nav>
    </Frame>
  );
};

export const ForgotPage: FC<PageProps> = ({ around, pageData }) => {
  const { words } = around;
  const named = pageData.contract.identifier === 'username';
  return (
    <Frame around={around} title={words.forgot.title} pageData={pageData}>
      <Heading title={words.forgot.title} intro={words.forgot.intro} />
      <Form submit={words.forgot.submit} noscript={words.scriptsOff}>
        <Field
          name="identifier"
          label={named ? words.fields.usernameOrEmail : words.fields.email}
          autocomplete="username"
          {...(named ? {} : { type: 'email', inputmode: 'email' })}
        />
      </Form>
      <nav>
        <a href={linkTo(pageData, '/login')}>{words.forgot.back}</a>
      </nav>
    </Frame>
  );
};

/** The token stands behind the `#` of the address, where no server and no log sees it. */
export const ResetPage: FC<PageProps> = ({ around, pageData }) => {
  const { words } = around;
  return (
    <Frame around={around} title={words.reset.title} pageData={pageData}>
      <Heading title={words.reset.title} intro={words.reset.intro} />
      <Form submit={words.reset.submit} noscript={words.scriptsOff}>
        <NewPassword name="password" label={words.fields.newPassword} around={around} />
      </Form>
      <nav>
        <a href={linkTo(pageData, '/forgot')}>{words.reset.again}</a>
        <a href={linkTo(pageData, '/login')}>{words.forgot.back}</a>
      </nav>
    </Frame>
  );
};

export const NewPassword: FC<{ name: string; label: string; around: Surroundings }> = ({
  name,
  label,
  around: { words, leastPassword },
}) => (
  <PasswordField
    name={name}
    label={label}
    autocomplete="new-password"
    words={words.fields}
    hint={words.fields.passwordHint.replace('{least}', String(leastPassword))}
  />
);
