/** Records what clients were told before a kill, and checks that it still holds after it. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { sendAll, type BurstAnswer } from '../../burst.ts';
import { threshold, type Claim } from './context.ts';
import {
  claimsOf,
  contractAt,
  guess,
  login,
  outcomeOf,
  profile,
  refresh,
  tokensIn,
  type Attempt,
  type Outcome,
  type Person,
  type Tokens,
} from './wire.ts';

/** Half the time for which a used refresh token returns the same successor. */
const RETRY_MS = 5_000;

export interface Session extends Tokens {
  contract: Contract;
  /** When its refresh token was sent without an answer. */
  unansweredAtMs: number | null;
}

/** A name under attack, whether it has an account or not. */
export interface Target {
  person: Person;
  /** The contracts at which its password is guessed. */
  contracts: readonly Contract[];
  verdicts: number;
  /** Right passwords sent: each may have reset the failures. */
  rights: number;
  isToldLocked: boolean;
}

export const targetOf = (person: Person, contracts: readonly Contract[]): Target => ({
  person,
  contracts,
  verdicts: 0,
  rights: 0,
  isToldLocked: false,
});

/** An attempt and what it is about. */
export type Sent = Attempt &
  ({ kind: 'guess' | 'login'; of: Target } | { kind: 'refresh'; of: Session });

export const guessAt = (of: Target, n: number): Sent => ({
  ...guess(contractAt(n, of.contracts), of.person),
  kind: 'guess',
  of,
});

export const loginOf = (of: Target, n: number): Sent => ({
  ...login(contractAt(n, of.contracts), of.person),
  kind: 'login',
  of,
});

export const refreshOf = (of: Session): Sent => ({
  ...refresh(of.contract, of.refresh ?? ''),
  kind: 'refresh',
  of,
});

/** The answers to a burst, and when it was sent. */
export interface Received {
  answers: readonly BurstAnswer[];
  sentAtMs: number;
}

export type ExpectedState = ReturnType<typeof createExpectedState>;

