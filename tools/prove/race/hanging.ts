/** Tickets whose holders died: failures after thirty seconds, and no guesses meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TICKET_MS } from '../../../src/policy/lockout.ts';
import { bindings, settings, type Claim } from './context.ts';
import type { RaceServer } from './server.ts';
import { guessAt, loginOf, subjectOf, type ExpectedState, type Subject } from './expected-state.ts';
import { createUsers } from './users.ts';
import { aim, fireOne } from './burst.ts';
import { atOneName, served, tally } from './wire.ts';

const { threshold } = settings.lockout;
/** All are drawn long before the first one would expire. */
const PATIENCE_MS = TICKET_MS / 2;
const IN_FLIGHT = threshold - 1;

interface Scene {
  house: RaceServer;
  /** From now on no ticket is settled, so that every guess stays in flight. */
  hold(): Promise<unknown>;
  ledger: ExpectedState;
  /** Everybody who was guessed at in earlier rounds. */
  targets: readonly Subject[];
  claim(claim: Claim): void;
  /** After a kill. */
  reopen(): Promise<RaceServer>;
}

export async function hangingTickets({ house, hold, ledger, targets, claim, reopen }: Scene) {
  const people = await createUsers(house.origin, ['hurried', 'patient']);
  const hurried = subjectOf(people.hurried, atOneName.at(0) ?? served);
  const patient = subjectOf(people.patient, atOneName.at(-1) ?? served);
  const sent = [hurried, patient].flatMap((at) =>
    Array.from({ length: IN_FLIGHT }, (_, n) => guessAt(at, n)),
  );
  const volley = await aim(
    house.origin,
    sent.map(({ shot }) => shot),
  );
  await hold();
  const sentAtMs = Date.now();
  await volley.release();
  // What the guard tells is on the disk: Durable Objects hold back every answer until then.
  const deadlineMs = sentAtMs + PATIENCE_MS;
  while (Date.now() < deadlineMs) {
    const standings = await Promise.all(
      [hurried, patient].map((each) => standingOf(house.origin, each)),
    );
    if (standings.every(({ ticketsOut }) => ticketsOut === IN_FLIGHT)) break;
  }
  house.strike();
  const struckAtMs = Date.now();
  ledger.note(sent, { heard: await volley.heard, sentAtMs });
  await house.buried();
  const reopened = await reopen();
  const { origin } = reopened;

  const before = {
    hurried: await standingOf(origin, hurried),
    patient: await standingOf(origin, patient),
  };
  const at = (subject: Subject, amount: number) =>
    Array.from({ length: amount }, (_, n) => guessAt(subject, n));
  // The patient one's tickets run out while the hurried one's guesses wait for theirs.
  const meanwhile = await ledger.send(origin, at(hurried, 12));
  await sleep(Math.max(0, struckAtMs + TICKET_MS + 1_000 - Date.now()));
  const after = await standingOf(origin, patient);
  const { failures, ticketsOut } = before.patient;
  claim({
    what: `${IN_FLIGHT} guesses killed in flight, and nothing for ${TICKET_MS / 1000} s`,
    seen: `after the start ${failures} failures and ${ticketsOut} tickets out, then ${after.failures} failures and ${after.ticketsOut} out`,
    allowed: `${IN_FLIGHT} failures and none out in the end`,
    holds:
      failures + ticketsOut === IN_FLIGHT && after.ticketsOut === 0 && after.failures === IN_FLIGHT,
  });

  const later = await ledger.send(origin, [...at(hurried, 12), ...at(patient, 12)]);
  const left = threshold - failures - ticketsOut;
  const [hurriedLater, patientLater] = [tally(later.slice(0, 12)), tally(later.slice(12))];
  const out = before.hurried.ticketsOut;
  claim({
    what: 'guesses while the tickets of the dead are out, and after',
    seen: `meanwhile: ${tally(meanwhile)}; after: ${hurriedLater}; at the patient one: ${patientLater}`,
    allowed: `${threshold - before.hurried.failures - out} in all; ${left} at the patient one`,
    holds:
      tally(meanwhile).of('invalid') + hurriedLater.of('invalid') <=
        threshold - before.hurried.failures - out && patientLater.of('invalid') <= left,
  });

  // By now no ticket of any kill is out any more.
  await ledger.send(
    origin,
    targets.flatMap((subject) => at(subject, threshold + 1)),
  );
  const all = [hurried, patient, ...targets];
  const locked = tally(await ledger.send(origin, all.map(loginOf)));
  claim({
    what: 'more guesses at all of them, then the right passwords',
    seen: String(locked),
    allowed: 'locked only',
    holds: locked.of('locked') === all.length,
  });
  return reopened;
}

interface Standing {
  failures: number;
  ticketsOut: number;
}

/** As the operator sees it, which changes nothing. */
async function standingOf(origin: string, { person }: Subject): Promise<Standing> {
  const { users } = await asOperator<{ users: { id: number }[] }>(
    origin,
    `users?email=${encodeURIComponent(person.email)}`,
  );
  const { guard } = await asOperator<{ guard: Standing }>(origin, `users/${users[0]?.id}`);
  return guard;
}

async function asOperator<T>(origin: string, path: string): Promise<T> {
  const { status, text } = await fireOne(origin, {
    method: 'GET',
    path: `/admin/${path}`,
    headers: { Authorization: `Bearer ${String(bindings['OPERATOR_TOKEN'])}` },
    body: '',
  });
  if (status !== 200) throw new Error(`/admin/${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}
