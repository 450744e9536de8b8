/**
 * `npm run mutate`: makes small breaks in the source, one at a time and in a copy, and says which
 * of them no test notices. Nothing is written to the working tree.
 *
 *     --seed N     draws the same breaks for the same source; printed where it is not given
 *     --count N    how many breaks, 50 by default; those that do not compile are drawn anew
 *     --jobs N     how many copies at once, 2 by default
 *     --in PATHS   the beginnings of the files' paths, by commas
 *     --from N     begins at this number of the draw: continues a run that was stopped
 *     --limit N    seconds without a test file that ends, after which a break counts as noticed: it
 *                  hangs; 300 by default
 *     --least N    exits with 1 where less than this share is noticed, in percent; 95 by default
 *     --reach FILE keeps there what each test runs, for other draws from the same source
 *
 * accepted.json names breaks that may survive, each with the reason.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import accepted from './accepted.json' with { type: 'json' };
import { root } from '../install.mjs';
import { breaksOf, broken, linesOf, type Break } from './breaks.ts';
import { Copy } from './copy.ts';
import { createDraw } from './draw.ts';
import { HAND_OVER, instrumented, testsFor, type Reach } from './reach.ts';
import { isAccepted, report, type Judged } from './report.ts';

const FOLDERS = 'contracts crypto flows http limits mail policy store telemetry';
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    count: { type: 'string', default: '50' },
    jobs: { type: 'string', default: '2' },
    in: { type: 'string', default: FOLDERS.replace(/\w+/g, 'src/$&/').replaceAll(' ', ',') },
    from: { type: 'string', default: '1' },
    limit: { type: 'string', default: '300' },
    least: { type: 'string', default: '95' },
    reach: { type: 'string' },
  },
});
const { seed, count, jobs, from, limit } = Object.fromEntries(
  Object.entries(options).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof options, number>;

/** Tests of random requests: slow, and not the ones to rely on. */
const LEFT_OUT = /\/fuzz-/;
const SETUP = 'test/support/platform-limits.ts';
const LIMIT_MS = limit * 1000;
/** The first tests are the likely ones; the later groups are larger, since starting takes time. */
const GROUPS = [2, 6, 12];

const languageOf = (file: string) => (file.endsWith('x') ? 'tsx' : 'ts');
const prefixes = options.in.split(',');
const sources = globSync('src/**/*.{ts,tsx}', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/^src\/pages\/client\/|\.d\.ts$/.test(file))
  .toSorted();
const files = sources.filter((file) => prefixes.some((prefix) => file.startsWith(prefix)));

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-mutate-'));
const copies: Copy[] = [];
process.once('exit', () => {
  for (const copy of copies) copy.stop();
  rmSync(directory, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
const newCopy = (name: string) => {
  const copy = new Copy(join(directory, name));
  copies.push(copy);
  return copy;
};

/** Runs all tests once with nothing broken; those of the file that `--reach` names, not again. */
async function recordReach(): Promise<Reach> {
  const { reach: path = '' } = options;
  const known: Record<string, string[]> = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : {};
  const copy = newCopy('reach');
  for (const file of sources) {
    copy.write(file, instrumented(file, copy.read(file), languageOf(file)));
  }
  copy.write(SETUP, copy.read(SETUP) + HAND_OVER);
  const tests = await copy.start(0);
  const missing = tests.filter((name) => !LEFT_OUT.test(name) && !(name in known));
  const isDone = await copy.ask({ changed: [], groups: [missing] }, LIMIT_MS, (one) => {
    const [flaw] = one.failed;
    if (flaw === undefined) known[one.test] = one.functions;
    console.log(flaw === undefined ? one.test : `red with nothing broken: ${one.test}: ${flaw}`);
    if (path !== '') writeFileSync(path, JSON.stringify(known));
  });
  if (!isDone) throw new Error('The run with nothing broken hangs, or was killed.');
  copy.stop();
  return new Map(
    Object.entries(known)
      .filter(([test]) => tests.includes(test))
      .map(([test, functions]) => [test, new Set(functions)]),
  );
}

type Drawn = Break & { file: string };

async function judge(copy: Copy, drawn: Drawn, reach: Reach): Promise<Judged | null> {
  const { file, start } = drawn;
  const source = copy.read(file);
  const seen = { ...drawn, ...linesOf(source, drawn) };
  copy.write(file, broken(source, drawn));
  try {
    if (!(await copy.compiles())) return null;
    const tests = testsFor(reach, { file, source, language: languageOf(file), start });
    const groups: string[][] = [];
    for (const size of [...GROUPS, Infinity]) {
      if (tests.length > 0) groups.push(tests.splice(0, size));
    }
    let noticedBy: string | null = null;
    const isDone = await copy.ask({ changed: [file], groups }, LIMIT_MS, ({ test, failed }) => {
      if (failed[0] !== undefined) noticedBy ??= `${test}: ${failed[0]}`;
    });
    if (noticedBy !== null || !isDone) return { ...seen, noticedBy: noticedBy ?? 'the time limit' };
    const isSeen = !(await copy.generatesTheSame());
    return { ...seen, noticedBy: isSeen ? 'docs/api or migrations/' : null };
  } finally {
    copy.write(file, source);
    await copy.ask({ changed: [file], groups: [] }, LIMIT_MS, () => undefined);
  }
}

console.log(`--seed ${seed}: ${count} breaks in ${files.length} files`);
const reach = await recordReach();
console.log(`${reach.size} test files are green with nothing broken`);

const source = newCopy('source');
const draw = createDraw(
  files.flatMap((file) =>
    breaksOf(source.read(file), languageOf(file)).map((one): Drawn => ({ ...one, file })),
  ),
  seed,
);
const judged: Judged[] = [];
let started = 0;
let number = 0;

async function work(copy: Copy): Promise<void> {
  while (started < count) {
    const { value, done } = draw.next();
    if (done) return;
    const place = (number += 1);
    if (place < from) continue;
    started += 1;
    const one = await judge(copy, value, reach);
    if (one === null) {
      started -= 1;
      continue;
    }
    judged.push(one);
    const verdict = one.noticedBy ?? (isAccepted(one, accepted) ? 'ACCEPTED' : 'SURVIVED');
    console.log(`${place} ${one.file}:${one.line} ${one.kind}: ${verdict}`);
    if (one.noticedBy === null) console.log(`    - ${one.before}\n    + ${one.after}`);
  }
}

await Promise.all(Array.from({ length: jobs }, (_, index) => work(newCopy(`job-${index}`))));
const { text, share } = report(judged, accepted);
console.log(text);
process.exit(share >= Number(options.least) ? 0 : 1);
