/**
 * How far a request travels: which of its calls to database, guard and mail waited for which.
 *
 * A call's level is one more than the highest level that had been answered when it was made. The
 * levels answered before the response are what its caller waits for, one after the other: round
 * trips. Two kinds of call are told apart from them:
 *
 * - Beside the hash: a level whose calls were all under way while a password was hashed. It costs
 *   the caller nothing as long as the hash takes longer, and what it takes longer otherwise.
 * - Afterwards: what had not been answered when the response was ready, so nobody waited for it.
 */
import type { Call, BindingInterceptor } from './intercept-bindings.ts';

interface Leg {
  call: Call;
  level: number;
  /** No call leaves before the event loop has turned once. */
  isSent: boolean;
  isBesideHash: boolean;
  isBeforeResponse: boolean;
}

export interface CallTrace {
  roundTrips: number;
  besideHash: number;
  calls: number;
  afterwards: number;
  /** What each round trip and each level beside the hash consists of, in order. */
  way: { besideHash: boolean; calls: Call[] }[];
}

export interface Recorder {
  intercept: BindingInterceptor;
  /** To be told of every slice of a hash, as it begins. */
  hashing(): void;
  /** To be told when the response is ready. */
  responded(): void;
  /** The calls of one request, since the last time it was asked. */
  take(): CallTrace;
}

/** Of one request at a time; `network` is what stands between the app and its bindings. */
export function createRecorder(network: BindingInterceptor): Recorder {
  let legs: Leg[] = [];
  let answered = 0;
  let isResponded = false;
  const underWay = new Set<Leg>();
  return {
    async intercept(call, proceed) {
      const leg: Leg = {
        call,
        level: answered + 1,
        isSent: false,
        isBesideHash: false,
        isBeforeResponse: false,
      };
      legs.push(leg);
      underWay.add(leg);
      void scheduler.wait(0).then(() => (leg.isSent = true));
      try {
        return await network(call, proceed);
      } finally {
        underWay.delete(leg);
        answered = Math.max(answered, leg.level);
        leg.isBeforeResponse = !isResponded;
      }
    },
    hashing() {
      for (const leg of underWay) leg.isBesideHash ||= leg.isSent;
    },
    responded: () => (isResponded = true),
    take() {
      const taken = journeyOf(legs);
      legs = [];
      answered = 0;
      isResponded = false;
      return taken;
    },
  };
}

function journeyOf(legs: readonly Leg[]): CallTrace {
  const before = legs.filter(({ isBeforeResponse }) => isBeforeResponse);
  const levels = Map.groupBy(before, ({ level }) => level);
  const way = Array.from(levels, ([level, own]) => ({
    level,
    besideHash: own.every(({ isBesideHash }) => isBesideHash),
    calls: own.map(({ call }) => call),
  }))
    .toSorted((one, other) => one.level - other.level)
    .map(({ besideHash, calls }) => ({ besideHash, calls }));
  const besideHash = way.filter((level) => level.besideHash).length;
  return {
    roundTrips: way.length - besideHash,
    besideHash,
    calls: legs.length,
    afterwards: legs.length - before.length,
    way,
  };
}

/** Every call of `crypto.subtle.deriveBits` in this isolate is a slice of a hash. */
export function hearHashes(hashing: () => void): void {
  const { deriveBits } = crypto.subtle;
  crypto.subtle.deriveBits = function heard(...given) {
    hashing();
    return deriveBits.apply(crypto.subtle, given);
  };
}
