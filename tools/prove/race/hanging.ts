/** Tickets whose holders were killed: failures after thirty seconds, and no guesses meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TICKET_MS } from '../../../src/policy/lockout.ts';
import { prepareBurst, sendOne } from '../../burst.ts';
import type { Server } from '../../server.ts';
import { operatorToken, threshold, type Claim } from './context.ts';
import { guessAt, loginOf, targetOf, type ExpectedState, type Target } from './expected-state.ts';
import { times } from './guessing.ts';
import { createUsers } from './users.ts';
import { byIdentifier, served, tally } from './wire.ts';

/** Long before the first ticket would expire. */
export const PATIENCE_MS = TICKET_MS / 2;
const IN_FLIGHT = threshold - 1;

interface HangingOptions {
  server: Server;
  /** Keeps tickets from being settled, so that every guess stays in flight. */
  holdTickets(server: Server): Promise<unknown>;
  restart(): Promise<Server>;
  state: ExpectedState;
  /** The targets of earlier kills. */
  guessed: readonly Target[];
  claim(claim: Claim): void;
}

/** `retried` is guessed at while the tickets are out, `waiting` only after they have expired. */
export async function hangingTickets(options: HangingOptions): Promise<Server> {
  const { server, holdTickets, restart, state, guessed, claim } = options;
  const users = await createUsers(server.url(), 'retried', 'waiting');
  const retried = targetOf(users.retried, byIdentifier.at(0) ?? served);
  const waiting = targetOf(users.waiting, byIdentifier.at(-1) ?? served);
  const guessesAt = (target: Target, amount: number) => times(amount, (n) => guessAt(target, n));
  const sent = [retried, waiting].flatMap((target) => guessesAt(target, IN_FLIGHT));
  const burst = await prepareBurst(server.url(), sent);
  await holdTickets(server);
  const sentAtMs = Date.now();
  await burst.release();
  // The lockout's view is on the disk: a Durable Object holds back every answer until then.
  for (const deadlineMs = sentAtMs + PATIENCE_MS; Date.now() < deadlineMs;) {
    const views = [await lockoutOf(server, retried), await lockoutOf(server, waiting)];
    if (views.every(({ ticketsOut }) => ticketsOut === IN_FLIGHT)) break;
  }
  server.kill();
  const killedAtMs = Date.now();
  state.note(sent, { answers: await burst.answers, sentAtMs });
  await server.exited();
  const restarted = await restart();
  const origin = restarted.url();

  const before = {
    retried: await lockoutOf(restarted, retried),
    waiting: await lockoutOf(restarted, waiting),
  };
  const meanwhile = tally(await state.send(origin, guessesAt(retried, 12)));
  await sleep(Math.max(0, killedAtMs + TICKET_MS + 1_000 - Date.now()));
  const after = await lockoutOf(restarted, waiting);
  const { failures, ticketsOut } = before.waiting;
  claim({
    what: `${IN_FLIGHT} guesses killed in flight, and nothing for ${TICKET_MS / 1000} s`,
    seen: `after the start ${failures} failures and ${ticketsOut} tickets out, then ${after.failures} failures and ${after.ticketsOut} out`,
    allowed: `${IN_FLIGHT} failures and none out in the end`,
    holds:
      failures + ticketsOut === IN_FLIGHT && after.ticketsOut === 0 && after.failures === IN_FLIGHT,
  });

  const later = await state.send(origin, [...guessesAt(retried, 12), ...guessesAt(waiting, 12)]);
  const [retriedLater, waitingLater] = [tally(later.slice(0, 12)), tally(later.slice(12))];
  const leftOf = (view: Lockout) => threshold - view.failures - view.ticketsOut;
  claim({
    what: 'guesses while the tickets of the killed are out, and after',
    seen: `meanwhile: ${meanwhile}; after: ${retriedLater}; at the other name, only after: ${waitingLater}`,
    allowed: `${leftOf(before.retried)} verdicts in all; ${leftOf(before.waiting)} at the other name`,
    holds:
      meanwhile.of('invalid') + retriedLater.of('invalid') <= leftOf(before.retried) &&
      waitingLater.of('invalid') <= leftOf(before.waiting),
  });

  // By now the tickets of all kills have expired.
  await state.send(
    origin,
    guessed.flatMap((target) => guessesAt(target, threshold + 1)),
  );
  const all = [retried, waiting, ...guessed];
  const locked = tally(await state.send(origin, all.map(loginOf)));
  claim({
    what: 'more guesses at all of them, then the right passwords',
    seen: String(locked),
    allowed: 'locked only',
    holds: locked.of('locked') === all.length,
  });
  return restarted;
}

interface Lockout {
  failures: number;
  ticketsOut: number;
}

/** As the admin API shows it, which changes nothing. */
export async function lockoutOf(
  server: Server,
  { person }: Pick<Target, 'person'>,
): Promise<Lockout> {
  const get = async <T>(path: string): Promise<T> => {
    const headers = { Authorization: `Bearer ${operatorToken}` };
    const request = { method: 'GET', path: `/admin/${path}`, headers, body: '' } as const;
    const { status, text } = await sendOne(server.url(), request);
    if (status !== 200) throw new Error(`/admin/${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  };
  const email = encodeURIComponent(person.email);
  const { users } = await get<{ users: { id: number }[] }>(`users?email=${email}`);
  return (await get<{ guard: Lockout }>(`users/${users[0]?.id}`)).guard;
}
