/** The sign-in page. For a contract with a refresh cookie its form works without scripts too. */
import type { FC } from 'hono/jsx';
import { Field, Form, PasswordField } from './form.tsx';
import { Frame, Heading, linkTo, type Surroundings } from './frame.tsx';
import type { Reason, PageData } from './page-data.ts';

interface LoginProps {
  around: Surroundings;
  pageData: PageData;
  /** What became of a form that was sent without scripts. */
  outcome?: {
    reason: Reason;
    waitSeconds: number;
    identifier: string;
    /** Errors by field. */
    errors: Readonly<Record<string, string>>;
  };
}

export const LoginPage: FC<LoginProps> = ({ around, pageData, outcome }) => {
  const { words } = around;
  const { identifier: kind, login } = pageData.contract;
  const inCookie = pageData.contract.refresh?.in === 'cookie';
  const own = inCookie
    ? { action: `${pageData.paths.login}-form` }
    : { noscript: words.scriptsOff };
  return (
    <Frame around={around} title={words.login.title} pageData={pageData}>
      <Heading title={words.login.title} intro={words.login.intro} />
      <Form submit={words.login.submit} told={outcome && outcomeText(pageData, outcome)} {...own}>
        <Field
          name={login.identifier}
          label={words.fields[kind]}
          autocomplete="username"
          value={outcome?.identifier ?? ''}
          error={outcome?.errors[login.identifier]}
          {...(kind === 'email' ? { type: 'email', inputmode: 'email' } : {})}
        />
        <PasswordField
          name={login.password}
          label={words.fields.password}
          autocomplete="current-password"
          words={words.fields}
          error={outcome?.errors[login.password]}
        />
        {inCookie ? (
          <input type="hidden" name="return_to" value={pageData.returnTo} />
        ) : (
          <label class="check">
            <input type="checkbox" id="remember" />
            <span>{words.fields.remember}</span>
          </label>
        )}
      </Form>
      <nav>
        <a href={linkTo(pageData, '/forgot')}>{words.login.forgot}</a>
        <p>
          {words.login.newHere} <a href={linkTo(pageData, '/register')}>{words.login.register}</a>
        </p>
      </nav>
    </Frame>
  );
};

function outcomeText(
  { messages }: PageData,
  { reason, waitSeconds }: LoginProps['outcome'] & {},
): string {
  const text = messages.refusals[reason];
  if (waitSeconds < 1) return text;
  const minutes = Math.ceil(waitSeconds / 60);
  const time = minutes > 1 ? messages.minutes.replace('{n}', String(minutes)) : messages.minute;
  return `${text} ${messages.wait.replace('{time}', time)}`;
}
