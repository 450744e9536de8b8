/**
 * Kills the whole instance in the middle of logins, at the kill points, and starts it again on what
 * is on the disk. What a client was told before still holds.
 */
import type { Distance } from '../../bench/distance/network.ts';
import type { Server } from '../../server.ts';
import { startGatehouse, type Claim } from './context.ts';
import { createInspection } from './disk.ts';
import {
  createExpectedState,
  guessAt,
  loginOf,
  refreshOf,
  targetOf,
  type Sent,
  type Target,
} from './expected-state.ts';
import { times } from './guessing.ts';
import { hangingTickets } from './hanging.ts';
import { KILL_POINTS, killAt } from './kill-points.ts';
import { newPerson, newUsers } from './users.ts';
import { byIdentifier, served, tally, type Person } from './wire.ts';

/** Without a distance all calls end before a kill, and a token that leaves too early is stored. */
export const AWAY: Distance = { database: 50, limits: 50, mail: 0, metrics: 0 };
const ROUNDS = 12;
const OWNERS_PER_ROUND = 8;
/**
 * Groups of owners, in turns: a login killed in flight holds its ticket for a while, and five of
 * them would lock its owner.
 */
const GROUPS = 3;

export interface KillOptions {
  /** The deployed bundle with a network to its bindings (tools/bench/distance). */
  script: string;
  /** An empty directory. */
  persistTo: string;
  claim(claim: Claim): void;
}

export async function kills({ script, persistTo, claim }: KillOptions): Promise<void> {
  const start = async (isNew = false) => {
    const started = await startGatehouse(script, { persistTo, isNew });
    await setNetwork(started, AWAY);
    return started;
  };
  let server = await start(true);
  try {
    const users = await newUsers(server.url(), OWNERS_PER_ROUND * GROUPS + 2 * ROUNDS);
    const owners = users
      .splice(0, OWNERS_PER_ROUND * GROUPS)
      .map((person) => targetOf(person, served));
    const mixed = users.splice(0, ROUNDS).map(atOneName);
    // Every other one has an account.
    const guessed = users.map((person, n) => atOneName(n % 2 === 0 ? person : newPerson(), n >> 1));
    const state = createExpectedState();
    const inspection = createInspection();

    for (const [round, target] of guessed.entries()) {
      const point = KILL_POINTS[round % KILL_POINTS.length];
      if (point === undefined) throw new Error('there are no kill points');
      const first = (round % GROUPS) * OWNERS_PER_ROUND;
      const present = point.loginsOnly ? owners : owners.slice(first, first + OWNERS_PER_ROUND);
      const logins = present.map((owner, n) => loginOf(owner, n + round));
      const used = state.sessions.filter(({ refresh }) => refresh !== null).slice(-4);
      const known = state.sessions.length;
      const sent: Sent[] = point.loginsOnly
        ? logins
        : [
            ...times(7, (n) => guessAt(target, n)),
            ...shuffled([
              ...logins,
              ...mixed.slice(round, round + 1).flatMap(rightAndWrong),
              ...used.map(refreshOf),
            ]),
          ];
      const received = await killAt(point, { server, sent, target });
      console.log(`      kill ${round + 1}, ${point.name}: ${tally(state.note(sent, received))}`);
      inspection.inspect(persistTo, state.sessionIds());

      server = await start();
      const origin = server.url();
      await state.checkTokens(origin, [...used, ...state.sessions.slice(known)]);
      await state.checkLocks(origin, guessed);
      await state.checkOwners(origin, present);
    }

    server = await hangingTickets({
      server,
      // A verdict is answered once its ticket is settled: until then guesses stay in flight.
      holdTickets: (held) => setNetwork(held, { ...AWAY, held: ['settle'] }),
      restart: start,
      state,
      guessed,
      claim,
    });
    await state.checkTokens(server.url(), [...state.sessions]);
    await server.close();
    inspection.inspect(persistTo, state.sessionIds());
    for (const each of [...state.claims(guessed, mixed), inspection.claim()]) claim(each);
  } finally {
    await server.close().catch(() => undefined);
  }
}

export const setNetwork = (server: Server, network: Distance) =>
  fetch(`${server.url()}/network`, { method: 'POST', body: JSON.stringify(network) });

/** Guessed at by one name, e-mail and username in turns. */
const atOneName = (person: Person, n: number) =>
  targetOf(person, byIdentifier[n % byIdentifier.length] ?? served);

const rightAndWrong = (target: Target): Sent[] => [
  ...times(2, (n) => loginOf(target, n)),
  ...times(4, (n) => guessAt(target, n)),
];

const shuffled = (list: readonly Sent[]): Sent[] =>
  list
    .map((item) => ({ item, position: Math.random() }))
    .toSorted((a, b) => a.position - b.position)
    .map(({ item }) => item);
