/** The parts of a form: labelled fields, a place for what goes wrong, one button. */
import type { Child, FC } from 'hono/jsx';
import type { Words } from './languages/english.ts';

interface FieldProps {
  name: string;
  label: string;
  autocomplete: string;
  type?: 'text' | 'email';
  inputmode?: 'email' | 'numeric';
  value?: string;
  optional?: boolean;
  hint?: string;
  /** What is wrong with what was sent without scripts. */
  error?: string | undefined;
}

/** No maxlength anywhere: a browser would cut off what is pasted, and say nothing. */
export const Field: FC<FieldProps> = ({
  name,
  label,
  hint,
  error,
  optional,
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
  words: Words['fields'];
  hint?: string;
  error?: string | undefined;
}> = ({ name, label, autocomplete, words, hint, error }) => (
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
        aria-label={words.showPassword}
      >
        {words.show}
      </button>
    </div>
    <Notes name={name} hint={hint} error={error} />
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
 * `action` is for browsers without scripts. Without one the button waits for the script, so that
 * no form is ever sent to where nobody reads it.
 */
export const Form: FC<{
  submit: string;
  action?: string;
  /** What went wrong, where the form was sent without scripts. */
  told?: string | undefined;
  noscript?: string;
  children?: Child;
}> = ({ submit, action, told, noscript, children }) => (
  <form id="form" method="post" action={action} novalidate={action === undefined}>
    <Notice told={told} />
    {noscript && (
      <noscript>
        <p class="notice bad">{noscript}</p>
      </noscript>
    )}
    {children}
    <button type="submit" class="main" disabled={action === undefined}>
      {submit}
    </button>
  </form>
);

/** Read out when it changes; the seconds beside it are not. */
export const Notice: FC<{ told?: string | undefined }> = ({ told }) => (
  <div class="notices">
    <div id="notice" class="notice bad" role="alert" tabindex={-1} hidden={told === undefined}>
      {told}
    </div>
    <p id="timer" role="timer" hidden />
  </div>
);
