/** The example of docs/adding-a-contract.md compiles, is served, and keeps every contract's invariants. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { environment, root } from '../../tools/install.mjs';

/** The files that the example needs, and the tests that run it. */
const PARTS = ['src', 'test', 'tools', 'docs/api', 'migrations', 'package.json', 'tsconfig.json'];
const TESTS = ['timing', 'golden', 'routes', 'login'].map((name) => `test/worker/${name}.test.ts`);
const VITEST = ['--root', '.', '--config', 'test/vitest.config.ts', '--project', 'worker'];

const copy = mkdtempSync(join(tmpdir(), 'gatehouse-contract-'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const text = readFileSync(join(root, 'docs', 'adding-a-contract.md'), 'utf8');
/** The first block of code in a language, without the list's indentation. */
const block = (language: string) =>
  new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, 'ms')
    .exec(text)?.[1]
    ?.replaceAll(/^ {3}/gm, '') ?? '';

function change(file: string, from: RegExp, to: string): void {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  expect(before).toMatch(from);
  writeFileSync(path, before.replace(from, to));
}

it('has an example of at most 40 lines that works as it stands', async () => {
  const example = block('ts');
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  for (const part of [...PARTS, 'wrangler.toml']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

  writeFileSync(join(copy, 'src', 'contracts', 'tiny.ts'), example);
  mkdirSync(join(copy, 'test', 'golden', 'tiny'));
  writeFileSync(join(copy, 'test', 'golden', 'tiny', 'login.json'), block('json'));
  change(
    'src/contracts/index.ts',
    /(?=import \{ usernameCoded)/,
    "import { tiny } from './tiny.ts';\n",
  );
  change('src/contracts/index.ts', /(?<== \[\n)/, '  tiny,\n');
  change('wrangler.toml', /(?<=^CONTRACTS = \[)/m, '"tiny", ');

  const run = (command: string, ...options: string[]) =>
    promisify(execFile)(command, options, { cwd: copy, env: environment });
  await run('tsc', '--project', '.');
  await run('node', 'tools/openapi/openapi.ts');
  const { stdout } = await run('vitest', 'run', ...VITEST, '-t', 'tiny', ...TESTS);
  expect(stdout).toMatch(/Test Files .*4 passed/);
});
