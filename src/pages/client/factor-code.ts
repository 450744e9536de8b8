/** The field for a code, which takes those of an app or, the other way, recovery codes. */
import { messages, elementById, inputById } from './page-data.ts';
import type { Check } from './form.ts';

const DIGITS = 6;
const RECOVERY_CODE_LENGTH = 24;

const lengthOf = (code: string) => [...code].length;

export interface CodeField {
  check: Check;
  /** Empties the field, and asks for a code of an app again, or for a recovery code where there is no app. */
  reset(hasApp: boolean): void;
}

/** `id`: of the input; `other`: of the button for the other way. `onChange`: after a change of the way. */
export function enhanceCodeField(
  id: string,
  other: string,
  onChange: (isRecoveryCode: boolean) => void = () => {},
): CodeField {
  const input = inputById(id);
  const label = document.querySelector(`label[for="${id}"]`) as HTMLElement;
  const button = elementById(other);
  let isRecoveryCode = false;
  const show = (isRecovery: boolean) => {
    isRecoveryCode = isRecovery;
    label.textContent = isRecovery ? messages.recoveryCode : messages.factorCode;
    button.textContent = isRecovery ? messages.useApp : messages.useRecoveryCode;
    input.inputMode = isRecovery ? 'text' : 'numeric';
    input.autocomplete = isRecovery ? 'off' : 'one-time-code';
    input.value = '';
    // Removes the error of what was entered.
    input.dispatchEvent(new Event('input'));
    onChange(isRecovery);
  };
  button.addEventListener('click', () => {
    show(!isRecoveryCode);
    input.focus();
  });
  return {
    check(code) {
      if (code === '') return messages.required;
      if (isRecoveryCode) {
        return lengthOf(code) === RECOVERY_CODE_LENGTH ? null : messages.recoveryCodeMalformed;
      }
      return appCode(code);
    },
    reset(hasApp) {
      show(!hasApp);
      button.hidden = !hasApp;
    },
  };
}

/** The check of a field that takes codes of an app alone. */
export const appCode: Check = (code) =>
  code === '' ? messages.required : lengthOf(code) === DIGITS ? null : messages.codeMalformed;
