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
import type { Passwords } from '../flows/ports/passwords.ts';
import type { LegacyCost } from './legacy/costs.ts';

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
  foreign?: readonly LegacyCost[];
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
 * `turn` lets the event loop turn. It does so before every slice, and again where the other hashes
 * of this isolate have had their share meanwhile: half of those in line have a slice between two
 * turns, so that everybody else waits for half as many, and who came first is done first. Not one
 * alone, because looking for a place in vain costs CPU, too. Only counts are held in common: a
 * promise of another request would be lost with it.
 */
export function createPasswords(
  { cost, peppers, foreign = [] }: PasswordSettings,
  yieldToEventLoop: () => Promise<void>,
): Passwords {
  const [pepper = null] = peppers;
  const pepperOf = (id: string | null) => peppers.find((known) => known.id === id) ?? null;

  let begun = 0;
  let inLine = 0;
  /** False: `stop` said so while others had their slices. */
  const place = async (stop = () => false): Promise<boolean> => {
    inLine += 1;
    try {
      let before;
      do {
        before = begun;
        await yieldToEventLoop();
        if (stop()) return false;
      } while (begun - before >= Math.ceil(inLine / 2));
      begun += 1;
      return true;
    } finally {
      inLine -= 1;
    }
  };

  return {
    async verify({ password, stored, stop }) {
      const parsed = stored === null ? null : parseHash(stored);
      const pepperId = parsed?.pepperId ?? null;
      const own = pepperId === null ? null : pepperOf(pepperId);
      // A decoy of today's cost stands in for what is missing, unreadable or under a lost pepper.
      const usable = pepperId === null || own !== null ? parsed : null;
      const target = usable ?? { ...cost, salt: new Uint8Array(SALT_BYTES) };

      const slices = [
        ...Array<number>(target.rounds).fill(target.iterations),
        ...topUp(cost, target),
      ];
      // Peppered for nothing where the hash is not.
      const plain = bytesOf(password);
      const seasoned = await peppered(plain, own ?? pepper);
      let derived = usable?.pepperId === null ? plain : seasoned;
      let result = derived;
      // A place takes time of its own, and more of it the more hash at once: as many of them as
      // today's cost has, at the same points of the work, however the stored hash is sliced.
      let placed = 0;
      const placesUpTo = async (due: number): Promise<boolean> => {
        for (; placed < Math.min(due, cost.rounds); placed += 1) {
          if (!(await place(stop))) return false;
        }
        return true;
      };
      let done = 0;
      for (const [round, iterations] of slices.entries()) {
        if (!(await placesUpTo(Math.floor(done / cost.iterations) + 1))) return 'stopped';
        // What costs more than today's has places for the rest, too.
        if (done >= workOf(cost) && !(await place(stop))) return 'stopped';
        derived = await derive(derived, target.salt, iterations);
        done += iterations;
        if (round === target.rounds - 1) result = derived;
      }
      if (!(await placesUpTo(cost.rounds))) return 'stopped';
      const expected = usable?.hash ?? new Uint8Array(HASH_BYTES);
      const equal = crypto.subtle.timingSafeEqual(result, expected);
      if (equal && usable !== null) return 'right';
      const isForeign = stored !== null && parsed === null;
      if (foreign.length === 0 && !isForeign) return 'wrong';
      const { verifyLegacyHash } = await import('./legacy/verify.ts');
      return verifyLegacyHash({
        password,
        stored,
        costs: foreign,
        stop,
        yieldToEventLoop: async () => void (await place(stop)),
      });
    },

    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
      let derived = await peppered(bytesOf(password), pepper);
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
      return workOf(parsed) < workOf(cost) || parsed.pepperId !== (pepper?.id ?? null);
    },
  };
}

const workOf = ({ iterations, rounds }: PasswordCost) => iterations * rounds;

/** What a cheaper hash still owes to take as long as one of today's, in slices that end as its do. */
function topUp(cost: PasswordCost, target: PasswordCost): number[] {
  let done = workOf(target);
  const slices = [];
  while (done < workOf(cost)) {
    const slice = cost.iterations - (done % cost.iterations);
    slices.push(slice);
    done += slice;
  }
  return slices;
}

const bytesOf = (password: string) => new TextEncoder().encode(password.normalize('NFC'));

async function peppered(bytes: Uint8Array, pepper: Pepper | null): Promise<Uint8Array> {
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
