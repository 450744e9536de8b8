/**
 * Kills the instance in the middle of second requests, and starts it again on what is on the disk. A
 * code opens one session at most, and a try that was killed is a failure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TICKET_MS } from '../../../src/policy/lockout.ts';
import { prepareBurst } from '../../burst.ts';
import type { Server } from '../../server.ts';
import {
  enrolledUsers,
  freshCode,
  openStep,
  openSteps,
  submit,
  withStep,
  wrongCodes,
  type Enrolled,
  type Step,
} from './authenticators.ts';
import { startGatehouse, threshold, type Claim } from './context.ts';
import { createInspection } from './disk.ts';
import {
  createExpectedState,
  targetOf,
  type ExpectedState,
  type Sent,
  type Target,
} from './expected-state.ts';
import { times } from './guessing.ts';
import { lockoutOf, PATIENCE_MS } from './hanging.ts';
import { atHead, atRandom, isGrant, killAt, type KillPoint } from './kill-points.ts';
import { AWAY, setNetwork, type KillOptions } from './kills.ts';
import { contractAt, tally, type Outcome } from './wire.ts';

const ROUNDS = 6;
const OWNERS_PER_ROUND = 6;
const STEPS_PER_OWNER = 2;
const IN_FLIGHT = threshold - 1;

const POINTS: readonly KillPoint[] = [
  { ...atHead('a grant among many second requests', isGrant), everyMs: 0 },
  { name: 'while sessions are stored', withinMs: [40, 160], everyMs: 0 },
  { ...atRandom, withinMs: [100, 600] },
];

/** An owner, and the one code that several of their steps send. */
interface Owner {
  target: Target;
  user: Enrolled;
  code: string;
  isTold: boolean;
}

export async function factorKills({ script, persistTo, claim }: KillOptions): Promise<void> {
  const start = async (isNew = false) => {
    const started = await startGatehouse(script, { persistTo, isNew });
    await setNetwork(started, AWAY);
    return started;
  };
  let server = await start(true);
  try {
    const users = await enrolledUsers(server.url(), ROUNDS * OWNERS_PER_ROUND + 2);
    const state = createExpectedState();
    const inspection = createInspection();
    const owners: Owner[] = [];
    const again: Outcome[] = [];
    const toldAgain: Outcome[] = [];

    for (let round = 0; round < ROUNDS; round += 1) {
      const point = POINTS[round % POINTS.length] as KillPoint;
      const present: Owner[] = [];
      const sent: (Sent & { owner: Owner })[] = [];
      for (const [n, user] of users.splice(0, OWNERS_PER_ROUND).entries()) {
        const contracts = times(STEPS_PER_OWNER, (m) => contractAt(n + m + round, withStep));
        const steps = await openSteps(server.url(), user, contracts);
        const code = n % 2 === 0 ? (user.recoveryCodes.shift() ?? '') : await freshCode(user);
        const owner: Owner = { target: targetOf(user, contracts), user, code, isTold: false };
        present.push(owner);
        sent.push(...steps.map((step) => ({ ...submission(owner.target, step, code), owner })));
      }
      const target = targetOf(present[0]?.user as Enrolled, []);
      const received = await killAt(point, { server, sent, target });
      const outcomes = state.note(sent, received);
      for (const [n, { owner }] of sent.entries()) owner.isTold ||= outcomes[n] === 'granted';
      console.log(`      kill ${round + 1}, ${point.name}: ${tally(outcomes)}`);
      inspection.inspect(persistTo, state.sessionIds());

      server = await start();
      await state.checkTokens(server.url(), state.sessions);
      for (const owner of present) {
        const outcome = await sendAgain(server, state, owner);
        (owner.isTold ? toldAgain : again).push(outcome);
      }
      owners.push(...present);
    }

    const [killed, idle] = users as [Enrolled, Enrolled];
    server = await killedTries({ server, start, killed, idle, state, claim });
    await state.checkTokens(server.url(), state.sessions);
    await server.close();
    inspection.inspect(persistTo, state.sessionIds());
    const opened = owners.map(({ user }) => inspection.openedByCode(user.email));
    const [toldCounts, counts] = [tally(toldAgain), tally(again)];
    claim({
      what: `codes of ${owners.length} owners, each sent by ${STEPS_PER_OWNER} steps at once, killed, and sent again by a new step`,
      seen: `again, after a grant that was received: ${toldCounts}; after none: ${counts}; sessions on the disk of one code: ${Math.min(...opened)} to ${Math.max(...opened)}`,
      allowed: 'after a grant invalid-factor; else that, or granted; 1 session of each code',
      holds:
        toldAgain.length > 0 &&
        toldCounts.of('invalid-factor') === toldAgain.length &&
        counts.of('invalid-factor', 'granted') === again.length &&
        opened.every((sessions) => sessions === 1),
    });
    for (const each of state.sessionClaims()) claim(each);
    claim(inspection.claim());
  } finally {
    await server.close().catch(() => undefined);
  }
}

