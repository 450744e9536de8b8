/**
 * Client of the two Durable Object classes: names the objects, caches refusals, and retries a call
 * once where the platform marks the error as retryable. Every call is idempotent or errs on the safe
 * side: a ticket is named by its caller, and an attempt counted twice only lowers the limit.
 */
import type {
  Limits,
  RememberedRefusal,
  Reservation,
  Settlement,
  Taking,
} from '../flows/ports/limits.ts';
import { ExpiringCache } from '../policy/expiring-cache.ts';
import type { LockoutView } from '../policy/lockout-view.ts';
import type { Admission, Limit } from '../policy/throttle.ts';
import type { AccountLockout } from './account-lockout.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Upper bound for a cached lock, since a password reset may lift it. */
const LOCK_CACHE_MS = 5_000;

const MAX_CACHE_ENTRIES = 10_000;

interface LimitsNamespaces {
  addresses: DurableObjectNamespace<RateLimiter>;
  accounts: DurableObjectNamespace<AccountLockout>;
}

interface LimitsOptions extends LimitsNamespaces {
  nowMs(): number;
  /** Derives the name of the object that counts for a rate-limit key (an address, a mailbox …). */
  nameOf(key: string): Promise<string>;
}

type Lock = { untilMs: number; locked: Extract<Reservation, { state: 'locked' }> };

/** Creates the client, once per isolate: its cache is useful only across requests. */
export function createLimits({ addresses, accounts, nowMs, nameOf }: LimitsOptions): Limits {
  const refusals = new ExpiringCache<RememberedRefusal>(MAX_CACHE_ENTRIES);
  const locks = new ExpiringCache<Lock>(MAX_CACHE_ENTRIES);

  const remember = (key: string, reservation: Reservation): Reservation => {
    if (reservation.state === 'locked') {
      const untilMs = Math.min(reservation.untilMs, nowMs() + LOCK_CACHE_MS);
      locks.set(key, { untilMs, locked: { ...reservation, lockBegan: null } });
    }
    return reservation;
  };

  return {
    rememberedRefusal: (address, limit) => refusals.get(refusalKey(address, limit), nowMs()),

    async consumeAddress(address, limit) {
      const name = await nameOf(address);
      const admission = await withRetry<Admission>(async () =>
        addresses.getByName(name).consume(limit),
      );
      if (!admission.admitted) {
        refusals.set(refusalKey(address, limit), { untilMs: admission.retryAtMs });
      }
      return admission;
    },

    async consume(name, limit) {
      const object = await nameOf(name);
      return withRetry<Admission>(async () => addresses.getByName(object).consume(limit));
    },

    async reserve(key, ticket, rules) {
      const lock = locks.get(key, nowMs());
      if (lock !== null) return lock.locked;
      const call = async () => accounts.getByName(key).reserve(ticket, rules);
      return remember(key, await withRetry<Reservation>(call));
    },

    async wait(key, ticket, rules) {
      const call = async () => accounts.getByName(key).wait(ticket, rules);
      return remember(key, await withRetry<Reservation>(call));
    },

    // Never answered from the cache: its lock may be one that this step causes.
    take: (key, { rules, ...taking }) =>
      withRetry<Taking>(async () => accounts.getByName(key).take(taking, rules)),

    async settle(key, { rules, ...settling }) {
      const settlement = await withRetry<Settlement>(
        async () => accounts.getByName(key).settle(settling, rules),
        'unless overloaded',
      );
      if (settling.verdict === 'right') locks.delete(key);
      return settlement;
    },

    view: (key, rules) => withRetry<LockoutView>(async () => accounts.getByName(key).view(rules)),

    async clear(key, rules) {
      await withRetry(async () => accounts.getByName(key).clear(rules), 'unless overloaded');
      locks.delete(key);
    },
  };
}

/** Resolves when one object of each class answers. */
export async function pingLimits({ addresses, accounts }: LimitsNamespaces): Promise<void> {
  await Promise.all([addresses.getByName('health').ping(), accounts.getByName('health').ping()]);
}

/** Includes the limit: an address refused under one contract may be admitted under a wider one. */
function refusalKey(address: string, { attempts, windowSeconds }: Limit): string {
  return `${attempts}/${windowSeconds} ${address}`;
}

/**
 * Retries a call once. `call` gets a new stub each time, since a stub that threw may stay broken.
 * Calls that return something to the account's owner (settle, clear) are retried after any error but
 * overload: a lost one would count against the owner.
 */
async function withRetry<T>(
  call: () => Promise<T>,
  when: 'if retryable' | 'unless overloaded' = 'if retryable',
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
    if (overloaded === true || (retryable !== true && when === 'if retryable')) throw error;
    return call();
  }
}
