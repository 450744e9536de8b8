/** `npm run check` as a command: its lines, its exit codes, and the local settings. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../../tools/install.mjs';
import { configure, directory, original } from '../support/check-deployment.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Options {
  toml?: string;
  localSecrets?: string;
  args?: readonly string[];
}

function check({ toml = original, localSecrets, args = [] }: Options) {
  const config = join(configure(toml, localSecrets), 'wrangler.toml');
  const argv = ['tools/check.ts', '--config', config, ...args];
  return new Promise<{ code: number; lines: string[]; stderr: string }>((resolve) => {
    execFile(process.execPath, argv, { cwd: root }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        lines: stdout.trimEnd().split('\n'),
        stderr,
      }),
    );
  });
}

it('accepts a fresh clone, placeholders included', async () => {
  expect(await check({})).toMatchObject({ code: 0, lines: ['Errors: 0. Notes: 0.'], stderr: '' });
});

it('reports settings of .dev.vars that are unknown or at fault, and shows no value', async () => {
  const { code, lines } = await check({
    localSecrets:
      "OPERATOR_TOKN='secret-1'\nSERVER_KEY='secret 2'\nMAIL='{\"form\":\"secret-3\"}'\n",
  });
  expect([code, ...lines]).toEqual([
    1,
    'error  .dev.vars, OPERATOR_TOKN: there is no such setting. Rename it to OPERATOR_TOKEN.',
    'error  MAIL.form: there is no such setting. Rename it to MAIL.from.',
    'error  SERVER_KEY: is not base64url. docs/configuration.md has its format and bounds.',
    'Errors: 3. Notes: 0.',
  ]);
});

it.each([
  [
    'a file that is no TOML',
    original.replace('threshold = 5', 'threshold ='),
    [],
    'line 46, cannot be read: Invalid TOML document: invalid value\n',
  ],
  [
    'a required secret in [vars], and shows no value',
    original.replace('[vars]', '[vars]\nSERVER_KEY = "secret-1"'),
    [],
    'error  SERVER_KEY: is a secret, and stands in [vars], which everyone with the code can read. Make a new one, and `npx wrangler secret put SERVER_KEY`.\n',
  ],
  ['an environment that is not there', original, ['--env', 'prod'], 'has no [env.prod].\n'],
  [
    'an environment of another name',
    `${original}\n[env.production]\n`,
    ['--env', 'prod'],
    'has no [env.prod].\n',
  ],
])('refuses %s in one line', async (...[, toml, args, line]) => {
  const { code, lines, stderr } = await check({ toml, args });
  expect([code, lines, stderr.endsWith(line)]).toEqual([1, [''], true]);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toContain('secret-1');
});

it('names what an environment lacks, since it inherits neither vars nor bindings', async () => {
  const toml = `${original.replaceAll(/^SECOND_FACTOR.*$/gm, '')}
[env.production]
durable_objects = { bindings = [] }
[env.production.vars]
ISSUER = "https://login.acme.dev"
`;
  const { lines } = await check({ toml, args: ['--env', 'production'] });
  expect(lines[0]).toMatch(
    /^note {2}\[env\.production\]: does not inherit send_email, d1_databases, vars\.CONTRACTS, .*vars\.OPERATORS\. Repeat there what is not to be missing or the default\.$/,
  );
});

it.each([
  ['an unknown option', ['--remot'], 2, "Unknown option '--remot'\nUsage: npm run check -- "],
  ['a surplus argument', ['production'], 2, "Unexpected argument 'production'"],
  ['a file that is not there', ['--config', 'none.toml'], 1, 'none.toml cannot be read: '],
])('refuses %s in a sentence', async (_, args, ...expected) => {
  const [code, says] = expected;
  const ended = await check({ args });
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(says)]);
  expect(ended.stderr).not.toMatch(/\n +at /);
});