export function createExpectedState() {
  const sessions: Session[] = [];
  const counts = {
    profiles: 0,
    refreshed: 0,
    retried: 0,
    locks: 0,
    stillLocked: 0,
    in: 0,
    out: 0,
  };
  const lost: string[] = [];
  const unexpected: string[] = [];

  const noteAnswer = (sent: Sent, answer: BurstAnswer, sentAtMs: number): Outcome => {
    const { contract } = sent;
    const outcome = outcomeOf(sent, answer);
    if (outcome === 'unknown' || outcome === 'internal') {
      unexpected.push(`${answer.status} ${answer.text}`);
    }
    const tokens = tokensIn(contract, answer);
    if (sent.kind === 'refresh') {
      if (tokens !== null) Object.assign(sent.of, tokens, { unansweredAtMs: null });
      else if (outcome === 'unanswered' || outcome === 'granted') {
        sent.of.unansweredAtMs ??= sentAtMs;
      } else lost.push(`${contract.name}: a refresh was ${outcome}`);
      return outcome;
    }
    const target = sent.of;
    if (tokens !== null) sessions.push({ contract, ...tokens, unansweredAtMs: null });
    if (sent.kind === 'login') {
      target.rights += 1;
      if (outcome === 'invalid') unexpected.push('a right password was invalid');
    } else if (outcome === 'invalid' || outcome === 'invalid-factor') target.verdicts += 1;
    if (outcome === 'locked') target.isToldLocked = true;
    return outcome;
  };

  const note = (sent: readonly Sent[], { answers, sentAtMs }: Received): Outcome[] =>
    sent.flatMap((each, n) => {
      const answer = answers[n];
      return answer === undefined ? [] : [noteAnswer(each, answer, sentAtMs)];
    });

  const send = async (origin: string, sent: readonly Sent[]): Promise<Outcome[]> => {
    const sentAtMs = Date.now();
    return note(sent, { answers: await sendAll(origin, sent), sentAtMs });
  };

  const sessionClaims = (): Claim[] => [
    {
      what: 'tokens received before a kill',
      seen: `${sessions.length} sessions; after the next start and at the end ${counts.profiles} profiles and ${counts.refreshed} refreshes, ${counts.retried} of them with a token whose successor had not arrived; lost: ${several(lost)}`,
      allowed: 'none lost',
      holds: lost.length === 0 && counts.profiles > 0 && counts.refreshed > 0,
    },
    {
      what: 'answers that no contract has, and internal errors',
      seen: several(unexpected),
      allowed: 'none',
      holds: unexpected.length === 0,
    },
  ];

  return {
    sessions,
    note,
    send,
    sessionClaims,
    /** The ids of the sessions whose tokens clients hold. */
    sessionIds: () => sessions.map(({ access }) => claimsOf(access).sid),

    /** Every received token is valid; one whose successor was not received leads to it. */
    async checkTokens(origin: string, some: readonly Session[]): Promise<void> {
      const profiles = await sendAll(
        origin,
        some.map(({ contract, access }) => profile(contract, access)),
      );
      for (const [n, { contract }] of some.entries()) {
        const status = profiles[n]?.status;
        if (status === 200) counts.profiles += 1;
        else lost.push(`${contract.name}: the profile answered ${status}`);
      }
      const nowMs = Date.now();
      const isInTime = ({ unansweredAtMs }: Session) =>
        unansweredAtMs === null || nowMs - unansweredAtMs < RETRY_MS;
      const isRetry = ({ unansweredAtMs }: Session) => unansweredAtMs !== null;
      counts.retried += some.filter((session) => isRetry(session) && isInTime(session)).length;
      const usable = some.filter((session) => session.refresh !== null && isInTime(session));
      const outcomes = await send(origin, usable.map(refreshOf));
      counts.refreshed += outcomes.filter((outcome) => outcome === 'granted').length;
      // After RETRY_MS a lost answer cannot be distinguished from a copied token.
      for (const late of some.filter((session) => !isInTime(session))) {
        sessions.splice(sessions.indexOf(late), 1);
      }
    },

    /** A target that was told to be locked, or was told all its verdicts, is locked. */
    async checkLocks(origin: string, targets: readonly Target[]): Promise<void> {
      const locked = targets.filter(
        ({ isToldLocked, verdicts, rights }) =>
          isToldLocked || (rights === 0 && verdicts >= threshold),
      );
      const outcomes = await send(
        origin,
        locked.map((target) => guessAt(target, 0)),
      );
      counts.locks += locked.length;
      counts.stillLocked += outcomes.filter((outcome) => outcome === 'locked').length;
    },

    /** A kill keeps no owner out. */
    async checkOwners(origin: string, owners: readonly Target[]): Promise<void> {
      for (const outcome of await send(origin, owners.map(loginOf))) {
        counts[outcome === 'granted' ? 'in' : 'out'] += 1;
      }
    },

    /** `guessed`: targets of guesses alone; `mixed`: of right passwords, too. */
    claims(guessed: readonly Target[], mixed: readonly Target[]): Claim[] {
      const verdicts = Math.max(...guessed.map((target) => target.verdicts));
      const beyond = mixed.filter(({ verdicts, rights }) => verdicts > threshold * (1 + rights));
      return [
        ...sessionClaims(),
        {
          what: 'locks told before a kill, by a refusal or by the last verdict',
          seen: `${counts.stillLocked} of ${counts.locks} still locked`,
          allowed: 'all',
          holds: counts.locks > 0 && counts.stillLocked === counts.locks,
        },
        {
          what: 'owners who log in after a kill',
          seen: `${counts.in} in, ${counts.out} not`,
          allowed: 'all in',
          holds: counts.in > 0 && counts.out === 0,
        },
        {
          what: `verdicts on each of ${guessed.length} names, before and after all kills`,
          seen: `${verdicts} at most; of ${mixed.length} more, with right passwords in between, ${beyond.length} above ${threshold} a success`,
          allowed: `${threshold}, 0`,
          holds: verdicts >= 1 && verdicts <= threshold && beyond.length === 0,
        },
      ];
    },
  };
}

const several = (list: readonly string[]) =>
  list.length === 0 ? 'none' : `${list.length}: ${list.slice(0, 3).join('; ')}`;
