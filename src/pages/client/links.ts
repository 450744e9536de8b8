/** The pages that links in e-mails lead to. Nothing happens before a click: scanners follow links, too. */
import { call } from './call.ts';
import * as form from './form.ts';
import { linkTo, messages, replacePage } from './page-data.ts';

const linkIsOver = messages.refusals['invalid-link'];

/**
 * The fragment, with a link's values. A reload finds it beside the page's entry in the history; Back does
 * not, since the next user of the browser may go there.
 */
const fragment = location.hash || (isReload() ? String(history.state ?? '') : '');

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return navigation?.type === 'reload';
}

/** Takes the fragment along to the page in another language. */
export function keepFragment(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('#languages a')) {
    // At the click, so that the token stands in no link before.
    link.addEventListener('click', () => {
      link.hash = fragment;
    });
  }
}

/** Takes the link's values out of the address bar. */
function takeLink(): { token: string; isRevoked: boolean } {
  const values = new URLSearchParams(fragment.slice(1));
  history.replaceState(fragment, '', location.pathname + location.search);
  return { token: values.get('token') ?? '', isRevoked: values.has('revoked') };
}

/** Closes the form of a link that is used or over. */
function closeForm(message: string, tone?: 'good'): void {
  history.replaceState(null, '');
  form.closeForm(message, tone);
}

export function resetPage(): void {
  const { token, isRevoked } = takeLink();
  if (token === '') return closeForm(linkIsOver);
  if (isRevoked) form.showNotice(messages.sessionRevoked, 'good');
  form.enhanceForm({
    checks: { password: form.newPassword },
    async send({ password = '' }) {
      const answer = await call('reset-password', { token, password });
      if (answer?.ok) {
        closeForm(messages.passwordSet, 'good');
        return true;
      }
      const fields = { password: ['password', form.passwordError(answer)] } as const;
      if (form.showFieldErrors(answer, fields)) return false;
      if (form.showRefusal(answer, ['invalid-link']) === 'invalid-link') closeForm(linkIsOver);
      return false;
    },
  });
}

/** Ends the session that an e-mail about a new device told of, and goes on to a new password. */
export function revokePage(): void {
  const { token } = takeLink();
  if (token === '') return closeForm(linkIsOver);
  form.enhanceForm({
    checks: {},
    async send() {
      const answer = await call('revoke-session', { token });
      if (answer?.ok) {
        replacePage(`${linkTo('/reset')}#token=${encodeURIComponent(token)}&revoked`);
        return true;
      }
      if (form.showRefusal(answer, ['invalid-link']) === 'invalid-link') closeForm(linkIsOver);
      return false;
    },
  });
}
