/**
 * `npm run prove:timing`: the time of an answer does not show what a name belongs to.
 *
 * Starts the deployed bundle at the deployed password cost, inserts accounts of every kind, and asks
 * about them one at a time in random order: at login with a wrong password, at register,
 * forgot-password and verify-email/send, at the request that follows register or forgot-password, and
 * at sign-ins with passkeys. Prints each kind's times and Welch's t of the pair that differs most;
 * fails where a |t| is beyond 4.5, or where the machine is too noisy to find a sixth of an answer's
 * time, which is one slice of a hash.
 *
 *     --samples N         of each kind (400)
 *     --operation NAME    login, login-with-code, login-with-recovery-code, register,
 *                         forgot-password, send-code, passkey-login, after-register or
 *                         after-forgot-password; may be repeated (all)
 *     --contract NAME     may be repeated (login at one contract of each sort, the rest at one)
 *     --out FILE          where the samples go as JSON
 *     --delay MS          EMAIL_DELAY_MS for after-…, as deployed where absent; 0 shows what it hides
 *     --cost 1x1          another password cost: a small one shows what the hash hides
 */
import { writeFileSync } from 'node:fs';
import { contracts } from '../../src/contracts/index.ts';
import type { PasswordCost } from '../../src/crypto/passwords/format.ts';
import { failUsage, readArguments } from '../command-line.ts';
import { exitOnSignals } from '../process.ts';
import { vars } from '../server.ts';
import { measure, type Plan } from './timing/measure.ts';
import { OPERATIONS } from './timing/operations.ts';
import { report } from './timing/report.ts';
import { MINIMUM } from './timing/statistics.ts';
import { startTarget } from './timing/target.ts';

/**
 * The first refuses unverified accounts after a right password; the second takes usernames, the third
 * forms; the last answers a right password without its code like a wrong one.
 */
const LOGIN_AT = ['email-envelope', 'username-pair', 'oauth2', 'keycloak'];
/** Takes the code beside the password alone. */
const CODE_AT = ['keycloak'];
const HASHES = /^login|register/;

function contractsFor(operation: string): readonly string[] {
  if (operation === 'login') return LOGIN_AT;
  return operation.startsWith('login-') ? CODE_AT : LOGIN_AT.slice(0, 1);
}

const USAGE =
  'npm run prove:timing -- [--samples N] [--operation NAME] [--contract NAME] [--out FILE] [--delay MS] [--cost 1x1]';
const { values: options } = readArguments(USAGE, {
  options: {
    samples: { type: 'string', default: '400' },
    operation: { type: 'string', multiple: true, default: Object.keys(OPERATIONS) },
    contract: { type: 'string', multiple: true },
    cost: { type: 'string', default: '100000x6' },
    delay: { type: 'string', default: String(vars['EMAIL_DELAY_MS']) },
    out: { type: 'string' },
  },
});

exitOnSignals();
if (!(Number(options.delay) >= 0)) failUsage(USAGE, '--delay takes milliseconds.');
const cost = parseCost(options.cost);
const plans = options.operation.flatMap((operation) =>
  (options.contract ?? contractsFor(operation)).map((name) => planOf(operation, name)),
);
const results: Record<string, object> = {};
const timesNext = ({ operation }: Plan) => OPERATIONS[operation]?.timesNext === true;
// An answer's own time needs no delay of e-mails: the work after it ends before the next request.
await run(
  plans.filter((plan) => !timesNext(plan)),
  0,
);
await run(plans.filter(timesNext), Number(options.delay));
console.log(process.exitCode === 1 ? 'Not proven.' : 'No kind of name can be told apart by time.');

async function run(plans: readonly Plan[], delayMs: number): Promise<void> {
  if (plans.length === 0) return;
  const target = await startTarget({ cost, delayMs });
  try {
    for (const plan of plans) {
      const samples = await measure(target, plan);
      const { text, passed } = report(plan, samples);
      console.log(text);
      results[`${plan.operation} at ${plan.contract.name}`] = Object.fromEntries(samples);
      if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(results));
      if (!passed) process.exitCode = 1;
    }
  } finally {
    await target.close();
  }
}

function planOf(operation: string, name: string): Plan {
  const contract = contracts.find((candidate) => candidate.name === name);
  const samples = Number(options.samples);
  if (contract === undefined) failUsage(USAGE, `There is no contract ${name}.`);
  if (!(operation in OPERATIONS))
    failUsage(USAGE, `--operation takes ${Object.keys(OPERATIONS).join(', ')}.`);
  if (!(samples >= MINIMUM)) failUsage(USAGE, `--samples takes a number from ${MINIMUM} on.`);
  // Beside a hash the gains of a compiler do not show.
  const warmUp = HASHES.test(operation) ? 5 : Math.min(60, samples);
  return { operation, contract, cost, samples, warmUp };
}

function parseCost(text: string): PasswordCost {
  const [, iterations, rounds] = /^([1-9]\d*)x([1-9]\d*)$/.exec(text) ?? [];
  if (iterations === undefined)
    failUsage(USAGE, '--cost takes iterations x rounds, as in 100000x6.');
  return { iterations: Number(iterations), rounds: Number(rounds) };
}
