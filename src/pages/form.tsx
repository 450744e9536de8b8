/** Components of a form: labelled fields, their errors, the notice, one button. */
import type { Child, FC } from 'hono/jsx';
import type { Messages } from '../languages/messages.ts';

interface FieldProps {
  name: string;
  label: string;
  autocomplete: string;
  type?: 'text' | 'email';
  inputmode?: 'email' | 'numeric' | 'url';
  value?: string;
  optional?: boolean;
  /** Its script removes spaces and dashes. */
  isCode?: boolean;
  hint?: string;
  /** The error of a form that was sent without scripts. */
  error?: string | undefined;
}

/** Has no maxlength: browsers silently truncate pasted text. */
export const Field: FC<FieldProps> = ({
  name,
  label,
  hint,
  error,
  optional,
  isCode,
  type = 'text',
  ...input
}) => (
  <div class="field">
    <label for={name}>{label}</label>
    <input
      id={name}
      name={name}
      type={type}
      required={!optional}
      data-code={isCode}
      autocapitalize="none"
      spellcheck={false}
      aria-describedby={`${name}-hint ${name}-error`}
      aria-invalid={error === undefined ? undefined : 'true'}
      {...input}
    />
    <Notes name={name} hint={hint} error={error} />
  </div>
);

export const PasswordField: FC<{
  name: string;
  label: string;
  autocomplete: 'current-password' | 'new-password';
  messages: Messages['fields'];
  hint?: string;
  error?: string | undefined;
  /** Follows the field. */
  children?: Child;
}> = ({ name, label, autocomplete, messages, hint, error, children }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <div class="revealable">
      <input
        id={name}
        name={name}
        type="password"
        required
        autocomplete={autocomplete}
        aria-describedby={`${name}-hint ${name}-error`}
        aria-invalid={error === undefined ? undefined : 'true'}
      />
      <button
        type="button"
        class="reveal"
        hidden
        data-reveal={name}
        aria-pressed="false"
        aria-controls={name}
        aria-label={messages.showPassword}
      >
        {messages.show}
      </button>
    </div>
    <Notes name={name} hint={hint} error={error} />
    {children}
  </div>
);

const Notes: FC<{ name: string; hint: string | undefined; error: string | undefined }> = ({
  name,
  hint,
  error,
}) => (
  <>
    <p class="hint" id={`${name}-hint`} hidden={hint === undefined}>
      {hint}
    </p>
    <p class="error" id={`${name}-error`} hidden={error === undefined}>
      {error}
    </p>
  </>
);

/**
 * `action` is for browsers without scripts. Without it the button is disabled until the script has
 * loaded, so that the form is never sent to a path that does not accept it.
 */
export const Form: FC<{
  /** Absent: `form`. Notice and timer of others are named after them. */
  id?: string;
  submit: string;
  action?: string;
  /** The refusal of a form that was sent without scripts. */
  notice?: string | undefined;
  noscript?: string;
  /** A button after the one that submits. */
  second?: Child;
  children?: Child;
}> = ({ id, submit, action, notice, noscript, second, children }) => (
  <form id={id ?? 'form'} method="post" action={action} novalidate={action === undefined}>
    <Notice prefix={id === undefined ? '' : `${id}-`} notice={notice} />
    {noscript && (
      <noscript>
        <p class="notice bad">{noscript}</p>
      </noscript>
    )}
    {children}
    <button type="submit" class="main" disabled={action === undefined}>
      {submit}
    </button>
    {second}
  </form>
);

/** A live region: screen readers announce the notice, but not the countdown beside it. */
const Notice: FC<{ prefix: string; notice?: string | undefined }> = ({ prefix, notice }) => (
  <div class="notices">
    <div
      id={`${prefix}notice`}
      class="notice bad"
      role="alert"
      tabindex={-1}
      hidden={notice === undefined}
    >
      {notice}
    </div>
    <p class="timer" id={`${prefix}timer`} role="timer" hidden />
  </div>
);

/** Asks for a name that users give. `of`: the kind of thing, which the ids of the elements carry. */
export const NamingForm: FC<Record<'of' | 'submit' | 'cancel' | 'label' | 'hint', string>> = ({
  of,
  submit,
  cancel,
  label,
  hint,
}) => (
  <Form
    id={`${of}-form`}
    submit={submit}
    second={
      <button type="button" id={`cancel-${of}`} class="quiet">
        {cancel}
      </button>
    }
  >
    <Field name={`${of}-name`} label={label} autocomplete="off" hint={hint} optional />
  </Form>
);
