/**
 * `npm run bench:peers`: the same login beside better-auth on the same runtime in the same minutes,
 * as a table. better-auth is installed on demand, into this folder.
 *
 *     --quick           a smoke run; its figures are rough
 *
 * Fails where an answer has not the expected status.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environment, installIfMissing } from '../../install.mjs';
import { buildAll } from '../build.ts';
import { startGenerator } from '../load.ts';
import { measureGuesses } from './guesses.ts';
import { buildPeers, seedPeers, peersFolder } from './server.ts';
import { markdown } from './report.ts';
import { runRound, type Sample } from './rounds.ts';
import { measurePeersStarts } from './starts.ts';
import { measureTrips } from './trips.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

const plan = options.quick
  ? { rounds: 1, pace: 0.3, logins: 3, guesses: 50, starts: 1 }
  : { rounds: 3, pace: 1, logins: 15, guesses: 1000, starts: 7 };

const tell = (text: string) => console.error(text);
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

installIfMissing(import.meta.dirname);
execFileSync('tsc', ['--project', peersFolder], { env: environment, stdio: 'inherit' });

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-peers-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const generator = startGenerator();
try {
  tell('Building …');
  const built = await buildPeers(await buildAll(directory), directory);
  tell('Signing users up …');
  const furnished = await seedPeers(built);
  tell('Counting round trips …');
  const trips = await measureTrips({ built, generator, furnished, logins: plan.logins });
  const samples: Sample[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    tell(`Round ${round + 1} of ${plan.rounds} …`);
    const { pace } = plan;
    samples.push(...(await runRound({ built, generator, furnished, round, pace })));
  }
  tell('Starting afresh …');
  const starts = await measurePeersStarts({ built, furnished, times: plan.starts });
  tell('Guessing …');
  const guesses = await measureGuesses({ built, furnished, amount: plan.guesses });
  const { gzipKib } = built;
  console.log(markdown({ samples, trips, starts, guesses, gzipKib, amount: plan.guesses }));
} finally {
  generator.close();
}
