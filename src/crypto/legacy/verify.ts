/**
 * Verifies hashes that other systems made, in slices, until a login has renewed them.
 *
 * The time must tell neither that a stored hash is a legacy one nor of which kind. So while legacy
 * hashes exist, the setting FOREIGN_HASH_COST names every kind among them with its highest cost, and
 * every login does, in this order:
 *
 * 1. the work of today's own hash (passwords/hash.ts): on the stored one where it is ours, else on a
 *    decoy;
 * 2. for each named kind, the work of its highest cost: on the stored hash where it is of that kind,
 *    topped up where it is cheaper, else on a decoy.
 *
 * The right password of a hash of ours is accepted after 1 where the answer tells it anyway. Kinds are
 * not converted into each other's time, which differs between machines: each is counted in its own unit.
 * PBKDF2 is the platform's up to MOST_ITERATIONS; where the highest cost is above, all hashes of that
 * digest are computed in slices. A stored hash that costs more than the setting says is verified all
 * the same, and takes longer: `npm run users -- hash-cost` corrects the setting.
 *
 * The sliced functions are our own: libraries cut their work by a clock, which stands still while a
 * deployed Worker computes. Measured in workerd with such a clock, bcryptjs 3 (cost 10), scryptAsync
 * (N = 32768, r = 8) and pbkdf2Async (100,000 iterations) of @noble/hashes 2 yielded to the event loop
 * not once, in 0.2, 2.8 and 5.6 seconds; the latter two did not with a running clock either. None can
 * be aborted, or take its turn among the slices of other requests.
 *
 * Passwords are taken as received, as those systems did. This module is loaded when first needed.
 */
import { equalBytes } from '../equal.ts';
import {
  derivePbkdf2,
  importPbkdf2Key,
  MOST_ITERATIONS,
  type Pbkdf2Parameters,
} from '../pbkdf2.ts';
import { bcrypt } from './bcrypt.ts';
import { KINDS, MOST_SCRYPT_BLOCKS, type LegacyCost } from './costs.ts';
import { parseLegacyHash, type LegacyHash } from './formats.ts';
import { pbkdf2InSlices } from './pbkdf2.ts';
import { scrypt } from './scrypt.ts';

const DECOY_SALT = new Uint8Array(16);
const DECOY_R = 8;

interface LegacyCheck {
  password: string;
  stored: string | null;
  /** The setting: one entry a kind. */
  costs: readonly LegacyCost[];
  /** Waits for the turn of the next slice; false: to be aborted. */
  takeSlot(): Promise<boolean>;
}

export async function verifyLegacyHash(check: LegacyCheck): Promise<'right' | 'wrong' | 'aborted'> {
  const { stored, costs, takeSlot } = check;
  const target = stored === null ? null : parseLegacyHash(stored);
  const password = new TextEncoder().encode(check.password);
  let result = new Uint8Array();
  for (const kind of KINDS) {
    const highest = costs.find((cost) => cost.kind === kind)?.cost ?? 0;
    const isStored = target?.kind === kind;
    if (!isStored && highest === 0) continue;
    const work = workOn(password, isStored ? target : { kind, cost: highest }, highest);
    for (;;) {
      if (!(await takeSlot())) {
        await work.return(result);
        return 'aborted';
      }
      const { done, value } = await work.next();
      if (!done) continue;
      if (isStored) result = Uint8Array.from(value);
      break;
    }
  }
  if (target === null || !equalBytes(result, target.hash)) return 'wrong';
  // bcrypt repeats the password and its NUL as the key, so that `pw\0pw` has the key of `pw`.
  return target.kind === 'bcrypt' && password.includes(0) ? 'wrong' : 'right';
}

type Work = Generator<void, Uint8Array> | AsyncGenerator<void, Uint8Array>;

/** Returns the result of a stored hash, or of a decoy, after the work of the higher of both costs. */
function workOn(password: Uint8Array, target: LegacyHash | LegacyCost, highest: number): Work {
  const { kind, cost } = target;
  const salt = 'salt' in target ? target.salt : DECOY_SALT;
  if (kind === 'bcrypt') return bcrypt(password, { salt, cost }, 2 ** highest);
  if (kind === 'scrypt') return scryptUpTo(password, target, highest);
  const digest = kind === 'pbkdf2-sha512' ? 'sha512' : 'sha256';
  const parameters = { digest, salt, iterations: cost } as const;
  return Math.max(cost, highest) > MOST_ITERATIONS
    ? pbkdf2InSlices(password, parameters, highest)
    : platformPbkdf2(password, parameters, highest);
}

async function* platformPbkdf2(
  password: Uint8Array,
  parameters: Pbkdf2Parameters,
  total: number,
): AsyncGenerator<void, Uint8Array> {
  // Once for result and top-up: a cheaper hash must not cost one import more than a decoy.
  const key = await importPbkdf2Key(password);
  yield;
  const result = await derivePbkdf2(key, parameters);
  const iterations = total - parameters.iterations;
  if (iterations > 0) await derivePbkdf2(key, { ...parameters, iterations });
  return result;
}

/** Tops up, or works on a decoy, in pieces whose cost is a power of two. */
function* scryptUpTo(
  password: Uint8Array,
  target: LegacyHash | LegacyCost,
  highest: number,
): Generator<void, Uint8Array> {
  const progress = { blocks: 0 };
  let result = new Uint8Array();
  let left = Math.max(highest, target.cost);
  if ('n' in target) {
    result = Uint8Array.from(yield* scrypt(password, target, progress));
    left -= target.cost;
  }
  while (left >= 2 * DECOY_R) {
    const n = 2 ** Math.floor(Math.log2(Math.min(left, MOST_SCRYPT_BLOCKS) / DECOY_R));
    yield* scrypt(password, { n, r: DECOY_R, p: 1, salt: DECOY_SALT }, progress);
    left -= n * DECOY_R;
  }
  return result;
}
