/** Leads on after every sign-in, and where the browser is signed in already. */
import { readItem, writeItem } from './storage.ts';
import { pageData, replacePage, takeIdentifier } from './page-data.ts';

/** Goes to `return_to` or the signed-in page. Resolves to true: the browser leaves this page. */
export function goOn(): Promise<boolean> {
  // The next user of this tab must not see it.
  takeIdentifier();
  replacePage(pageData.returnTo);
  return Promise.resolve(true);
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
