/**
 * `npm run fuzz`: runs the property tests of `npm test` with fresh seeds, again and again, and prints
 * for each failure the command that repeats it. Exits with 1 if there was one.
 *
 *     --minutes N      begins no further pass after N minutes (default 10)
 *     --seed N         one pass with this seed
 *     --path P         with --seed and --only: the one case at this path
 *     --only FILE      one test file, or one test of it: 'test/unit/x.test.ts > full name'
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { failUsage, readArguments } from './command-line.ts';
import { environment, root } from './install.mjs';
import { exitOnSignals, temporaryDirectory } from './process.ts';

interface Pass {
  seed: number;
  path?: string | undefined;
  only?: string | undefined;
}

interface Failure {
  /** `file > full name`; a file alone where it failed as a whole. */
  test: string;
  message: string;
  /** Undefined: no failure of a property, such as a number of cases below its minimum. */
  path: string | undefined;
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

const USAGE = "npm run fuzz -- [--minutes N] [--seed N [--path P]] [--only 'FILE > NAME']";
const { values } = readArguments(USAGE, {
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    path: { type: 'string' },
    only: { type: 'string' },
  },
});
const { path, only } = values;
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? null : Number(values.seed);
if (!(minutes > 0) || (seed !== null && !Number.isInteger(seed))) {
  failUsage(USAGE, '--minutes takes a number above 0, --seed an integer.');
}
if (path !== undefined && (seed === null || !only?.includes(' > '))) {
  failUsage(USAGE, "--path needs --seed, and --only 'FILE > NAME'.");
}

exitOnSignals();
const reportFile = join(temporaryDirectory('fuzz'), 'report.json');
const endsAtMs = seed === null ? Date.now() + minutes * 60_000 : 0;
const failed = new Set<string>();
let passes = 0;
do {
  const pass = { seed: seed ?? randomInt(-(2 ** 31), 2 ** 31), path, only };
  const failures = await run(pass);
  passes += 1;
  console.log(`pass ${passes}, seed ${pass.seed}: ${failures.length} failures`);
  for (const failure of failures) {
    failed.add(failure.test);
    const command = await shortestCommand(failure, pass);
    console.log(`\nFAIL  ${failure.test}\n${failure.message}\n      ${command}\n`);
  }
} while (Date.now() < endsAtMs);
console.log(`\n${passes} passes, ${failed.size} tests with failures`);
process.exit(failed.size === 0 ? 0 : 1);

/** The first pass that fails again: a case may depend on those before it, and on their file. */
async function shortestCommand({ test, path }: Failure, pass: Pass): Promise<string> {
  const { seed } = pass;
  if (pass.path !== undefined) return commandOf({ ...pass, only: test });
  const passes: Pass[] = [
    ...(path === undefined ? [] : [{ seed, path, only: test }]),
    { seed, only: test },
    { seed, only: test.split(' > ')[0] },
  ];
  for (const shorter of passes) if ((await run(shorter)).length > 0) return commandOf(shorter);
  return `${commandOf({ seed })}   (did not fail again by itself)`;
}

function commandOf({ seed, path, only }: Pass): string {
  const quoted = only?.replaceAll("'", `'\\''`);
  return [
    `npm run fuzz -- --seed=${seed}`,
    ...(path === undefined ? [] : [`--path=${path}`]),
    ...(quoted === undefined ? [] : [`--only '${quoted}'`]),
  ].join(' ');
}

/** Runs vitest once, over every file with properties or over `only`. */
async function run({ seed, path, only }: Pass): Promise<Failure[]> {
  const [file, ...names] = only?.split(' > ') ?? [];
  const name = names.join(' > ').replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  rmSync(reportFile, { force: true });
  const argv = [
    'run',
    `--root=${root}`,
    `--config=${join(root, 'test', 'vitest.config.ts')}`,
    '--project=unit',
    '--project=worker',
    '--reporter=json',
    `--outputFile=${reportFile}`,
    ...(name === '' ? [] : ['--testNamePattern', `^${name}$`]),
    ...(file === undefined ? filesWithProperties() : [file]),
  ];
  const env = {
    ...environment,
    FUZZ_SEED: String(seed),
    ...(path === undefined ? {} : { FUZZ_PATH: path }),
  };
  const printed = await new Promise<string>((resolve) => {
    const options = { cwd: root, env, maxBuffer: 2 ** 28 };
    execFile('vitest', argv, options, (_, stdout, stderr) => resolve(stdout + stderr));
  });
  try {
    return failuresIn(JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport);
  } catch {
    throw new Error(`vitest left no report:\n${printed}`);
  }
}

function failuresIn({ testResults }: VitestReport): Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name).split(sep).join('/');
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0)
      return [{ test: file, message, path: undefined }];
    return tests.map(({ fullName, failureMessages }) => {
      const message = failureMessages.join('\n').replaceAll(/\n {4}at .*/g, '');
      const [, path] = /\{ seed: -?\d+, path: "([\d:]+)"/.exec(message) ?? [];
      return { test: `${file} > ${fullName}`, message, path };
    });
  });
}

function filesWithProperties(): string[] {
  const files = globSync('test/{unit,worker}/**/*.test.ts', { cwd: root });
  const pattern = /from '(?:fast-check|\.\.\/support\/fuzz\/contract-fuzz\.ts)'/;
  return files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8'))).toSorted();
}
