/**
 * Verifies hashes that other systems made, in slices, until a login has renewed them.
 *
 * The time it takes must not tell whose hash is foreign, nor of which kind. So while foreign hashes
 * exist, the setting FOREIGN_HASH_COST names every kind among them with its highest cost, and
 * whoever logs in does, in one order:
 *
 * 1. the work of today's own hash (password.ts): on the stored one where it is ours, else a decoy;
 * 2. for each kind that is named, the highest cost's work of that kind: on the stored hash where it
 *    is of that kind, with what a cheaper one leaves over done for nothing, else a decoy.
 *
 * A right password of a hash of ours is let in after 1: its owner may know. Kinds are not converted
 * into each other's time, which differs between machines: each is worked off in its own currency.
 * PBKDF2 is the platform's up to 100,000 iterations; where the highest is above, all of that digest
 * are computed the slow way. A stored hash that costs more than the setting says is verified all the
 * same, and takes longer: `npm run users -- hash-cost` sets it right.
 *
 * Passwords are taken as they came, as those systems did. This module is loaded when first needed.
 */
import { bcrypt } from './bcrypt.ts';
import { KINDS, MOST_SCRYPT_BLOCKS, type LegacyCost, type LegacyKind } from './costs.ts';
import { parseLegacyHash, type LegacyHash } from './formats.ts';
import { pbkdf2InSlices } from '../pbkdf2.ts';
import { scrypt } from './scrypt.ts';

/** The platform's own, of one call. */
const MOST_ITERATIONS = 100_000;
const DECOY_SALT = new Uint8Array(16);
const DECOY_R = 8;

export interface LegacyCheck {
  password: string;
  stored: string | null;
  /** The setting: one entry a kind. */
  costs: readonly LegacyCost[];
  stop(): boolean;
  yieldToEventLoop(): Promise<void>;
}

export async function verifyLegacyHash(guess: LegacyCheck): Promise<'right' | 'wrong' | 'stopped'> {
  const { stored, costs, stop, yieldToEventLoop } = guess;
  const foreign = stored === null ? null : parseLegacyHash(stored);
  const password = new TextEncoder().encode(guess.password);
  let result: Uint8Array | null = null;
  for (const kind of KINDS) {
    const own = foreign?.kind === kind ? foreign : null;
    const highest = costs.find((cost) => cost.kind === kind)?.cost ?? 0;
    if (own === null && highest === 0) continue;
    const work = worked(password, own ?? { kind, cost: highest }, highest);
    for (;;) {
      await yieldToEventLoop();
      if (stop()) {
        await work.return(new Uint8Array());
        return 'stopped';
      }
      const { done, value } = await work.next();
      if (!done) continue;
      if (own !== null) result = value;
      break;
    }
  }
  if (foreign === null || result === null || result.length !== foreign.hash.length) return 'wrong';
  const equal = crypto.subtle.timingSafeEqual(result, foreign.hash);
  // Where others stop at a NUL, what follows it would not matter.
  return equal && !(foreign.kind === 'bcrypt' && password.includes(0)) ? 'right' : 'wrong';
}

type Target = LegacyHash | LegacyCost;
type Work = Generator<void, Uint8Array> | AsyncGenerator<void, Uint8Array>;

/** The stored hash's result, or a decoy's, after the work of the higher of both costs. */
function worked(password: Uint8Array, target: Target, highest: number): Work {
  const { kind, cost } = target;
  const salt = 'salt' in target ? target.salt : DECOY_SALT;
  if (kind === 'bcrypt') return bcrypt(password, { salt, cost }, 2 ** highest);
  if (kind === 'scrypt') return scrypts(password, target, highest);
  const digest = digestOf(kind);
  const how = { digest, salt, iterations: cost };
  return Math.max(cost, highest) > MOST_ITERATIONS
    ? pbkdf2InSlices(password, how, highest)
    : platformPbkdf2(password, how, highest);
}

const digestOf = (kind: LegacyKind): 'sha256' | 'sha512' =>
  kind === 'pbkdf2-sha512' ? 'sha512' : 'sha256';

async function* platformPbkdf2(
  password: Uint8Array,
  {
    digest,
    salt,
    iterations,
  }: { digest: 'sha256' | 'sha512'; salt: Uint8Array; iterations: number },
  total: number,
): AsyncGenerator<void, Uint8Array> {
  const hash = digest === 'sha256' ? 'SHA-256' : 'SHA-512';
  const bits = digest === 'sha256' ? 256 : 512;
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const derive = async (iterations: number) =>
    new Uint8Array(
      await crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt, iterations }, key, bits),
    );
  yield;
  const result = await derive(iterations);
  if (total > iterations) await derive(total - iterations);
  return result;
}

/** What a cheaper hash leaves over, and a decoy, are done in pieces that are powers of two. */
function* scrypts(
  password: Uint8Array,
  target: Target,
  highest: number,
): Generator<void, Uint8Array> {
  const pace = { blocks: 0 };
  let result = new Uint8Array();
  let left = Math.max(highest, target.cost);
  if ('n' in target) {
    result = Uint8Array.from(yield* scrypt(password, target, pace));
    left -= target.cost;
  }
  while (left >= 2 * DECOY_R) {
    const n = 2 ** Math.floor(Math.log2(Math.min(left, MOST_SCRYPT_BLOCKS) / DECOY_R));
    yield* scrypt(password, { n, r: DECOY_R, p: 1, salt: DECOY_SALT }, pace);
    left -= n * DECOY_R;
  }
  return result;
}
