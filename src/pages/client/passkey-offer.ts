/**
 * Offers a passkey to an account without one, and keeps a "not now" in this browser. Without a passkey
 * the sign-in was one with a password.
 */
import type { AccountPage } from './changes.ts';
import { canUsePasskeys, contract, elementById } from './page-data.ts';
import { readItem, writeItem } from './storage.ts';

/** Local storage: marks of the accounts that want none. */
const DECLINED = `gatehouse:no-passkey:${contract.name}`;

/**
 * Returns a mark of an account: 16 bits of a hash. They fit so many identifiers that they name none,
 * and two accounts of one browser hardly ever share them.
 */
async function markOf(account: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${contract.name}\n${account}`);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return String((hash[0] ?? 0) * 256 + (hash[1] ?? 0));
}

const declined = (): string[] => (readItem('localStorage', DECLINED) ?? '').split(' ');

export function createPasskeyOffer(page: AccountPage, accept: () => void) {
  const offer = elementById('passkey-offer');
  const hide = () => void (offer.hidden = true);
  /** Tells whether this device can verify its user, who has not declined. */
  const isWanted = async (): Promise<boolean> => {
    try {
      return (
        canUsePasskeys &&
        (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()) &&
        !declined().includes(await markOf(page.accountName()))
      );
    } catch {
      // Some browsers reject the question, and some extensions put half of the API in place.
      return false;
    }
  };

  elementById('accept-passkey').addEventListener('click', () => {
    hide();
    accept();
  });
  elementById('decline-passkey').addEventListener('click', async () => {
    hide();
    elementById('profile-title').focus();
    const all = [...declined(), await markOf(page.accountName())];
    writeItem('localStorage', DECLINED, all.join(' ').trim());
  });

  return {
    hide,
    show: async (hasPasskey: boolean): Promise<void> =>
      void (offer.hidden = hasPasskey || !(await isWanted())),
  };
}
