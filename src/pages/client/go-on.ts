/** Leads on after every sign-in, and where the browser is signed in already. */
import { textAt } from '../json-path.ts';
import { showNotice, showRefusal } from './form.ts';
import { contract, messages, pageData, replacePage, takeIdentifier } from './page-data.ts';
import { callSignedIn, forgetSession } from './session.ts';
import { readItem, writeItem } from './storage.ts';

/**
 * Goes to `return_to` or the signed-in page, with a code where an application takes the session over: it
 * is no longer this browser's then. Resolves to true where the browser leaves this page.
 */
export async function goOn(): Promise<boolean> {
  // The next user of this tab must not see it.
  takeIdentifier();
  const { returnTo, transfer } = pageData;
  if (transfer === null) {
    replacePage(returnTo);
    return true;
  }
  const { codeChallenge, state } = transfer;
  const answer = await callSignedIn('issue-authorization-code', { codeChallenge, returnTo });
  if (answer === 'out') {
    showNotice(messages.refusals.unauthenticated);
    return false;
  }
  const code = answer?.ok ? textAt(answer.body, contract.paths.authorizationCode) : null;
  if (code === null) {
    showRefusal(answer, []);
    return false;
  }
  forgetSession();
  const target = new URL(returnTo);
  target.searchParams.set('code', code);
  if (state !== null) target.searchParams.set('state', state);
  replacePage(target.href);
  return true;
}

/** Session storage: the time of the last time that a tab was led on unasked. */
const WENT_ON = 'gatehouse:went-on';
const PAUSE_MS = 10_000;

/**
 * Tells whether a user who is signed in may be led on unasked. An application that does not accept the
 * session sends its user back at once: the second time the form is shown, so that there is no loop.
 */
export function mayGoOnUnasked(): boolean {
  const isLoop = Date.now() - Number(readItem('sessionStorage', WENT_ON)) < PAUSE_MS;
  return writeItem('sessionStorage', WENT_ON, String(Date.now())) && !isLoop;
}
