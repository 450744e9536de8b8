/**
 * The lockout against a model that counts from a plain history of failures, over random requests,
 * verdicts and waits; and its invariants: no more verdicts than failures left, no ticket in a lock.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  reportLock,
  reserve,
  settle,
  TICKET_MS,
  type ReserveResult,
  type Verdict,
} from '../../src/policy/lockout.ts';
import {
  initialState,
  type LockBegan,
  type LockoutRules,
  type LockoutState,
} from '../../src/policy/lockout-state.ts';
import { anyRules } from './lockout-account.ts';

const LONGEST_LOCK_SECONDS = 86_400;
const DAY_MS = 86_400_000;
const FORGET_MS = 30 * DAY_MS;

/** The model: the times of all failures since the last success, from which each count is derived. */
class History {
  readonly #rules: LockoutRules;
  readonly #out = new Map<string, number>();
  #failedAtMs: number[] = [];
  #lastMs = 0;
  nowMs = 0;
  /** Every lock that has begun. */
  readonly locks: LockBegan[] = [];

  constructor(rules: LockoutRules) {
    this.#rules = rules;
  }

  wait(ms: number): void {
    this.nowMs += ms;
    for (const [ticket, expiresAtMs] of this.#out) {
      if (expiresAtMs <= this.nowMs) {
        this.#out.delete(ticket);
        this.#fail(expiresAtMs);
        this.#lastMs = expiresAtMs;
      }
    }
    const forgotten = this.#out.size === 0 && this.nowMs >= this.#lastMs + FORGET_MS;
    if (forgotten && !this.#isStopped()) this.#failedAtMs = [];
  }

  reserve(ticket: string): ReserveResult {
    const { lockSeconds } = this.#rules;
    if (this.#isStopped()) {
      return { state: 'locked', untilMs: this.nowMs + lockSeconds * 1000, untilReset: true };
    }
    const untilMs = this.lockEndMs();
    if (untilMs > this.nowMs) return { state: 'locked', untilMs, untilReset: false };
    if (this.#out.has(ticket)) return { state: 'ticket' };
    if (this.#out.size >= this.#failuresLeft()) return { state: 'queued' };
    this.#out.set(ticket, this.nowMs + TICKET_MS);
    this.#lastMs = this.nowMs;
    return { state: 'ticket' };
  }

  settle(ticket: string, verdict: Verdict): boolean {
    if (!this.#out.delete(ticket)) return false;
    if (verdict === 'right') this.#failedAtMs = [];
    if (verdict === 'wrong') this.#fail(this.nowMs);
    this.#lastMs = this.nowMs;
    return true;
  }

  /** Every `threshold` failures have begun a lock, each longer than the one before. */
  lockEndMs(): number {
    const { threshold, lockSeconds, growth } = this.#rules;
    const locks = Math.floor(this.#failedAtMs.length / threshold);
    const seconds = Math.min(lockSeconds * growth ** (locks - 1), LONGEST_LOCK_SECONDS);
    return locks === 0 ? 0 : (this.#failedAtMs[locks * threshold - 1] ?? 0) + seconds * 1000;
  }

  nextExpiryMs(): number {
    return Math.min(...this.#out.values());
  }

  #fail(atMs: number): void {
    this.#failedAtMs.push(atMs);
    if (this.#isStopped()) this.locks.push('stopped');
    else if (this.#failedAtMs.length % this.#rules.threshold === 0) this.locks.push('locked');
  }

  #isStopped(): boolean {
    return this.#failedAtMs.length >= this.#rules.stopAfterFailures;
  }

  #failuresLeft(): number {
    const { threshold, stopAfterFailures } = this.#rules;
    const failed = this.#failedAtMs.length;
    return Math.min(threshold - (failed % threshold), stopAfterFailures - failed);
  }
}

type Step =
  | { do: 'reserve'; ticket: string }
  | { do: 'settle'; ticket: string; verdict: Verdict }
  | { do: 'wait'; ms: number }
  /** 1 ms before, at or after the moment of a change. */
  | { do: 'wait until'; moment: 'expiry' | 'unlock'; offsetMs: number };

const anyTicket = fc.constantFrom(...'abcdefgh');
const anyVerdict = fc.constantFrom<Verdict>('wrong', 'wrong', 'wrong', 'wrong', 'right', 'void');

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('reserve'), ticket: anyTicket }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('settle'), ticket: anyTicket, verdict: anyVerdict }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.oneof(fc.nat(2000), fc.nat(2_000_000), fc.constantFrom(FORGET_MS - 1, FORGET_MS)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait until'),
      moment: fc.constantFrom('expiry', 'unlock'),
      offsetMs: fc.constantFrom(-1, 0, 1),
    }),
  },
);

const anyLife = fc.tuple(anyRules, fc.array(anyStep, { minLength: 20, maxLength: 120 }));

interface Observation {
  nowMs: number;
  state: LockoutState;
  answer: ReserveResult | { settled: boolean; verdict: Verdict };
  expected: ReserveResult | { settled: boolean; verdict: Verdict };
  /** Locks reported up to this moment. */
  reported: LockBegan[];
  locks: LockBegan[];
}

function live(rules: LockoutRules, steps: readonly Step[]): Observation[] {
  const history = new History(rules);
  const observations: Observation[] = [];
  const reported: LockBegan[] = [];
  let state = initialState;
  const note = (moment: Pick<Observation, 'nowMs' | 'answer' | 'expected'>) => {
    const { state: after, lockBegan } = reportLock(state);
    state = after;
    if (lockBegan !== null) reported.push(lockBegan);
    observations.push({ ...moment, state, reported: [...reported], locks: [...history.locks] });
  };
  for (const step of steps) {
    const { nowMs } = history;
    if (step.do === 'wait') {
      history.wait(step.ms);
    } else if (step.do === 'wait until') {
      const momentMs = step.moment === 'unlock' ? history.lockEndMs() : history.nextExpiryMs();
      const ms = momentMs + step.offsetMs - nowMs;
      history.wait(Number.isFinite(ms) ? Math.max(0, ms) : 0);
    } else if (step.do === 'reserve') {
      const { ticket } = step;
      const { state: after, result } = reserve(state, { ticket, nowMs, rules });
      state = after;
      note({ nowMs, answer: result, expected: history.reserve(ticket) });
    } else {
      const { ticket, verdict } = step;
      const { state: after, settled } = settle(state, { ticket, verdict, nowMs, rules });
      state = after;
      const expected = { settled: history.settle(ticket, verdict), verdict };
      note({ nowMs, answer: { settled, verdict }, expected });
    }
  }
  return observations;
}

const always = (holds: (observations: Observation[], rules: LockoutRules) => void) =>
  fc.assert(
    fc.property(anyLife, ([rules, steps]) => holds(live(rules, steps), rules)),
    { numRuns: 400 },
  );

describe('any sequence of events', () => {
  it('answers as the model does', () => {
    expect.hasAssertions();
    always((observations) => {
      expect(observations.map(({ answer }) => answer)).toEqual(
        observations.map(({ expected }) => expected),
      );
    });
  });

  it('reports each lock once, with the first answer after its beginning', () => {
    expect.hasAssertions();
    always((observations) => {
      for (const { reported, locks } of observations) expect(reported).toEqual(locks);
    });
  });

  it('never has more tickets out than failures are left', () => {
    expect.hasAssertions();
    always((observations, { threshold, stopAfterFailures }) => {
      for (const { state } of observations) {
        const { failures, failuresInARow, tickets } = state;
        expect(tickets.length + failures).toBeLessThanOrEqual(threshold);
        expect(tickets.length + failuresInARow).toBeLessThanOrEqual(stopAfterFailures);
      }
    });
  });

  it('never has a ticket out while it is locked', () => {
    expect.hasAssertions();
    always((observations) => {
      const out = observations.flatMap(({ answer, state }) =>
        'state' in answer && answer.state === 'locked' ? state.tickets : [],
      );
      expect(out).toEqual([]);
    });
  });

  it('gives no more wrong verdicts within the length of a lock than a lock takes', () => {
    expect.hasAssertions();
    always((observations, { threshold, lockSeconds }) => {
      let wrongAtMs: number[] = [];
      for (const { answer, nowMs } of observations) {
        if ('state' in answer || !answer.settled) continue;
        if (answer.verdict === 'right') wrongAtMs = [];
        if (answer.verdict === 'wrong') wrongAtMs.push(nowMs);
        const recent = wrongAtMs.filter((atMs) => atMs > nowMs - lockSeconds * 1000);
        expect(recent.length).toBeLessThanOrEqual(threshold);
      }
    });
  });

  it('gives no more wrong verdicts in a row than the final stop takes, except after a month without events', () => {
    expect.hasAssertions();
    always((observations, { stopAfterFailures }) => {
      let wrong = 0;
      let lastMs = 0;
      for (const { answer, nowMs } of observations) {
        if (nowMs - lastMs > 29 * DAY_MS) wrong = 0;
        lastMs = nowMs;
        if ('state' in answer || !answer.settled) continue;
        wrong = answer.verdict === 'right' ? 0 : wrong + (answer.verdict === 'wrong' ? 1 : 0);
        expect(wrong).toBeLessThanOrEqual(stopAfterFailures);
      }
    });
  });

  it('survives storage unchanged', () => {
    expect.hasAssertions();
    always((observations) => {
      for (const { state } of observations) {
        expect(structuredClone(state)).toStrictEqual(state);
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }
    });
  });
});
