/** Changes the e-mail address: asked for with a proof of identity, done with the code from the new one. */
import { textAt } from '../json-path.ts';
import type { ProvenPage } from './profile.ts';
import type { Shared } from './scripts.ts';
import { contract, inputById, messages } from './page-data.ts';

function clear(): void {
  for (const id of ['new-email', 'email-code']) inputById(id).value = '';
}

export function createEmailSection(shared: Shared, page: ProvenPage) {
  let current = '';

  shared.enhanceForm({
    id: 'email-form',
    checks: {
      'new-email': (value) =>
        shared.email(value) ??
        (value.toLowerCase() === current.toLowerCase() ? messages.emailSame : null),
    },
    async send({ 'new-email': email = '' }) {
      const answer = await page.callProven('change-email', { email });
      if (answer?.ok) {
        shared.setFormInUse('email-code-form');
        shared.showNotice(messages.emailCodeSent, 'good');
      } else if (
        answer !== null &&
        !shared.showFieldErrors(answer, { email: ['new-email', messages.emailMalformed] })
      ) {
        shared.showRefusal(answer, ['malformed']);
      }
      return false;
    },
  });

  shared.enhanceForm({
    id: 'email-code-form',
    checks: { 'email-code': shared.codeFormat },
    async send({ 'email-code': code = '' }) {
      const answer = await shared.callSignedIn('confirm-email', { code });
      if (answer === 'out') page.leave();
      else if (answer?.ok) {
        clear();
        await page.reloadProfile();
        page.showNotice(messages.emailChanged);
      } else if (
        answer !== null &&
        shared.readRefusal(answer, ['invalid-code']).reason === 'invalid-code'
      ) {
        shared.focusFieldError('email-code', messages.refusals['invalid-code']);
      } else if (
        !shared.showFieldErrors(answer, { code: ['email-code', messages.codeMalformed] })
      ) {
        shared.showRefusal(answer, ['malformed']);
      }
      return false;
    },
  });

  return {
    show: (body: unknown): void =>
      void (current = textAt(body, contract.paths.profile.email) ?? ''),
    clear,
  };
}
