/** The pages for registration, e-mail verification, and forgotten passwords. */
import type { FC } from 'hono/jsx';
import { Field, Form, PasswordField } from './form.tsx';
import { Layout, Heading, linkTo, type RenderContext } from './layout.tsx';
import type { PageData } from './page-data.ts';
import { SecondStep } from './second-factor.tsx';

interface PageProps {
  context: RenderContext;
  pageData: PageData;
}

export const RegisterPage: FC<PageProps> = ({ context, pageData }) => {
  const { messages } = context;
  const { fields } = messages;
  const named = pageData.contract.identifier === 'username';
  const asked = pageData.requests['register-named']?.fields ?? {};
  return (
    <Layout context={context} title={messages.register.title} pageData={pageData}>
      <Heading title={messages.register.title} intro={messages.register.intro} />
      <Form submit={messages.register.submit} noscript={messages.scriptsOff}>
        {'username' in asked && (
          <Field
            name="username"
            label={fields.username}
            autocomplete={named ? 'username' : 'nickname'}
          />
        )}
        {'name' in asked && <Field name="name" label={fields.name} autocomplete="name" optional />}
        <Field
          name="email"
          label={fields.email}
          type="email"
          inputmode="email"
          autocomplete={named ? 'email' : 'username'}
        />
        <NewPassword name="password" label={fields.password} context={context} />
      </Form>
      <nav>
        <p>
          {messages.register.haveOne}{' '}
          <a href={linkTo(pageData, '/login')}>{messages.register.signIn}</a>
        </p>
      </nav>
    </Layout>
  );
};

export const VerifyPage: FC<PageProps> = ({ context, pageData }) => {
  const { messages } = context;
  const { identifier: kind } = pageData.contract;
  return (
    <Layout context={context} title={messages.verify.title} pageData={pageData}>
      <div id="first">
        <Heading title={messages.verify.title} intro={messages.verify.intro} />
        <Form submit={messages.verify.submit} noscript={messages.scriptsOff}>
          <Field
            name="identifier"
            label={messages.fields[kind]}
            autocomplete="username"
            {...(kind === 'email' ? { type: 'email', inputmode: 'email' } : {})}
          />
          <PasswordField
            name="password"
            label={messages.fields.password}
            autocomplete="current-password"
            messages={messages.fields}
          />
          <Field
            name="code"
            label={messages.fields.code}
            isCode
            inputmode="numeric"
            autocomplete="one-time-code"
          />
        </Form>
        <nav>
          <button type="button" class="link" id="again">
            {messages.verify.again}
          </button>
          <a href={linkTo(pageData, '/login')}>{messages.verify.back}</a>
        </nav>
      </div>
      <SecondStep messages={messages} />
    </Layout>
  );
};

export const ForgotPage: FC<PageProps> = ({ context, pageData }) => {
  const { messages } = context;
  const named = pageData.contract.identifier === 'username';
  return (
    <Layout context={context} title={messages.forgot.title} pageData={pageData}>
      <Heading title={messages.forgot.title} intro={messages.forgot.intro} />
      <Form submit={messages.forgot.submit} noscript={messages.scriptsOff}>
        <Field
          name="identifier"
          label={named ? messages.fields.usernameOrEmail : messages.fields.email}
          autocomplete="username"
          {...(named ? {} : { type: 'email', inputmode: 'email' })}
        />
      </Form>
      <nav>
        <a href={linkTo(pageData, '/login')}>{messages.forgot.back}</a>
      </nav>
    </Layout>
  );
};

/** The token is in the URL's fragment, which reaches no server and no log. */
export const ResetPage: FC<PageProps> = ({ context, pageData }) => {
  const { messages } = context;
  return (
    <Layout context={context} title={messages.reset.title} pageData={pageData}>
      <Heading title={messages.reset.title} intro={messages.reset.intro} />
      <Form submit={messages.reset.submit} noscript={messages.scriptsOff}>
        <NewPassword name="password" label={messages.fields.newPassword} context={context} />
      </Form>
      <nav>
        <a href={linkTo(pageData, '/forgot')}>{messages.reset.again}</a>
        <a href={linkTo(pageData, '/login')}>{messages.forgot.back}</a>
      </nav>
    </Layout>
  );
};

/** Follows an e-mail about a sign-in from a new device. Its token is in the fragment, too. */
export const RevokePage: FC<PageProps> = ({ context, pageData }) => {
  const { revoke, login, scriptsOff } = context.messages;
  return (
    <Layout context={context} title={revoke.title} pageData={pageData}>
      <Heading title={revoke.title} intro={revoke.intro} />
      <Form submit={revoke.submit} noscript={scriptsOff} />
      <nav>
        <a href={linkTo(pageData, '/')}>{revoke.wasMe}</a>
        <a href={linkTo(pageData, '/forgot')}>{login.forgot}</a>
      </nav>
    </Layout>
  );
};

export const NewPassword: FC<{ name: string; label: string; context: RenderContext }> = ({
  name,
  label,
  context: { messages, passwordRules },
}) => (
  <PasswordField
    name={name}
    label={label}
    autocomplete="new-password"
    messages={messages.fields}
    hint={messages.fields.passwordHint.replace(
      '{least}',
      passwordRules.least.toLocaleString(messages.tag),
    )}
  />
);
