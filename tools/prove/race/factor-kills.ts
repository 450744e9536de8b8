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
import { threshold, type Claim } from './context.ts';
import { targetOf, type ExpectedState, type Sent, type Target } from './expected-state.ts';
import { times } from './guessing.ts';
import { lockoutOf, PATIENCE_MS } from './hanging.ts';
import { OWNERS_PER_ROUND, ROUNDS, startKillRun, type ProofOwner } from './kill-run.ts';
import { AWAY, setNetwork, type KillOptions } from './kills.ts';
import { contractAt, tally } from './wire.ts';

const STEPS_PER_OWNER = 2;
const IN_FLIGHT = threshold - 1;

export async function factorKills(options: KillOptions): Promise<void> {
  const run = await startKillRun(options, 'second requests');
  try {
    const users = await enrolledUsers(run.origin(), ROUNDS * OWNERS_PER_ROUND + 2);
    for (let round = 0; round < ROUNDS; round += 1) {
      const present: ProofOwner[] = [];
      for (const [n, user] of users.splice(0, OWNERS_PER_ROUND).entries()) {
        const contracts = times(STEPS_PER_OWNER, (m) => contractAt(n + m + round, withStep));
        const steps = await openSteps(run.origin(), user, contracts);
        const code = n % 2 === 0 ? (user.recoveryCodes.shift() ?? '') : await freshCode(user);
        const target = targetOf(user, contracts);
        const sent = steps.map((step) => submission(target, step, code));
        const again = async () => {
          const step = await openStep(run.origin(), user, contractAt(0, contracts));
          return step === null ? null : submission(target, step, code);
        };
        present.push({ person: user, sent, again });
      }
      await run.kill(round, present);
    }

    const [killed, idle] = users as [Enrolled, Enrolled];
    const { start, state } = run;
    const { claim } = options;
    await run.continueOn((server) => killedTries({ server, start, killed, idle, state, claim }));
    await run.finish('codes', 'invalid-factor');
  } finally {
    await run.close();
  }
}

const submission = (of: Target, step: Step, code: string): Sent => ({
  ...submit(step, code),
  kind: 'login',
  of,
});

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
