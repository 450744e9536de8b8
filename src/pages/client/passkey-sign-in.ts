/** Signs in with a passkey: among the suggestions of the first field, by a button, or in place of a code. */
import type { RequestValues } from '../fill-request.ts';
import { ceremonyError, optionsIn, signChallenge } from './ceremonies.ts';
import { onClick } from './elements.ts';
import { contract, elementById, inputById, messages } from './page-data.ts';
import type { Shared } from './scripts.ts';

/** The request behind the suggestions: a browser takes one at a time. */
let suggesting: AbortController | null = null;

/** Asks for a passkey. Resolves to true where it has signed in, and the browser leaves the page. */
export async function signInWithPasskey(
  shared: Shared,
  remember: boolean,
  isRepeated = false,
): Promise<boolean> {
  suggesting?.abort();
  shared.showNotice(null);
  if (!shared.canKeepSession()) {
    shared.showNotice(messages.storageBlocked);
    return false;
  }
  const answer = await shared.call('passkey-login-options', {});
  if (!answer?.ok) {
    shared.showRefusal(answer, []);
    return false;
  }
  let signed: RequestValues;
  try {
    signed = await signChallenge(answer);
  } catch (error) {
    const { text, isCancelled } = ceremonyError(error);
    shared.showNotice(text, isCancelled ? 'good' : 'bad');
    return false;
  }
  return sendSigned(shared, signed, { remember, isRepeated });
}

async function sendSigned(
  shared: Shared,
  signed: RequestValues,
  { remember, isRepeated }: { remember: boolean; isRepeated: boolean },
): Promise<boolean> {
  const name = remember ? 'passkey-login-remembered' : 'passkey-login';
  const answer = await shared.call(name, signed);
  if (answer?.ok && shared.storeLogin(answer, remember)) return shared.goOn();
  // The user took longer than the challenge lives: they are asked once more, with a new one.
  const isLate =
    answer !== null &&
    shared.readRefusal(answer, ['expired-challenge']).reason === 'expired-challenge';
  if (isLate && !isRepeated) return signInWithPasskey(shared, remember, true);
  shared.showRefusal(answer, ['invalid-passkey', 'expired-challenge']);
  return false;
}

/** Starts the sign-in page's button and suggestions. */
export function startPasskeySignIn(shared: Shared): void {
  const button = elementById('passkey-sign-in');
  const field = inputById(contract.identifier);

  /** Lets the browser suggest passkeys in the field (conditional mediation, 5.1.4). */
  const suggest = async (): Promise<void> => {
    suggesting?.abort();
    const own = new AbortController();
    const { signal } = own;
    suggesting = own;
    const answer = await shared.call('passkey-login-options', {});
    if (!answer?.ok || signal.aborted) return;
    // A challenge is replaced before it expires, unless the page is hidden: then once it is shown.
    const renewal = setTimeout(
      () => (document.hidden ? onReturn(suggest) : void suggest()),
      optionsIn(answer).timeout * 0.8,
    );
    signal.addEventListener('abort', () => clearTimeout(renewal));
    let signed: RequestValues;
    try {
      signed = await signChallenge(answer, { mediation: 'conditional', signal });
    } catch {
      // Aborted by this page, or by the user.
      clearTimeout(renewal);
      if (!signal.aborted) suggestOnFocus();
      return;
    }
    clearTimeout(renewal);
    shared.setFormInUse();
    shared.showNotice(null);
    const how = { remember: wantsRemember(), isRepeated: false };
    if (!(await sendSigned(shared, signed, how))) suggestOnFocus();
  };

  const suggestIfPossible = async (): Promise<void> => {
    const isPossible = await PublicKeyCredential.isConditionalMediationAvailable?.();
    if (isPossible && shared.canKeepSession()) await suggest();
  };

  /** Once one was refused, the user's next visit of the field begins anew: no loop asks by itself. */
  const suggestOnFocus = () => field.addEventListener('focus', suggestIfPossible, { once: true });

  onClick(button, async () => {
    shared.setFormInUse();
    if (!(await signInWithPasskey(shared, wantsRemember()))) suggestOnFocus();
  });
  button.hidden = false;
  void suggestIfPossible();
  // A page from the back/forward cache: the browser has ended the request.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void suggestIfPossible();
  });
}

const wantsRemember = () => document.querySelector<HTMLInputElement>('#remember')?.checked ?? false;

const onReturn = (act: () => Promise<void>): void =>
  document.addEventListener('visibilitychange', () => void act(), { once: true });
