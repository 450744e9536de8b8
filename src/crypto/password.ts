/**
 * Password hashes: chained PBKDF2-HMAC-SHA256, each call within the platform's cap.
 *
 * Workers refuse more than 100,000 iterations a call, OWASP asks for 600,000 in all. So the key is
 * derived `n` times, each call's output being the next one's password, under the same salt. The
 * result is not PBKDF2 with i*n iterations, and is stored under a name of its own:
 *
 *     $gh-pbkdf2-sha256$i=100000,n=6[,k=<pepper id>]$<salt>$<hash>     (base64url, no padding)
 *
 * With a pepper, the password goes through HMAC-SHA256 under that key first (NIST 800-63B 3.1.1.2).
 * Passwords are NFC-normalised and otherwise taken as received (ASVS 5.0 V6.2.8).
 *
 * Every guess takes the same time, whatever is stored: today's cost, and while there are hashes that
 * other systems made, theirs on top (foreign-hashes.ts says by what rule). Only a right password of a
 * hash of ours is told earlier.
 */
import { base64url } from 'jose';
import type { Passwords } from '../flows/services.ts';
import type { ForeignCost } from './foreign-costs.ts';

/** The most that Workers allow in one call; a local runtime would allow more. */
export const MOST_ITERATIONS = 100_000;
/** More rounds than this is not a hash of ours, but an attempt to burn CPU. */
export const MOST_ROUNDS = 32;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface PasswordCost {
  /** PBKDF2 iterations of one call. */
  iterations: number;
  /** Calls. */
  rounds: number;
}

export interface Pepper {
  id: string;
  key: Uint8Array;
}

export interface PasswordSettings {
  cost: PasswordCost;
  /** The first one is used for new hashes, all for old ones. */
  peppers: readonly Pepper[];
  /** While there are foreign hashes: the highest cost of every kind among them. */
  foreign?: readonly ForeignCost[];
}

interface StoredHash extends PasswordCost {
  pepperId: string | null;
  salt: Uint8Array;
  hash: Uint8Array;
}

const FORMAT =
  /^\$gh-pbkdf2-sha256\$i=([1-9]\d{0,6}),n=([1-9]\d?)(?:,k=([\w.-]{1,64}))?\$([\w-]{22})\$([\w-]{43})$/;

/** Null: not a hash that this room can verify. */
export function parseHash(stored: string): StoredHash | null {
  const [, iterations, rounds, pepperId, salt, hash] = FORMAT.exec(stored) ?? [];
  if (!iterations || !rounds || !salt || !hash) return null;
  const cost = { iterations: Number(iterations), rounds: Number(rounds) };
  if (cost.iterations > MOST_ITERATIONS || cost.rounds > MOST_ROUNDS) return null;
  return {
    ...cost,
    pepperId: pepperId ?? null,
    salt: base64url.decode(salt),
    hash: base64url.decode(hash),
  };
}

/**
 * `turn` lets the event loop turn. It does so before every slice, and again where another hash of
 * this isolate had a slice meanwhile: however many hash at once, all others wait for one slice at a
 * time, and who came first is done first. Only counts are shared: a promise of another request would
 * be lost with that request.
 */
export function createPasswords(
  { cost, peppers, foreign = [] }: PasswordSettings,
  turn: () => Promise<void>,
): Passwords {
  const [pepper = null] = peppers;
  const pepperOf = (id: string | null) => peppers.find((known) => known.id === id) ?? null;

  let begun = 0;
  /** False: `stop` said so while others had their slices. */
  const place = async (stop = () => false): Promise<boolean> => {
    let before;
    do {
      before = begun;
      await turn();
      if (stop()) return false;
    } while (before !== begun);
    begun += 1;
    return true;
  };

  return {
    async verify({ password, stored, stop }) {
      const parsed = stored === null ? null : parseHash(stored);
      const peppered = parsed !== null && parsed.pepperId !== null;
      const key = peppered ? pepperOf(parsed.pepperId) : pepper;
      // A decoy of today's cost stands in for what is missing, unreadable or under a lost pepper.
      const usable = parsed !== null && (parsed.pepperId === null || key !== null) ? parsed : null;
      const target = usable ?? { ...cost, salt: new Uint8Array(SALT_BYTES) };

      const slices = [
        ...Array<number>(target.rounds).fill(target.iterations),
        ...topUp(cost, target),
      ];
      let derived = await start(password, usable?.pepperId === null ? null : key);
      let result = derived;
      for (const [round, iterations] of slices.entries()) {
        if (!(await place(stop))) return 'stopped';
        derived = await derive(derived, target.salt, iterations);
        if (round === target.rounds - 1) result = derived;
      }
      const expected = usable?.hash ?? new Uint8Array(HASH_BYTES);
      const equal = crypto.subtle.timingSafeEqual(result, expected);
      if (equal && usable !== null) return 'right';
      const isForeign = stored !== null && parsed === null;
      if (foreign.length === 0 && !isForeign) return 'wrong';
      const { verifyForeign } = await import('./foreign-hashes.ts');
      return verifyForeign({
        password,
        stored,
        costs: foreign,
        stop,
        turn: async () => void (await place(stop)),
      });
    },

    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      let derived = await start(password, pepper);
      for (let round = 0; round < cost.rounds; round += 1) {
        await place();
        derived = await derive(derived, salt, cost.iterations);
      }
      const keyed = pepper === null ? '' : `,k=${pepper.id}`;
      const parameters = `i=${cost.iterations},n=${cost.rounds}${keyed}`;
      const encoded = `${base64url.encode(salt)}$${base64url.encode(derived)}`;
      return `$gh-pbkdf2-sha256$${parameters}$${encoded}`;
    },

    isOutdated(stored) {
      const parsed = parseHash(stored);
      if (parsed === null) return true;
      const work = parsed.iterations * parsed.rounds;
      return work < cost.iterations * cost.rounds || parsed.pepperId !== (pepper?.id ?? null);
    },
  };
}

/** What a cheaper hash still owes to take as long as one of today's. */
function topUp(cost: PasswordCost, target: PasswordCost): number[] {
  let owed = cost.iterations * cost.rounds - target.iterations * target.rounds;
  const slices = [];
  for (; owed > 0; owed -= MOST_ITERATIONS) slices.push(Math.min(owed, MOST_ITERATIONS));
  return slices;
}

async function start(password: string, pepper: Pepper | null): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(password.normalize('NFC'));
  if (pepper === null) return bytes;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', pepper.key, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

async function derive(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, HASH_BYTES * 8));
}
