/** The dialog that asks for the password or a code before a change. */
import { methodsAt } from '../refusal-reason.ts';
import type { Answer } from './call.ts';
import { enhanceCodeField } from './factor-code.ts';
import type { AccountPage } from './changes.ts';
import type { Shared } from './scripts.ts';
import { contract, elementById, inputById, messages } from './page-data.ts';

/** Asks by one of the methods that a refusal names. Resolves to false where the user gives up. */
export function createProofDialog(
  shared: Shared,
  page: AccountPage,
): (refusal: Answer) => Promise<boolean> {
  const dialog = elementById<HTMLDialogElement>('proof');
  const password = inputById('proof-password');
  const codeField = enhanceCodeField('proof-code', 'proof-other-way');
  let byPassword = false;
  let isProven = false;

  shared.enhanceForm({
    id: 'proof-form',
    checks: {
      'proof-password': (value) => (byPassword ? shared.required(value) : null),
      'proof-code': (value) => (byPassword ? null : codeField.check(value)),
    },
    async send({ 'proof-password': password = '', 'proof-code': code = '' }) {
      const answer = byPassword
        ? await shared.callSignedIn('reauthenticate-by-password', { password })
        : await shared.callSignedIn('reauthenticate-by-code', { code });
      if (answer === 'out') page.leave();
      else if (answer?.ok) {
        isProven = true;
        dialog.close();
      } else refuse(answer);
      return false;
    },
  });
  const refuse = (answer: Answer | null) => {
    const reason = answer && shared.readRefusal(answer, ['invalid', 'invalid-factor']).reason;
    const { malformed, 'invalid-factor': wrongCode } = messages.refusals;
    if (reason === 'invalid') shared.focusFieldError('proof-password', messages.wrongPassword);
    else if (reason === 'invalid-factor') shared.focusFieldError('proof-code', wrongCode);
    else if (
      !shared.showFieldErrors(answer, {
        password: ['proof-password', malformed],
        code: ['proof-code', malformed],
      })
    ) {
      shared.showRefusal(answer, ['locked']);
    }
  };
  elementById('cancel-proof').addEventListener('click', () => dialog.close());

  return ({ body }) => {
    const methods = methodsAt(body, contract.paths.error);
    byPassword = methods.includes('password');
    isProven = false;
    password.value = '';
    codeField.reset();
    elementById('by-password').hidden = !byPassword;
    elementById('by-code').hidden = byPassword;
    shared.setFormInUse('proof-form');
    shared.showNotice(null);
    dialog.showModal();
    (byPassword ? password : inputById('proof-code')).focus();
    return new Promise((resolve) => {
      const onClose = () => {
        password.value = '';
        inputById('proof-code').value = '';
        resolve(isProven);
      };
      dialog.addEventListener('close', onClose, { once: true });
    });
  };
}
