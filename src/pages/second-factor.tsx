/**
 * The parts of pages for second factors: the step of a sign-in, the set-up of an authenticator app and
 * its recovery codes. Secrets and codes are fetched by the script (client/factors.ts), and are no part of
 * a page.
 */
import type { Child, FC } from 'hono/jsx';
import { Field, Form, PasswordField } from './form.tsx';
import { Heading, Layout, type RenderContext } from './layout.tsx';
import type { Messages } from '../languages/messages.ts';
import { PasskeyButton } from './passkeys.tsx';

interface PartProps {
  messages: Messages;
}

/** Follows the password on the pages that sign in; hidden until a step is owed. */
export const SecondStep: FC<PartProps> = ({ messages }) => {
  const { secondFactor, enrolment } = messages;
  return (
    <div id="second" hidden>
      <section id="code-step" aria-labelledby="code-title" hidden>
        <Heading id="code-title" title={secondFactor.title} intro={secondFactor.intro} />
        <CodeForm messages={messages} />
        <nav>
          <button type="button" class="link" id="other-way">
            {messages.script.useRecoveryCode}
          </button>
          <PasskeyButton id="step-by-passkey" class="link" text={secondFactor.passkey} />
          <button type="button" class="link" id="start-over">
            {secondFactor.back}
          </button>
        </nav>
      </section>
      <section id="enrolment" aria-labelledby="enrolment-title" hidden>
        <Heading id="enrolment-title" title={enrolment.title} intro={enrolment.required} />
        <EnrolmentForm messages={messages} />
      </section>
      <RecoveryCodes messages={messages} level="h1" />
    </div>
  );
};

interface CodeFormProps extends PartProps {
  action?: string;
  notice?: string | undefined;
  error?: string | undefined;
  isRecoveryCode?: boolean | undefined;
  children?: Child;
}

const CodeForm: FC<CodeFormProps> = ({ messages, isRecoveryCode, error, children, ...form }) => (
  <Form id="code-form" submit={messages.secondFactor.submit} {...form}>
    {children}
    <FactorCode
      id="factor-code"
      messages={messages}
      isRecoveryCode={isRecoveryCode}
      error={error}
    />
  </Form>
);

/** Takes a code of an app with a keyboard of digits, and a recovery code with one of letters. */
const FactorCode: FC<{
  id: string;
  messages: Messages;
  isRecoveryCode?: boolean | undefined;
  error?: string | undefined;
}> = ({ id, messages: { script }, isRecoveryCode, error }) =>
  isRecoveryCode ? (
    <Field name={id} label={script.recoveryCode} isCode autocomplete="off" error={error} />
  ) : (
    <Field
      name={id}
      label={script.factorCode}
      isCode
      inputmode="numeric"
      autocomplete="one-time-code"
      error={error}
    />
  );

/** Its script draws the QR code and fills in the secret. */
const EnrolmentForm: FC<PartProps & { second?: Child }> = ({ messages, second }) => {
  const { enrolment } = messages;
  return (
    <Form id="enrolment-form" submit={enrolment.submit} second={second}>
      <div>
        <p>{enrolment.scan}</p>
        <div id="qr" data-label={enrolment.qr} />
        <p>
          <a id="open-app">{enrolment.open}</a>
        </p>
        <p>{enrolment.secret}</p>
        <p>
          <code id="secret" class="code" />
        </p>
      </div>
      <FactorCode id="new-code" messages={messages} />
    </Form>
  );
};

const RecoveryCodes: FC<PartProps & { level: 'h1' | 'h2' }> = ({ messages, level: Level }) => {
  const { recovery } = messages;
  return (
    <section id="recovery" aria-labelledby="recovery-title" hidden>
      <header>
        <Level id="recovery-title" tabindex={-1}>
          {recovery.title}
        </Level>
        <p class="intro">{recovery.intro}</p>
      </header>
      <ul id="recovery-codes" />
      <p id="recovery-notice" class="hint" role="status" />
      <div class="actions">
        <a id="download" class="quiet">
          {recovery.download}
        </a>
        <button type="button" id="copy" class="quiet">
          {recovery.copy}
        </button>
        <button type="button" id="print" class="quiet">
          {recovery.print}
        </button>
        <button type="button" id="codes-kept" class="main">
          {recovery.goOn}
        </button>
      </div>
    </section>
  );
};

/** The second factors on the signed-in page. */
export const FactorSection: FC<PartProps> = ({ messages }) => {
  const { factors, enrolment } = messages;
  return (
    <>
      <section id="factors" aria-labelledby="factors-title" hidden>
        <h2 id="factors-title">{factors.title}</h2>
        <p id="factors-state" class="hint" />
        <ul id="factor-list" />
        <p id="codes-left" />
        <div class="actions">
          <button type="button" id="add-factor" class="quiet">
            {factors.add}
          </button>
          <button type="button" id="new-codes" class="quiet">
            {factors.newCodes}
          </button>
        </div>
      </section>
      <section id="enrolment" aria-labelledby="enrolment-title" hidden>
        <h2 id="enrolment-title" tabindex={-1}>
          {enrolment.title}
        </h2>
        <EnrolmentForm
          messages={messages}
          second={
            <button type="button" id="cancel-enrolment" class="quiet">
              {enrolment.cancel}
            </button>
          }
        />
      </section>
      <RecoveryCodes messages={messages} level="h2" />
      <ProofDialog messages={messages} />
    </>
  );
};

/** Asks for the password, a code or a passkey before a change; its script shows what is asked for. */
export const ProofDialog: FC<PartProps> = ({ messages }) => {
  const { proof, fields, script } = messages;
  return (
    <dialog id="proof" aria-labelledby="proof-title">
      <header>
        <h2 id="proof-title">{proof.title}</h2>
        <p class="intro">{proof.intro}</p>
      </header>
      <Form
        id="proof-form"
        submit={proof.submit}
        second={
          <>
            <PasskeyButton id="proof-by-passkey" class="quiet" text={proof.passkey} />
            <button type="button" id="cancel-proof" class="quiet">
              {proof.cancel}
            </button>
          </>
        }
      >
        <div id="by-password">
          <PasswordField
            name="proof-password"
            label={fields.password}
            autocomplete="current-password"
            messages={fields}
          />
        </div>
        <div id="by-code">
          <FactorCode id="proof-code" messages={messages} />
          <button type="button" class="link" id="proof-other-way">
            {script.useRecoveryCode}
          </button>
        </div>
      </Form>
    </dialog>
  );
};

/** Asks for the code after a form that was sent without scripts. It has none itself. */
export const CodePage: FC<{
  context: RenderContext;
  action: string;
  hidden: Readonly<Record<string, string>>;
  isRecoveryCode: boolean;
  notice: string | undefined;
  error: string | undefined;
  back: string;
}> = ({ context, hidden, back, ...form }) => {
  const { messages } = context;
  const { secondFactor, script } = messages;
  const { isRecoveryCode } = form;
  const intro = isRecoveryCode ? script.recoveryIntro : secondFactor.intro;
  return (
    <Layout context={context} title={secondFactor.title}>
      <Heading title={secondFactor.title} intro={intro} />
      <CodeForm messages={messages} {...form}>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
      </CodeForm>
      <nav>
        <button
          form="code-form"
          class="link"
          name="other-way"
          value={isRecoveryCode ? 'app' : 'recovery-code'}
          formnovalidate
        >
          {isRecoveryCode ? script.useApp : script.useRecoveryCode}
        </button>
        <a href={back}>{secondFactor.back}</a>
      </nav>
    </Layout>
  );
};
