/**
 * `npm run fuzz`: runs the property tests of `npm test` with fresh seeds, again and again, and prints
 * for each find the command that repeats it. Exits with 1 if there was one.
 *
 *     --minutes N      begins no further pass after N minutes (default 10)
 *     --seed N         one pass with this seed
 *     --path P         with --seed and --only: the one case at this path
 *     --only FILE      one test file, or one test of it: 'test/unit/x.test.ts > full name'
 */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { environment, root } from './install.mjs';

interface Pass {
  seed: number;
  path?: string | undefined;
  only?: string | undefined;
}

interface Find {
  /** `file > full name`; a file alone where it failed as a whole. */
  test: string;
  message: string;
  /** Null: not a property's failure, such as a case count below its minimum. */
  path: string | null;
}

interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    path: { type: 'string' },
    only: { type: 'string' },
  },
});
const minutes = Number(options.minutes);
const seed = options.seed === undefined ? null : Number(options.seed);
if (!(minutes > 0) || (seed !== null && !Number.isInteger(seed))) {
  console.error('--minutes takes a number above 0, --seed an integer');
  process.exit(2);
}
if (options.path !== undefined && (seed === null || !options.only?.includes(' > '))) {
  console.error("--path needs --seed, and --only 'FILE > NAME'");
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-fuzz-'));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

const { path, only } = options;
const endsAtMs = seed === null ? Date.now() + minutes * 60_000 : 0;
const found = new Set<string>();
let passes = 0;
do {
  const pass = { seed: seed ?? randomInt(-(2 ** 31), 2 ** 31), path, only };
  const finds = await run(pass);
  passes += 1;
  console.log(`pass ${passes}, seed ${pass.seed}: ${finds.length} finds`);
  for (const find of finds) {
    found.add(find.test);
    console.log(`\nFIND  ${find.test}\n${find.message}\n      ${await repeating(find, pass)}\n`);
  }
} while (Date.now() < endsAtMs);
console.log(`\n${passes} passes, ${found.size} tests with finds`);
process.exit(found.size === 0 ? 0 : 1);

/** The shortest command that fails again: a case may depend on those before it, and on their file. */
async function repeating({ test, path }: Find, { seed, path: given }: Pass): Promise<string> {
  if (given !== undefined) return commandOf({ seed, path: given, only: test });
  const passes: Pass[] = [
    ...(path === null ? [] : [{ seed, path, only: test }]),
    { seed, only: test },
    { seed, only: test.split(' > ')[0] },
  ];
  for (const pass of passes) if ((await run(pass)).length > 0) return commandOf(pass);
  return `${commandOf({ seed })}   (did not fail again by itself)`;
}

function commandOf({ seed, path, only }: Pass): string {
  return [
    `npm run fuzz -- --seed=${seed}`,
    ...(path === undefined ? [] : [`--path=${path}`]),
    ...(only === undefined ? [] : [`--only '${only.replaceAll("'", `'\\''`)}'`]),
  ].join(' ');
}

/** One run of vitest over every file that has properties, or over `only`. */
async function run({ seed, path, only }: Pass): Promise<Find[]> {
  const [file, ...names] = only?.split(' > ') ?? [];
  const name = names.join(' > ').replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const report = join(directory, 'report.json');
  rmSync(report, { force: true });
  const argv = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    `--root=${root}`,
    `--config=${join(root, 'test', 'vitest.config.ts')}`,
    '--project=unit',
    '--project=worker',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(name === '' ? [] : ['--testNamePattern', `^${name}$`]),
    ...(file === undefined ? filesWithProperties() : [file]),
  ];
  const printed = await new Promise<string>((done) => {
    const env = {
      ...environment,
      FUZZ_SEED: String(seed),
      ...(path === undefined ? {} : { FUZZ_PATH: path }),
    };
    const options = { cwd: root, env, maxBuffer: 2 ** 28 };
    execFile(process.execPath, argv, options, (_, out, error) => done(out + error));
  });
  try {
    return findsIn(JSON.parse(readFileSync(report, 'utf8')) as VitestReport);
  } catch {
    throw new Error(`vitest left no report:\n${printed}`);
  }
}

function findsIn({ testResults }: VitestReport): Find[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name).split(sep).join('/');
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [{ test: file, message, path: null }];
    return failed.map(({ fullName, failureMessages }) => {
      const message = failureMessages.join('\n').replaceAll(/\n {4}at .*/g, '');
      const [, path = null] = /\{ seed: -?\d+, path: "([\d:]+)"/.exec(message) ?? [];
      return { test: `${file} > ${fullName}`, message, path };
    });
  });
}

function filesWithProperties(): string[] {
  const files = globSync('test/{unit,worker}/**/*.test.ts', { cwd: root });
  const has = /from '(?:fast-check|\.\.\/support\/fuzz\/contract-fuzz\.ts)'/;
  return files.filter((file) => has.test(readFileSync(join(root, file), 'utf8'))).toSorted();
}
