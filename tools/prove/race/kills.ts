/**
 * Kills the whole instance in the middle of logins, at chosen moments and at any, and opens it again
 * on what the disk holds. Whatever a client was told before is still so.
 */
import type { Distance } from '../../bench/distance/platform.ts';
import { createInspection } from './disk.ts';
import type { Claim } from './context.ts';
import { hangingTickets } from './hanging.ts';
import { startServer, type RaceServer } from './server.ts';
import {
  createExpectedState,
  guessAt,
  loginOf,
  refreshOf,
  subjectOf,
  type Sent,
  type Subject,
} from './expected-state.ts';
import { KILL_POINTS, killAt } from './kill-points.ts';
import { invent, newUsers } from './users.ts';
import { atOneName, claimsOf, served, tally, type Person } from './wire.ts';

/**
 * On one machine all calls would be done before anybody can strike: a token that leaves too early
 * would still be stored in time.
 */
const AWAY: Distance = { database: 50, limits: 50, mail: 0, metrics: 0 };
const ROUNDS = 12;
const OWNERS_A_ROUND = 8;
/**
 * Each owner's turn comes again after so many rounds: what was killed in flight holds its ticket
 * for a while, and five of them would keep their owner waiting.
 */
const TURNS = 3;

export interface Site {
  /** The deployed bundle with a network between it and its bindings (tools/bench/distance). */
  script: string;
  /** A folder that nobody else uses. */
  data: string;
  claim(claim: Claim): void;
}

export async function kills({ script, data, claim }: Site): Promise<void> {
  const open = async (isNew = false) => {
    const opened = await startServer(script, { data, isNew });
    await travelBy(opened, AWAY);
    return opened;
  };
  let house = await open(true);
  try {
    const people = await newUsers(house.origin, OWNERS_A_ROUND * TURNS + 2 * ROUNDS);
    const everywhere = (person: Person) => subjectOf(person, served);
    const owners = people.splice(0, OWNERS_A_ROUND * TURNS).map(everywhere);
    const mixed = people.splice(0, ROUNDS).map(byOneName);
    // Every other one has an account.
    const targets = people.map((person, n) => byOneName(n % 2 === 0 ? person : invent(), n >> 1));
    const ledger = createExpectedState();
    const { inspect, result } = createInspection();
    const received = () => ledger.sessions.map(({ access }) => claimsOf(access).sid);

    for (const [round, target] of targets.entries()) {
      const moment = KILL_POINTS[round % KILL_POINTS.length];
      if (moment === undefined) throw new Error('there is no moment');
      const turn = (round % TURNS) * OWNERS_A_ROUND;
      const here = moment.isCrowd ? owners : owners.slice(turn, turn + OWNERS_A_ROUND);
      const logins = here.map((owner, n) => loginOf(owner, n + round));
      const used = ledger.sessions.filter(({ refresh }) => refresh !== null).slice(-4);
      const before = ledger.sessions.length;
      const sent: Sent[] = moment.isCrowd
        ? logins
        : [
            ...times(7, (n) => guessAt(target, n)),
            ...shuffled<Sent>([
              ...logins,
              ...mixed.slice(round, round + 1).flatMap(rightAndWrong),
              ...used.map(refreshOf),
            ]),
          ];
      const struck = await killAt(moment, { house, sent, stranger: target });
      const answers = ledger.note(sent, struck);
      console.log(`      kill ${round + 1}, ${moment.name}: ${tally(answers)}`);
      inspect(data, received());

      house = await open();
      await ledger.tokensAreGood(house.origin, [...used, ...ledger.sessions.slice(before)]);
      await ledger.locksHold(house.origin, targets);
      await ledger.ownersGetIn(house.origin, here);
    }

    // A verdict is told once its ticket is settled: without that, guesses stay in flight.
    const held = house;
    const hold = () => travelBy(held, { ...AWAY, held: ['settle'] });
    house = await hangingTickets({ house, hold, ledger, targets, claim, reopen: open });
    await ledger.tokensAreGood(house.origin, [...ledger.sessions]);
    await house.close();
    inspect(data, received());
    for (const each of [...ledger.results({ targets, mixed }), result()]) claim(each);
  } finally {
    await house.close().catch(() => undefined);
  }
}

const travelBy = ({ origin }: RaceServer, network: Distance) =>
  fetch(`${origin}/network`, { method: 'POST', body: JSON.stringify(network) });

/** Guessed at by one name, of the two kinds in turns. */
const byOneName = (person: Person, n: number) =>
  subjectOf(person, atOneName[n % atOneName.length] ?? served);

const rightAndWrong = (subject: Subject): Sent[] => [
  ...times(2, (n) => loginOf(subject, n)),
  ...times(4, (n) => guessAt(subject, n)),
];

const times = <T>(amount: number, make: (n: number) => T) =>
  Array.from({ length: amount }, (_, n) => make(n));

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
