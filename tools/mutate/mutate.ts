/**
 * `npm run mutate`: mutation testing. Makes one small change at a time in a copy of the source, and
 * reports the mutants that no test kills. Nothing is written to the working tree.
 *
 *     --seed N     draws the same mutants for the same source; printed where it is not given
 *     --count N    how many mutants, 50 by default; those that do not compile are drawn anew
 *     --jobs N     how many copies at once, 2 by default
 *     --in PATHS   the beginnings of the files' paths, by commas
 *     --from N     begins at this number of the draw: continues a run that was stopped
 *     --limit N    seconds without a test file that ends, after which a mutant counts as killed: it
 *                  hangs; 300 by default
 *     --least N    exits with 1 where less than this share is killed, in percent; 95 by default
 *     --reach FILE keeps the coverage there, for other draws from the same source
 *
 * accepted.json lists mutants that may survive, each with the reason.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import accepted from './accepted.json' with { type: 'json' };
import { failUsage, readArguments } from '../command-line.ts';
import { root } from '../install.mjs';
import { exitOnSignals, temporaryDirectory } from '../process.ts';
import {
  instrumented,
  REPORT_COVERAGE,
  testsFor,
  type Coverage,
  type SourceFile,
} from './coverage.ts';
import { createDraw, linesOf, mutantsOf, mutated, type Mutant } from './mutants.ts';
import { isAccepted, report, type Tested } from './report.ts';
import { Sandbox } from './sandbox.ts';

const FOLDERS = 'contracts crypto flows http limits mail policy store telemetry';
const USAGE =
  'npm run mutate -- [--seed N] [--count N] [--jobs N] [--in PATHS] [--from N] [--limit N] [--least N] [--reach FILE]';
const { values: options } = readArguments(USAGE, {
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    count: { type: 'string', default: '50' },
    jobs: { type: 'string', default: '2' },
    in: { type: 'string', default: FOLDERS.replace(/\w+/g, 'src/$&/').replaceAll(' ', ',') },
    from: { type: 'string', default: '1' },
    limit: { type: 'string', default: '300' },
    least: { type: 'string', default: '95' },
    reach: { type: 'string', default: '' },
  },
});
const { seed, count, jobs, from, limit, least } = Object.fromEntries(
  Object.entries(options).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof options, number>;
if ([seed, count, jobs, from, limit, least].some((value) => !(value >= 0))) {
  failUsage(USAGE, '--seed, --count, --jobs, --from, --limit and --least take numbers.');
}

/** Tests of random requests: slow, and not reliable enough to kill a mutant. */
const EXCLUDED_TESTS = /\/fuzz-/;
const SETUP = 'test/support/platform-limits.ts';
const LIMIT_MS = limit * 1000;
/** The first tests are the most specific; later groups are larger, since each takes time to start. */
const GROUP_SIZES = [3, 12, Infinity];

const prefixes = options.in.split(',');
const sources = globSync('src/**/*.{ts,tsx}', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/^src\/pages\/client\/|\.d\.ts$/.test(file))
  .toSorted();
const files = sources.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)));

exitOnSignals();
const directory = temporaryDirectory('mutate');
const sandboxes: Sandbox[] = [];
process.once('exit', () => {
  for (const sandbox of sandboxes) sandbox.stop();
});
function newSandbox(name: string): Sandbox {
  const sandbox = new Sandbox(join(directory, name));
  sandboxes.push(sandbox);
  return sandbox;
}

const sourceFile = (sandbox: Sandbox, file: string): SourceFile => ({
  file,
  source: sandbox.read(file),
  language: file.endsWith('x') ? 'tsx' : 'ts',
});

/** Runs all tests once without a mutant, except those whose coverage is in the file of `--reach`. */
async function recordCoverage(): Promise<Coverage> {
  const { reach: path } = options;
  const known: Record<string, string[]> = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : {};
  const sandbox = newSandbox('coverage');
  for (const file of sources) sandbox.write(file, instrumented(sourceFile(sandbox, file)));
  sandbox.write(SETUP, sandbox.read(SETUP) + REPORT_COVERAGE);
  const all = sandbox.tests();
  const tests = all.filter((name) => !EXCLUDED_TESTS.test(name) && !(name in known));
  const isDone = await sandbox.run({
    tests,
    bail: 0,
    limitMs: LIMIT_MS,
    onResult({ file, failed: [failure], functions }) {
      if (failure === undefined) known[file] = functions;
      console.log(failure === undefined ? file : `fails without a mutant: ${file}: ${failure}`);
      if (path !== '') writeFileSync(path, JSON.stringify(known));
    },
  });
  if (!isDone) throw new Error('The run without a mutant hangs.');
  return new Map(
    Object.entries(known)
      .filter(([test]) => all.includes(test))
      .map(([test, functions]) => [test, new Set(functions)]),
  );
}

/** Null where the mutant does not compile. */
async function test(
  sandbox: Sandbox,
  mutant: Mutant & { file: string },
  coverage: Coverage,
): Promise<Tested | null> {
  const original = sourceFile(sandbox, mutant.file);
  const { file, source } = original;
  const { kind, within } = mutant;
  const tested = { file, kind, within, ...linesOf(source, mutant) };
  sandbox.write(file, mutated(source, mutant));
  try {
    if (!(await sandbox.compiles())) return null;
    const tests = testsFor(coverage, { ...original, start: mutant.start });
    let killedBy: string | null = null;
    for (const size of GROUP_SIZES) {
      const group = tests.splice(0, size);
      if (group.length === 0 || killedBy !== null) break;
      const isDone = await sandbox.run({
        tests: group,
        bail: 1,
        limitMs: LIMIT_MS,
        onResult({ file, failed: [failure] }) {
          if (failure !== undefined) killedBy ??= `${file}: ${failure}`;
        },
      });
      if (!isDone) killedBy ??= 'the time limit';
    }
    if (killedBy === null && !(await sandbox.generatesTheSame())) {
      killedBy = 'docs/api or migrations/';
    }
    return { ...tested, killedBy };
  } finally {
    sandbox.write(file, source);
  }
}

console.log(`--seed ${seed}: ${count} mutants in ${files.length} files`);
const coverage = await recordCoverage();
console.log(`${coverage.size} test files pass without a mutant`);

const unchanged = newSandbox('unchanged');
const draw = createDraw(
  files.flatMap((file) => {
    const { source, language } = sourceFile(unchanged, file);
    return mutantsOf(source, language).map((mutant) => ({ ...mutant, file }));
  }),
  seed,
);
const results: Tested[] = [];
let started = 0;
let number = 0;

async function work(sandbox: Sandbox): Promise<void> {
  while (started < count) {
    const { value, done } = draw.next();
    if (done) return;
    const position = (number += 1);
    if (position < from) continue;
    started += 1;
    const tested = await test(sandbox, value, coverage);
    if (tested === null) {
      started -= 1;
      continue;
    }
    results.push(tested);
    const { file, line, kind, killedBy, before, after } = tested;
    const survived = isAccepted(tested, accepted) ? 'ACCEPTED' : 'SURVIVED';
    console.log(`${position} ${file}:${line} ${kind}: ${killedBy ?? survived}`);
    if (killedBy === null) console.log(`    - ${before}\n    + ${after}`);
  }
}

await Promise.all(Array.from({ length: jobs }, (_, index) => work(newSandbox(`job-${index}`))));
const { text, share } = report(results, accepted);
console.log(text);
process.exit(share >= least ? 0 : 1);
