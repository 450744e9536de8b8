/** The pages that links in e-mails lead to. Nothing happens before a click: scanners follow links, too. */
import { call } from './call.ts';
import * as form from './form.ts';
import { linkTo, messages, replacePage } from './page-data.ts';

const linkIsOver = messages.refusals['invalid-link'];

/** Takes the link's values out of the address bar and the history. */
function takeLink(): { token: string; isRevoked: boolean } {
  const values = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search);
  return { token: values.get('token') ?? '', isRevoked: values.has('revoked') };
}

export function resetPage(): void {
  const { token, isRevoked } = takeLink();
  if (token === '') return form.closeForm(linkIsOver);
  if (isRevoked) form.showNotice(messages.sessionRevoked, 'good');
  form.enhanceForm({
    checks: { password: form.newPassword },
    async send({ password = '' }) {
      const answer = await call('reset-password', { token, password });
      if (answer?.ok) {
        form.closeForm(messages.passwordSet, 'good');
        return true;
      }
      const fields = { password: ['password', form.passwordError(answer)] } as const;
      if (form.showFieldErrors(answer, fields)) return false;
      if (form.showRefusal(answer, ['invalid-link']) === 'invalid-link') form.closeForm(linkIsOver);
      return false;
    },
  });
}

/** Ends the session that an e-mail about a new device told of, and goes on to a new password. */
export function revokePage(): void {
  const { token } = takeLink();
  if (token === '') return form.closeForm(linkIsOver);
  form.enhanceForm({
    checks: {},
    async send() {
      const answer = await call('revoke-session', { token });
      if (answer?.ok) {
        replacePage(`${linkTo('/reset')}#token=${encodeURIComponent(token)}&revoked`);
        return true;
      }
      if (form.showRefusal(answer, ['invalid-link']) === 'invalid-link') form.closeForm(linkIsOver);
      return false;
    },
  });
}
