/** The tools of package.json: exit codes, errors without traces, and the sentence after a rotation. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { environment, root } from '../../tools/install.mjs';
import { copyTools } from '../support/tools-copy.ts';

const copy = copyTools();

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** `npm start` and `npm test` pass their arguments on. */
const tools = Object.keys(scripts).filter(
  (name) => name !== 'test' && name !== 'start' && scripts[name]?.startsWith('node '),
);

function run(name: string, ...args: string[]): Promise<Ended> {
  const [, ...argv] = scripts[name]?.split(' ') ?? [];
  const options = { cwd: copy, env: environment };
  return new Promise((resolve) => {
    execFile('node', [...argv, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

it('are all there', () => {
  expect(tools.length).toBeGreaterThanOrEqual(15);
});

it.each([
  ...tools.map((name) => `${name} --nonsense`),
  'secret',
  'secret SERVER_KEY PEPPERS',
  'keys nonsense',
  'keys rotate --contract nonsense',
  'users nonsense',
  'fuzz --minutes x',
  'mutate --count x',
  'bench --rtt x',
  'prove:timing --operation x',
  'prove:race --only x',
])('refuses wrong usage with 2, and shows the right one: %s', async (command) => {
  const [name = '', ...args] = command.split(' ');
  const { code, stdout, stderr } = await run(name, ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`Usage: npm run ${name === 'secret' ? '--silent secret' : name}`);
  expect(stderr).not.toMatch(/\n +at /);
});

it.each(['secret', 'keys', 'check', 'users', 'users list', 'bench'])(
  'shows the usage with 0 where help is asked for: %s',
  async (command) => {
    const [name = '', ...args] = command.split(' ');
    const { code, stdout, stderr } = await run(name, ...args, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      `Usage: npm run ${name === 'secret' ? '--silent secret' : command.replace(' ', ' -- ')}`,
    );
  },
);

it('refuses key files that are missing or no key set with 1, in a sentence without their content', async () => {
  const bad = join(copy, 'bad.json');
  for (const text of ['{"c4n4ry', '{"c4n4ry":1}', 'null']) {
    writeFileSync(bad, text);
    expect(await run('keys', 'list', '--file', bad)).toEqual({
      code: 1,
      stdout: expect.not.stringContaining('c4n4ry'),
      stderr: `${bad} is no set of token keys.\n`,
    });
  }
  const missing = await run('keys', 'list', '--file', join(copy, 'missing.json'));
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringMatching(/^\S+missing.json cannot be read: .*\n$/),
  ]);
});

it('keeps a key set that it cannot replace, and says so in a sentence', async () => {
  const folder = join(copy, 'nowhere');
  const { code, stdout, stderr } = await run(
    'keys',
    'generate',
    '--file',
    join(folder, 'keys.json'),
  );
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^\S+keys\.json cannot be written: ENOENT.*\n$/);

  const file = join(copy, 'kept.json');
  await run('keys', 'generate', '--file', file);
  const before = readFileSync(file, 'utf8');
  // In place of the file that is written first.
  mkdirSync(`${file}.part`);
  const rotated = await run('keys', 'rotate', '--file', file);
  expect([rotated.code, rotated.stderr]).toEqual([
    1,
    expect.stringMatching(/^\S+kept\.json cannot be written: .*\n$/),
  ]);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('says after a rotation of the local keys that a running instance has to be restarted', async () => {
  const { code, stdout } = await run('keys', 'rotate');
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining('Restart `npm start`: a running instance goes on with the old keys.\n'),
  ]);
  const file = join(copy, 'keys.json');
  const deployed = await run('keys', 'generate', '--file', file);
  expect(deployed.stdout).not.toContain('Restart');
  expect(deployed.stdout).toContain(`npx wrangler secret put TOKEN_KEYS < ${file}`);
});
