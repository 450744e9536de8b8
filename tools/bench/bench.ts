/**
 * `npm run bench`: what a request costs in the deployed bundle, in a bare Miniflare over loopback,
 * beside baselines that are measured in the same minute.
 *
 *     --quick           a smoke run of a minute or two; its figures are rough
 *     --out FILE        where the results go as JSON (dist/bench.json)
 *     --profile CELL    instead: a CPU profile of one kind of request (dist/CELL.cpuprofile)
 *     --import          instead: an import of 100,000 users into a local database
 *     --mixed           instead: profiles while others log in, beside a build with an unsliced hash
 *     --rtt DISTANCE    instead: each flow's round trips, and its latency with database and Durable
 *                       Objects so many milliseconds away (d1=80,guard=40, and mail=…), simulated
 *
 * Fails where an answer does not have the expected status. A missed target is only reported.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { failUsage, readArguments } from '../command-line.ts';
import { root } from '../install.mjs';
import { exitOnSignals } from '../process.ts';
import { dataDirectory } from '../server.ts';
import { buildAll, type Built } from './build.ts';
import { cells, lockingBurst } from './cells.ts';
import { measureDistance, parseDistance } from './distance/distance.ts';
import { countCalls, measureMemory } from './endurance.ts';
import { benchImport } from './import.ts';
import { startGenerator } from './load.ts';
import { measureMixed } from './mixed.ts';
import { profile } from './profile.ts';
import { markdown, mixedTable, report, targetTable } from './report.ts';
import { runRound, type Sample } from './rounds.ts';
import { measureStarts } from './starts.ts';
import { mixedTargets, startKinds } from './verdicts.ts';
import { seedDatabase, startWorkers, type Scripts, type WorkerName } from './workers.ts';
import type { CellName } from './cells.ts';

const USAGE =
  'npm run bench -- [--quick] [--out FILE] [--profile CELL | --import | --mixed | --rtt DISTANCE]';
const { values: options } = readArguments(USAGE, {
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, 'dist', 'bench.json') },
    profile: { type: 'string' },
    import: { type: 'boolean', default: false },
    mixed: { type: 'boolean', default: false },
    rtt: { type: 'string' },
  },
});

const { profile: profiled } = options;
if (profiled !== undefined && !(profiled in cells)) {
  failUsage(USAGE, `--profile takes ${Object.keys(cells).join(', ')}.`);
}
const distance = options.rtt === undefined ? null : distanceOf(options.rtt);

const plan = options.quick
  ? { rounds: 1, pace: 0.12, starts: 2, logins: [250, 500], mixed: [1, 24], times: 2 }
  : { rounds: 5, pace: 0.7, starts: 9, logins: [3000, 2000], mixed: [4, 40], times: 9 };
const [warmUp = 0, measured = 0] = plan.logins;
const [mixedRounds = 0, mixedLogins = 0] = plan.mixed;

const step = (text: string) => console.error(`${text} …`);
exitOnSignals();
mkdirSync(dirname(resolve(options.out)), { recursive: true });
const generator = startGenerator();
try {
  console.log(options.import ? await benchImport() : await run());
} finally {
  generator.close();
}

async function run(): Promise<string> {
  step('Building');
  const built = await buildAll(options.profile !== undefined);
  const { scripts } = built;
  if (options.profile !== undefined) {
    const file = join(dirname(resolve(options.out)), `${options.profile}.cpuprofile`);
    return profile(scripts, generator, { name: options.profile, file });
  }
  if (distance !== null) return measureDistance(scripts, { distance, times: plan.times });
  if (!options.mixed) return measureAll(built);
  const mixed = await mixedOf(scripts);
  return [mixedTable(mixed), targetTable(mixedTargets(mixed))].join('\n\n');
}

function distanceOf(text: string) {
  try {
    return parseDistance(text);
  } catch (error) {
    return failUsage(USAGE, (error as Error).message);
  }
}

function mixedOf(scripts: Scripts) {
  return measureMixed(scripts, generator, { rounds: mixedRounds, logins: mixedLogins });
}

async function measureAll({ scripts, gzipKib }: Built): Promise<string> {
  step('Counting calls');
  const counts = await countCalls(scripts, generator);
  const samples: Sample<CellName>[] = [];
  const names = [...new Set(Object.values(cells).map(({ to }): WorkerName => to))];
  for (let round = 0; round < plan.rounds; round += 1) {
    step(`Round ${round + 1} of ${plan.rounds}`);
    const server = await startWorkers(scripts, names);
    try {
      await seedDatabase(server);
      await generator.run(lockingBurst(server.url('app'), 1));
      const { pace } = plan;
      samples.push(...(await runRound({ cells, server, generator, round, pace })));
    } finally {
      await server.close();
    }
  }
  step('Measuring memory');
  const memory = await measureMemory(scripts, generator, { warmUp, measured });
  step('Measuring starts');
  const persistTo = dataDirectory();
  const server = await startWorkers(scripts, ['app'], { persistTo });
  await seedDatabase(server, 0);
  await server.close();
  const starts = await measureStarts(startKinds, {
    start: (names: readonly WorkerName[], options) => startWorkers(scripts, names, options),
    persistTo,
    times: plan.starts,
  });
  step('Measuring profiles while others log in');
  const mixed = await mixedOf(scripts);
  const results = report({ samples, starts, memory, counts, mixed, gzipKib }, plan.rounds);
  writeFileSync(resolve(options.out), `${JSON.stringify(results, null, 2)}\n`);
  return markdown(results);
}
