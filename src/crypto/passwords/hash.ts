/**
 * Hashes and verifies passwords by chained PBKDF2-HMAC-SHA256.
 *
 * Workers refuse more than 100,000 iterations a call, OWASP asks for 600,000 in all. So the key is
 * derived several times, each call's output being the next one's password, under the same salt. The
 * result is not PBKDF2 with as many iterations, and is stored under a name of its own (format.ts).
 *
 * With a pepper, the password goes through HMAC-SHA256 under that key first (NIST 800-63B 3.1.1.2).
 * Passwords are NFC-normalised and otherwise taken as received (ASVS 5.0 V6.2.8).
 *
 * Every guess takes the same time, whatever is stored: today's cost, and that of legacy hashes on top
 * while there are any (legacy/verify.ts). Only the right password of a hash of ours ends sooner, and
 * only where the answer tells that it was right.
 */
import type { Passwords } from '../../flows/ports/passwords.ts';
import { equalBytes } from '../equal.ts';
import type { LegacyCost } from '../legacy/costs.ts';
import { derivePbkdf2, importPbkdf2Key } from '../pbkdf2.ts';
import { formatHash, HASH_BYTES, parseHash, SALT_BYTES, type PasswordCost } from './format.ts';
import { planSlices, workOf } from './plan.ts';
import { createSchedule } from './schedule.ts';

export interface Pepper {
  id: string;
  key: Uint8Array;
}

export interface PasswordSettings {
  cost: PasswordCost;
  /** The first one is used for new hashes, all for old ones. */
  peppers: readonly Pepper[];
  /** While legacy hashes exist: the highest cost of every kind among them. */
  legacyCosts?: readonly LegacyCost[];
}

export function createPasswords(
  { cost, peppers, legacyCosts = [] }: PasswordSettings,
  yieldToEventLoop: () => Promise<void>,
): Passwords {
  const [currentPepper = null] = peppers;
  const takeSlot = createSchedule(yieldToEventLoop);

  /** False: to be aborted. */
  const takeSlots = async (count: number, shouldAbort: () => boolean): Promise<boolean> => {
    for (let taken = 0; taken < count; taken += 1) if (!(await takeSlot(shouldAbort))) return false;
    return true;
  };

  return {
    async verify({ password, stored, tellsRight = false, shouldAbort }) {
      const parsed = stored === null ? null : parseHash(stored);
      const pepper = peppers.find(({ id }) => id === parsed?.pepperId) ?? null;
      // A decoy at today's cost replaces a hash that is missing, unreadable or under a lost pepper.
      const isUsable = parsed !== null && (parsed.pepperId === null || pepper !== null);
      const target = isUsable ? parsed : { ...cost, pepperId: currentPepper?.id ?? null, ...DECOY };

      const plain = bytesOf(password);
      // HMAC even when the stored hash has no pepper, so that both cost the same.
      const peppered = await applyPepper(plain, pepper ?? currentPepper);
      let derived = target.pepperId === null ? plain : peppered;
      let result = derived;
      const { slices, slotsAfter } = planSlices(target, cost);
      for (const { slots, iterations, givesResult } of slices) {
        if (!(await takeSlots(slots, shouldAbort))) return 'aborted';
        derived = await derivePbkdf2(await importPbkdf2Key(derived), {
          digest: 'sha256',
          salt: target.salt,
          iterations,
        });
        if (givesResult) result = derived;
      }
      if (!(await takeSlots(slotsAfter, shouldAbort))) return 'aborted';
      const isRight = equalBytes(result, target.hash) && isUsable;
      if (isRight && tellsRight) return 'right';

      const isLegacy = stored !== null && parsed === null;
      if (legacyCosts.length === 0 && !isLegacy) return isRight ? 'right' : 'wrong';
      const { verifyLegacyHash } = await import('../legacy/verify.ts');
      const verdict = await verifyLegacyHash({
        password,
        stored,
        costs: legacyCosts,
        takeSlot: () => takeSlot(shouldAbort),
      });
      return isRight && verdict === 'wrong' ? 'right' : verdict;
    },

    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      let derived = await applyPepper(bytesOf(password), currentPepper);
      for (let round = 0; round < cost.rounds; round += 1) {
        await takeSlot();
        const { iterations } = cost;
        derived = await derivePbkdf2(await importPbkdf2Key(derived), {
          digest: 'sha256',
          salt,
          iterations,
        });
      }
      return formatHash({ ...cost, pepperId: currentPepper?.id ?? null, salt, hash: derived });
    },

    isOutdated(stored) {
      const parsed = parseHash(stored);
      if (parsed === null) return true;
      return workOf(parsed) < workOf(cost) || parsed.pepperId !== (currentPepper?.id ?? null);
    },
  };
}

const DECOY = { salt: new Uint8Array(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) };

const bytesOf = (password: string) => new TextEncoder().encode(password.normalize('NFC'));

async function applyPepper(bytes: Uint8Array, pepper: Pepper | null): Promise<Uint8Array> {
  if (pepper === null) return bytes;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', pepper.key, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}
