/**
 * `npm run bench`: what a request costs in the bundle that is deployed, in a bare Miniflare over
 * loopback, beside floors measured in the same minute.
 *
 *     --quick           a smoke run of a minute or two; its figures are rough
 *     --out FILE        where the results go as JSON (dist/bench.json)
 *     --profile CELL    instead: where a kind of request spends its CPU
 *     --import          instead: 100,000 users brought into a local database
 *     --mixed           instead: profiles while others sign in, beside a build with the hash in one
 *     --rtt DISTANCE    instead: each flow's round trips, and its latency with database and guards
 *                       so many milliseconds away (d1=80,guard=40, and mail=…), simulated
 *
 * Fails where an answer has not the expected status; a target that is missed is only told.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../install.mjs';
import { buildAll } from './build.ts';
import { distanceFrom, measureDistance } from './distance/distance.ts';
import { countCalls, measureMemory } from './endurance.ts';
import { benchImport } from './import.ts';
import { startGenerator } from './load.ts';
import { measureMixed } from './mixed.ts';
import { profile } from './profile.ts';
import { markdown, mixedTable, report, targetTable } from './report.ts';
import { runRound, type Sample } from './rounds.ts';
import { measureStarts } from './starts.ts';
import { mixedTargets } from './verdicts.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: join(root, 'dist', 'bench.json') },
    profile: { type: 'string' },
    import: { type: 'boolean', default: false },
    mixed: { type: 'boolean', default: false },
    rtt: { type: 'string' },
  },
});

const plan = options.quick
  ? {
      rounds: 1,
      pace: 0.12,
      starts: 2,
      logins: { warmUp: 250, measured: 500 },
      mixed: { rounds: 1, logins: 24 },
      times: 2,
    }
  : {
      rounds: 5,
      pace: 0.7,
      starts: 9,
      logins: { warmUp: 3000, measured: 2000 },
      mixed: { rounds: 4, logins: 40 },
      times: 9,
    };

const tell = (text: string) => console.error(text);
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const generator = startGenerator();
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
try {
  if (options.import) {
    console.log(await benchImport());
    process.exit();
  }
  const distance = options.rtt === undefined ? null : distanceFrom(options.rtt);
  tell('Building …');
  const built = await buildAll(directory, options.profile !== undefined);
  if (options.profile !== undefined) {
    console.log(await profile(built, generator, options.profile));
  } else if (distance !== null) {
    console.log(await measureDistance(built, { distance, times: plan.times }));
  } else if (options.mixed) {
    const mixed = await measureMixed({ built, generator, ...plan.mixed });
    console.log([mixedTable(mixed), targetTable(mixedTargets(mixed))].join('\n\n'));
  } else {
    await bench(built);
  }
} finally {
  generator.close();
}

async function bench(built: Awaited<ReturnType<typeof buildAll>>): Promise<void> {
  tell('Counting calls …');
  const touched = await countCalls(built, generator);
  const samples: Sample[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    tell(`Round ${round + 1} of ${plan.rounds} …`);
    samples.push(...(await runRound({ built, generator, round, pace: plan.pace })));
  }
  tell('Watching the memory …');
  const memory = await measureMemory(built, generator, plan.logins);
  tell('Starting afresh …');
  const starts = await measureStarts(built, plan.starts);

  tell('Looking while others sign in …');
  const mixed = await measureMixed({ built, generator, ...plan.mixed });

  const { gzipKib } = built;
  const told = report({ samples, starts, memory, touched, mixed, gzipKib }, plan.rounds);
  const file = resolve(options.out);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
  console.log(markdown(told));
}
