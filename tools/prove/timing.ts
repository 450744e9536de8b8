/**
 * `npm run prove:timing`: whoever guesses at names learns nothing from the time an answer takes.
 *
 * Starts the bundle that is deployed, at the deployed password cost, makes people of every kind in
 * its database, and asks about them one at a time in a shuffled order: at login with a wrong
 * password, at register, forgot-password and verify-email/send, and at the request that follows
 * register or forgot-password. Prints each kind's times and Welch's t of the pair that differs most;
 * fails where any is beyond 4.5, or where the machine is too noisy to tell a sixth of an answer's
 * time, which is one slice of a hash.
 *
 *     --samples N         of each kind (400)
 *     --operation NAME    login, register, forgot-password, send-code, after-register or
 *                         after-forgot-password; may be repeated (all)
 *     --contract NAME     may be repeated (login at one contract of each sort, the rest at one)
 *     --out FILE          where the samples go as JSON
 *     --delay MS          EMAIL_DELAY_MS for after-…, as deployed where absent; 0 shows what it hides
 *     --cost 1x1          another password cost: with a small one, what the hash drowns is told
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { contracts } from '../../src/contracts/index.ts';
import type { PasswordCost } from '../../src/crypto/password.ts';
import { vars } from '../bench/server.ts';
import { measure, type Plan } from './timing/measure.ts';
import { OPERATIONS } from './timing/operations.ts';
import { report } from './timing/report.ts';
import { LEAST } from './timing/statistics.ts';
import { openTarget } from './timing/target.ts';

/** The first tells unverified accounts so, after a right password; the second goes by usernames. */
const LOGIN_AT = ['email-envelope', 'username-pair'];
const HASHES = new Set(['login', 'register', 'after-register']);

const { values: options } = parseArgs({
  options: {
    samples: { type: 'string', default: '400' },
    operation: { type: 'string', multiple: true, default: Object.keys(OPERATIONS) },
    contract: { type: 'string', multiple: true },
    cost: { type: 'string', default: '100000x6' },
    delay: { type: 'string', default: String(vars['EMAIL_DELAY_MS']) },
    out: { type: 'string' },
  },
});

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
const cost = costOf(options.cost);
const plans = options.operation.flatMap((operation) =>
  (options.contract ?? (operation === 'login' ? LOGIN_AT : LOGIN_AT.slice(0, 1))).map((name) =>
    planOf(operation, name),
  ),
);
const taken: Record<string, object> = {};
const timesNext = ({ operation }: Plan) => OPERATIONS[operation]?.timesNext === true;
// An answer's own time is taken when all that it leaves is done, which need not be waited for.
await run(
  plans.filter((plan) => !timesNext(plan)),
  0,
);
await run(plans.filter(timesNext), Number(options.delay));
console.log(process.exitCode === 1 ? 'Not proven.' : 'Nobody can be told apart by time.');

async function run(plans: readonly Plan[], delayMs: number): Promise<void> {
  if (plans.length === 0) return;
  const target = await openTarget({ cost, delayMs });
  try {
    for (const plan of plans) {
      const samples = await measure(target, plan);
      const { text, passed } = report(plan, samples);
      console.log(text);
      taken[`${plan.operation} at ${plan.contract.name}`] = Object.fromEntries(samples);
      if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(taken));
      if (!passed) process.exitCode = 1;
    }
  } finally {
    await target.close();
  }
}

function planOf(operation: string, name: string): Plan {
  const contract = contracts.find((candidate) => candidate.name === name);
  const samples = Number(options.samples);
  if (contract === undefined) throw new Error(`there is no contract ${name}`);
  if (!(operation in OPERATIONS)) throw new Error(`there is no operation ${operation}`);
  if (!(samples >= LEAST)) throw new Error(`--samples: at least ${LEAST}`);
  // A hash takes so long that what a compiler still gains is not seen beside it.
  const warmUp = HASHES.has(operation) ? 5 : Math.min(60, samples);
  return { operation, contract, cost, samples, warmUp };
}

function costOf(text: string): PasswordCost {
  const [, iterations, rounds] = /^([1-9]\d*)x([1-9]\d*)$/.exec(text) ?? [];
  if (iterations === undefined) throw new Error('--cost: iterations x rounds, as in 100000x6');
  return { iterations: Number(iterations), rounds: Number(rounds) };
}
