/** Deletes the account, with the password or, without one, with a proof of identity. */
import type { ProvenPage } from './profile.ts';
import type { Shared } from './scripts.ts';
import { elementById, inputById, messages } from './page-data.ts';

const ID = 'delete-password';

export function createDeletionSection(shared: Shared, page: ProvenPage) {
  shared.enhanceForm({
    id: 'delete-form',
    checks: { [ID]: (value) => (page.hasPasskeys() ? null : shared.required(value)) },
    async send({ [ID]: password = '' }) {
      const answer =
        password === ''
          ? await page.callProven('delete-account-proven')
          : await shared.callSignedIn('delete-account', { password });
      if (answer === 'out' || answer?.ok) {
        page.leave();
        return true;
      }
      // A proof that was not given needs no notice.
      if (answer === null && password === '') return false;
      const reason = answer && shared.readRefusal(answer, ['invalid']).reason;
      if (reason === 'invalid') shared.focusFieldError(ID, messages.wrongPassword);
      else if (!shared.showFieldErrors(answer, { password: [ID, messages.required] })) {
        shared.showRefusal(answer, ['locked', 'malformed']);
      }
      return false;
    },
  });
  return {
    show(): void {
      const hint = elementById(`${ID}-hint`);
      hint.textContent = messages.emptyPassword;
      hint.hidden = !page.hasPasskeys();
    },
    clear: (): void => void (inputById(ID).value = ''),
  };
}
