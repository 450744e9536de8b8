/** What clients were told before a kill, and whether it still holds after it. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { settings, type Claim } from './context.ts';
import type { Struck } from './kill-points.ts';
import { fire, type BurstAnswer, type BurstRequest } from './burst.ts';
import { contractAt, guess, login, profile, refresh, told, tokensIn } from './wire.ts';
import type { Person, Told, Tokens } from './wire.ts';

const { threshold } = settings.lockout;
/** Half the time for which a refresh token that was used leads to the same successor. */
const RETRY_MS = 5_000;

export interface Session extends Tokens {
  contract: Contract;
  /** When its refresh token was sent and nothing heard. */
  unheardAtMs: number | null;
}

/** Somebody's account, or nobody's name; what is guessed at is guessed at by one name. */
export interface Subject {
  person: Person;
  /** Where it is guessed at. */
  contracts: readonly Contract[];
  verdicts: number;
  /** Right passwords sent: each may have given the failures back. */
  rights: number;
  toldLocked: boolean;
}

export const subjectOf = (person: Person, contracts: readonly Contract[]): Subject => ({
  person,
  contracts,
  verdicts: 0,
  rights: 0,
  toldLocked: false,
});

export interface Sent {
  contract: Contract;
  shot: BurstRequest;
  does:
    | { kind: 'guess'; at: Subject }
    | { kind: 'login'; of: Subject }
    | { kind: 'refresh'; of: Session };
}

export const guessAt = (at: Subject, n: number): Sent => {
  const contract = contractAt(n, at.contracts);
  return { contract, shot: guess(contract, at.person), does: { kind: 'guess', at } };
};

export const loginOf = (of: Subject, n: number): Sent => {
  const contract = contractAt(n, of.contracts);
  return { contract, shot: login(contract, of.person), does: { kind: 'login', of } };
};

export const refreshOf = (of: Session): Sent => ({
  contract: of.contract,
  shot: refresh(of.contract, of.refresh ?? ''),
  does: { kind: 'refresh', of },
});

export function createExpectedState() {
  const sessions: Session[] = [];
  const counts = { opened: 0, refreshed: 0, retried: 0, locks: 0, stillLocked: 0, in: 0, out: 0 };
  const lost: string[] = [];
  const odd: string[] = [];

  const noteOne = ({ contract, does }: Sent, heard: BurstAnswer, sentAtMs: number): Told => {
    const answer = told(contract, heard);
    if (answer === 'strange' || answer === 'internal') odd.push(`${heard.status} ${heard.text}`);
    const tokens = tokensIn(contract, heard);
    if (does.kind === 'refresh') {
      if (tokens !== null) Object.assign(does.of, tokens, { unheardAtMs: null });
      else if (answer === 'unanswered' || answer === 'granted') does.of.unheardAtMs ??= sentAtMs;
      else lost.push(`${contract.name}: a refresh was ${answer}`);
      return answer;
    }
    if (does.kind === 'login') does.of.rights += 1;
    if (tokens !== null) sessions.push({ contract, ...tokens, unheardAtMs: null });
    const subject = does.kind === 'login' ? does.of : does.at;
    if (answer === 'invalid' && does.kind === 'guess') subject.verdicts += 1;
    if (answer === 'invalid' && does.kind === 'login') odd.push('a right password was invalid');
    if (answer === 'locked') subject.toldLocked = true;
    return answer;
  };

  /** Puts down what was heard of what was sent. */
  const note = (sent: readonly Sent[], { heard, sentAtMs }: Struck): Told[] =>
    sent.flatMap((each, n) => {
      const answer = heard[n];
      return answer === undefined ? [] : [noteOne(each, answer, sentAtMs)];
    });

  const send = async (origin: string, sent: readonly Sent[]): Promise<Told[]> => {
    const sentAtMs = Date.now();
    const heard = await fire(
      origin,
      sent.map(({ shot }) => shot),
    );
    return note(sent, { heard, sentAtMs });
  };

  return {
    sessions,
    note,
    send,

    /** Every token that was received is good, and one whose successor was not heard leads to it. */
    async tokensAreGood(origin: string, some: readonly Session[]): Promise<void> {
      const profiles = await fire(
        origin,
        some.map(({ contract, access }) => profile(contract, access)),
      );
      for (const [n, { contract }] of some.entries()) {
        const answer = profiles[n];
        if (answer?.status === 200) counts.opened += 1;
        else lost.push(`${contract.name}: the profile answered ${answer?.status}`);
      }
      const nowMs = Date.now();
      const retried = some.filter(({ unheardAtMs }) => unheardAtMs !== null);
      const inTime = (session: Session) =>
        session.unheardAtMs === null || nowMs - session.unheardAtMs < RETRY_MS;
      const fit = some.filter((session) => session.refresh !== null && inTime(session));
      counts.retried += retried.filter(inTime).length;
      const answers = await send(origin, fit.map(refreshOf));
      counts.refreshed += answers.filter((answer) => answer === 'granted').length;
      // Too late to tell a lost answer from a copied token; nobody can be blamed.
      for (const late of retried.filter((session) => !inTime(session))) {
        sessions.splice(sessions.indexOf(late), 1);
      }
    },

    /** One more guess at each that was told to be locked, or was told all its verdicts. */
    async locksHold(origin: string, subjects: readonly Subject[]): Promise<void> {
      const due = subjects.filter(
        ({ toldLocked, verdicts, rights }) => toldLocked || (rights === 0 && verdicts >= threshold),
      );
      const answers = await send(
        origin,
        due.map((subject) => guessAt(subject, 0)),
      );
      counts.locks += due.length;
      counts.stillLocked += answers.filter((answer) => answer === 'locked').length;
    },

    /** A kill keeps nobody out. */
    async ownersGetIn(origin: string, owners: readonly Subject[]): Promise<void> {
      const answers = await send(origin, owners.map(loginOf));
      counts.in += answers.filter((answer) => answer === 'granted').length;
      counts.out += answers.filter((answer) => answer !== 'granted').length;
    },

    results: (who: { targets: readonly Subject[]; mixed: readonly Subject[] }): Claim[] => [
      {
        what: 'tokens received before a kill',
        seen: `${sessions.length} sessions; after the next start and at the end ${counts.opened} profiles opened and ${counts.refreshed} refreshes, ${counts.retried} of them with a token whose successor had not arrived; lost: ${several(lost)}`,
        allowed: 'none lost',
        holds: lost.length === 0 && counts.opened > 0 && counts.refreshed > 0,
      },
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
      verdictsOf(who),
      {
        what: 'answers that no contract has, and failures of ours',
        seen: several(odd),
        allowed: 'none',
        holds: odd.length === 0,
      },
    ],
  };
}

export type ExpectedState = ReturnType<typeof createExpectedState>;

function verdictsOf(who: { targets: readonly Subject[]; mixed: readonly Subject[] }): Claim {
  const most = Math.max(...who.targets.map(({ verdicts }) => verdicts));
  const beyond = who.mixed.filter(({ verdicts, rights }) => verdicts > threshold * (1 + rights));
  return {
    what: `verdicts on each of ${who.targets.length} names, before and after all kills`,
    seen: `${most} at most; of ${who.mixed.length} more, with right passwords in between, ${beyond.length} above ${threshold} a success`,
    allowed: `${threshold}, 0`,
    holds: most >= 1 && most <= threshold && beyond.length === 0,
  };
}

const several = (list: readonly string[]) =>
  list.length === 0 ? 'none' : `${list.length}: ${list.slice(0, 3).join('; ')}`;