const submission = (of: Target, step: Step, code: string): Sent => ({
  ...submit(step, code),
  kind: 'login',
  of,
});

/** The owner's code once more, by a step of its own. */
async function sendAgain(
  server: Server,
  state: ExpectedState,
  { target, user, code }: Owner,
): Promise<Outcome> {
  const step = await openStep(server.url(), user, contractAt(0, target.contracts));
  if (step === null) return 'locked';
  const [outcome = 'unanswered'] = await state.send(server.url(), [submission(target, step, code)]);
  return outcome;
}

interface KilledTries {
  server: Server;
  start(): Promise<Server>;
  /** Their tries at codes are killed in flight. */
  killed: Enrolled;
  /** Their steps wait. */
  idle: Enrolled;
  state: ExpectedState;
  claim(claim: Claim): void;
}

async function killedTries(options: KilledTries): Promise<Server> {
  const { server, start, killed, idle, state, claim } = options;
  const contracts = times(IN_FLIGHT, () => contractAt(0, withStep));
  const steps = await openSteps(server.url(), killed, contracts);
  await openSteps(server.url(), idle, contracts);
  const target = targetOf(killed, withStep);
  const tries = wrongCodes(killed, 2 * IN_FLIGHT).map((code, n) =>
    submission(target, steps[n % IN_FLIGHT] as Step, code),
  );
  const [first, second] = [tries.slice(0, IN_FLIGHT), tries.slice(IN_FLIGHT)];
  const burst = await prepareBurst(server.url(), first);
  // No verdict is answered before its ticket is settled: every try stays in flight.
  await setNetwork(server, { ...AWAY, held: ['settle'] });
  const sentAtMs = Date.now();
  await burst.release();
  // A step that is being tried is busy for everyone else; one that is not, is tried by this.
  const later = await prepareBurst(server.url(), second);
  await later.release();
  await sleep(PATIENCE_MS / 4);
  server.kill();
  const killedAtMs = Date.now();
  state.note(first, { answers: await burst.answers, sentAtMs });
  const outcomes = tally(state.note(second, { answers: await later.answers, sentAtMs }));
  await server.exited();

  const restarted = await start();
  const before = await lockoutOf(restarted, target);
  await sleep(Math.max(0, killedAtMs + TICKET_MS + 1_000 - Date.now()));
  const after = await lockoutOf(restarted, target);
  const waiting = await lockoutOf(restarted, { person: idle });
  claim({
    what: `tries at ${IN_FLIGHT} steps killed in flight, and nothing for ${TICKET_MS / 1000} s`,
    seen: `${outcomes}; after the start ${before.failures} failures and ${before.ticketsOut} tickets out, then ${after.failures} and ${after.ticketsOut}; of as many steps that wait, ${waiting.failures} and ${waiting.ticketsOut}`,
    allowed: `${IN_FLIGHT} failures and none out in the end; of those that wait, 0 and ${IN_FLIGHT}`,
    holds:
      before.failures + before.ticketsOut === IN_FLIGHT &&
      after.failures === IN_FLIGHT &&
      after.ticketsOut === 0 &&
      waiting.failures === 0 &&
      waiting.ticketsOut === IN_FLIGHT,
  });

  const origin = restarted.url();
  const code = killed.recoveryCodes.shift() ?? '';
  const rights = tally(
    await state.send(
      origin,
      steps.map((step) => submission(target, step, code)),
    ),
  );
  claim({
    what: 'then a right code by each of those steps',
    seen: String(rights),
    allowed: 'expired-step: a step ends with a try that was never answered',
    holds: rights.of('expired-step') === steps.length,
  });
  return restarted;
}
