/**
 * `npm run bench:peers`: the same login beside better-auth on the same runtime in the same minutes,
 * as a table. better-auth is installed on demand, into this folder.
 *
 *     --quick           a smoke run; its figures are rough
 *     --factors         the attacks at second factors alone
 *     --passkeys        the attacks at passkeys alone, and their CPU
 *
 * Fails where an answer does not have the expected status.
 */
import { execFileSync } from 'node:child_process';
import { readArguments } from '../../command-line.ts';
import { environment, installIfMissing } from '../../install.mjs';
import { exitOnSignals } from '../../process.ts';
import { buildAll } from '../build.ts';
import { startGenerator } from '../load.ts';
import { runRound, type Sample } from '../rounds.ts';
import { measureStarts, type StartKind } from '../starts.ts';
import { PASSWORD } from '../workers.ts';
import { countLoginCalls } from './calls.ts';
import { measureFactors } from './factors.ts';
import { measureGuesses } from './guesses.ts';
import { measurePasskeys } from './passkeys.ts';
import { factorTable, markdown, passkeyTable } from './report.ts';
import {
  betterAuthFolder,
  buildComparison,
  cells,
  copyOf,
  pathsOf,
  productNames,
  startWorkers,
  type Comparison,
  type Product,
  type WorkerName,
} from './workers.ts';

const USAGE = 'npm run bench:peers -- [--quick] [--factors] [--passkeys]';
const { values: options } = readArguments(USAGE, {
  options: {
    quick: { type: 'boolean', default: false },
    factors: { type: 'boolean', default: false },
    passkeys: { type: 'boolean', default: false },
  },
});
const plan = options.quick
  ? { rounds: 1, pace: 0.3, guesses: 50, starts: 1, signIns: 50 }
  : { rounds: 3, pace: 1, guesses: 1000, starts: 7, signIns: 300 };

const step = (text: string) => console.error(`${text} …`);
exitOnSignals();
installIfMissing(import.meta.dirname);
execFileSync('tsc', ['--project', betterAuthFolder], { env: environment, stdio: 'inherit' });
const generator = startGenerator();
try {
  step('Building');
  const comparison = await buildComparison(await buildAll());
  const { factors, passkeys } = options;
  if (!factors && !passkeys) console.log(`${await compareLogins(comparison)}\n`);
  if (!passkeys) {
    step('Attacking second factors');
    const figures = await measureFactors(comparison, plan.guesses);
    console.log(`${factorTable(figures, plan.guesses)}\n`);
  }
  if (!factors) {
    step('Attacking passkeys');
    console.log(passkeyTable(await measurePasskeys(comparison, plan), comparison.gzipKib));
  }
} finally {
  generator.close();
}

async function compareLogins(comparison: Comparison): Promise<string> {
  const { scripts, gzipKib } = comparison;
  step('Counting calls');
  const calls = await countLoginCalls(comparison);
  const samples: Sample[] = [];
  const workers = [...new Set(Object.values(cells).map(({ to }) => to as WorkerName))];
  for (let round = 0; round < plan.rounds; round += 1) {
    step(`Round ${round + 1} of ${plan.rounds}`);
    const server = await startWorkers(scripts, workers, copyOf(comparison));
    try {
      const { pace } = plan;
      samples.push(...(await runRound({ cells, server, generator, round, pace })));
    } finally {
      await server.close();
    }
  }
  step('Measuring starts');
  const starts = await measureStarts(Object.fromEntries(productNames.flatMap(startKinds)), {
    start: (names: readonly WorkerName[], options) => startWorkers(scripts, names, options),
    ...copyOf(comparison),
    times: plan.starts,
  });
  step('Guessing');
  const guesses = await measureGuesses(comparison, plan.guesses);
  return markdown({ samples, calls, starts, guesses, gzipKib, guessed: plan.guesses });
}

function startKinds(product: Product): [string, StartKind<WorkerName>][] {
  const { health, login } = pathsOf(product);
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ email: 'right-0@bench.example', password: PASSWORD });
  return [
    [`${product}, health`, { to: product, path: health, status: 200 }],
    [`${product}, login`, { to: product, path: login, status: 200, headers, body }],
  ];
}
