/**
 * The flows' view of the guard: names the objects, remembers refusals, and calls again once where
 * the platform says that a call is worth repeating. Every call may be repeated: a ticket is named
 * by its caller, and an attempt counted twice errs on the safe side.
 */
import type { Limits, RememberedRefusal, Reservation, Settlement } from '../flows/ports/limits.ts';
import { ExpiringMemory } from '../policy/memory.ts';
import type { LockoutView } from '../policy/lockout.ts';
import type { Admission, Limit } from '../policy/throttle.ts';
import type { AccountLockout } from './account-lockout.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** A lock may be lifted by a password reset, so it is not believed for longer than this. */
const BELIEVE_LOCK_MS = 5_000;

const MOST_REMEMBERED = 10_000;

interface GuardNamespaces {
  addresses: DurableObjectNamespace<RateLimiter>;
  accounts: DurableObjectNamespace<AccountLockout>;
}

interface GuardClientOptions extends GuardNamespaces {
  nowMs(): number;
  /** The object's name for an address, or for whatever else is rationed. */
  nameOf(address: string): Promise<string>;
}

type Lock = { untilMs: number; locked: Extract<Reservation, { state: 'locked' }> };

/** Made once per isolate: what it remembers is worth having only across requests. */
export function createLimits({ addresses, accounts, nowMs, nameOf }: GuardClientOptions): Limits {
  const refusals = new ExpiringMemory<RememberedRefusal>(MOST_REMEMBERED);
  const locks = new ExpiringMemory<Lock>(MOST_REMEMBERED);

  const remember = (key: string, reservation: Reservation): Reservation => {
    if (reservation.state === 'locked') {
      const untilMs = Math.min(reservation.untilMs, nowMs() + BELIEVE_LOCK_MS);
      locks.set(key, { untilMs, locked: { ...reservation, lockBegan: null } });
    }
    return reservation;
  };

  return {
    rememberedRefusal: (address, limit) => refusals.get(refusalKey(address, limit), nowMs()),

    async consumeAddress(address, limit) {
      const name = await nameOf(address);
      const admission = await repeatable<Admission>(async () =>
        addresses.getByName(name).admit(limit),
      );
      if (!admission.admitted) {
        refusals.set(refusalKey(address, limit), { untilMs: admission.retryAtMs });
      }
      return admission;
    },

    async consume(name, limit) {
      const object = await nameOf(name);
      return repeatable<Admission>(async () => addresses.getByName(object).admit(limit));
    },

    async reserve(key, ticket, rules) {
      const lock = locks.get(key, nowMs());
      if (lock !== null) return lock.locked;
      const call = async () => accounts.getByName(key).reserve(ticket, rules);
      return remember(key, await repeatable<Reservation>(call));
    },

    async wait(key, ticket, rules) {
      const call = async () => accounts.getByName(key).wait(ticket, rules);
      return remember(key, await repeatable<Reservation>(call));
    },

    settle: (key, { rules, ...settling }) =>
      repeatable<Settlement>(
        async () => accounts.getByName(key).settle(settling, rules),
        'unless overloaded',
      ),

    view: (key, rules) => repeatable<LockoutView>(async () => accounts.getByName(key).look(rules)),

    async clear(key, rules) {
      await repeatable(async () => accounts.getByName(key).clear(rules), 'unless overloaded');
      locks.delete(key);
    },
  };
}

/** One object of each kind, of a fixed name, answers. */
export async function limitsAnswer({ addresses, accounts }: GuardNamespaces): Promise<void> {
  await Promise.all([
    addresses.getByName('health').answers(),
    accounts.getByName('health').answers(),
  ]);
}

/** An attempt refused under one contract's limit may be admitted under another's wider one. */
function refusalKey(address: string, { attempts, windowSeconds }: Limit): string {
  return `${attempts}/${windowSeconds} ${address}`;
}

/**
 * `call` gets a new stub each time: one that threw may stay broken. What gives something back to the
 * account's owner is repeated whatever the error: lost, it would count against them.
 */
async function repeatable<T>(
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
