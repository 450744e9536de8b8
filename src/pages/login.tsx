/** The sign-in page. For a contract with a refresh cookie its form works without scripts too. */
import type { FC } from 'hono/jsx';
import { Field, Form, PasswordField } from './form.tsx';
import { Layout, Heading, linkTo, type RenderContext } from './layout.tsx';
import { PasskeyButton } from './passkeys.tsx';
import { SecondStep } from './second-factor.tsx';
import type { Reason, PageData } from './page-data.ts';

interface LoginProps {
  context: RenderContext;
  pageData: PageData;
  /** The refusal of a form that was sent without scripts. */
  outcome?: {
    reason: Reason;
    waitSeconds: number;
    identifier: string;
    /** Errors by the name of the input. */
    errors: Readonly<Record<string, string>>;
  };
}

export const LoginPage: FC<LoginProps> = ({ context, pageData, outcome }) => {
  const { messages } = context;
  const { identifier: kind, hasRefreshCookie: inCookie, takesCodeWithPassword } = pageData.contract;
  const [loginPath] = pageData.requests.login?.path.split('?') ?? [];
  const own = inCookie ? { action: `${loginPath}-form` } : { noscript: messages.scriptsOff };
  return (
    <Layout context={context} title={messages.login.title} pageData={pageData}>
      <div id="first">
        <Heading title={messages.login.title} intro={messages.login.intro} />
        <Form
          submit={messages.login.submit}
          second={
            <PasskeyButton id="passkey-sign-in" class="quiet" text={messages.login.passkey} />
          }
          notice={outcome ? outcomeText(pageData, outcome) : refusedReturn(pageData)}
          {...own}
        >
          <Field
            name={kind}
            label={messages.fields[kind]}
            autocomplete={context.offersPasskeys ? 'username webauthn' : 'username'}
            value={outcome?.identifier ?? ''}
            error={outcome?.errors[kind]}
            {...(kind === 'email' ? { type: 'email', inputmode: 'email' } : {})}
          />
          <PasswordField
            name="password"
            label={messages.fields.password}
            autocomplete="current-password"
            messages={messages.fields}
            error={outcome?.errors['password']}
          >
            <a id="forgot" href={linkTo(pageData, '/forgot')}>
              {messages.login.forgot}
            </a>
          </PasswordField>
          {takesCodeWithPassword && (
            <Field
              name="code"
              label={messages.script.factorCode}
              isCode
              autocomplete="one-time-code"
              hint={messages.secondFactor.optional}
              optional
            />
          )}
          {inCookie ? (
            <input type="hidden" name="return_to" value={pageData.returnTo} />
          ) : (
            <label class="check">
              <input type="checkbox" id="remember" />
              <span>{messages.fields.remember}</span>
            </label>
          )}
        </Form>
        <nav>
          <p>
            {messages.login.newHere}{' '}
            <a href={linkTo(pageData, '/register')}>{messages.login.register}</a>
          </p>
        </nav>
      </div>
      <SecondStep messages={messages} />
    </Layout>
  );
};

function refusedReturn({ messages, returnRefused }: PageData): string | undefined {
  if (returnRefused === null) return undefined;
  return messages.returnRefused.replace('{detail}', () => returnRefused);
}

export function outcomeText(
  { messages, language }: PageData,
  { reason, waitSeconds }: { reason: Reason; waitSeconds: number },
): string {
  const text = messages.refusals[reason];
  if (waitSeconds < 1) return text;
  const time = new Intl.RelativeTimeFormat(language).format(Math.ceil(waitSeconds / 60), 'minute');
  return `${text} ${messages.wait.replace('{time}', time)}`;
}
