/** Leads on after every sign-in, and where the browser is signed in already. */
import { pageData, replacePage } from './page-data.ts';

/** Goes to `return_to` or the signed-in page. Resolves to true: the browser leaves this page. */
export function goOn(): Promise<boolean> {
  replacePage(pageData.returnTo);
  return Promise.resolve(true);
}
