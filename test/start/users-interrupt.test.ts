/** Ctrl-C in the middle of `npm run users -- import` and `export`, as a terminal sends it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { environment } from '../../tools/install.mjs';
import { copyTools } from '../support/tools-copy.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-interrupt-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const copy = copyTools();

const USERS = 20_000;
const temporary = join(directory, 'tmp');
mkdirSync(temporary);
const input = join(directory, 'users.csv');
const output = join(directory, 'export.csv');
const hash = `$2b$12$${'a'.repeat(53)}`;
const lines = Array.from({ length: USERS }, (_, n) => `user${n}@example.com,${hash}`);
writeFileSync(input, `email,password_hash\n${lines.join('\n')}\n`);

interface Ended {
  code: number | null;
  printed: string;
}

/** Signals the process group, as a terminal does, at the first output that matches `at`. */
function users(args: readonly string[], at?: RegExp): Promise<Ended> {
  const argv = ['tools/users.ts', ...args, '--persist-to', join(directory, 'state')];
  const env = { ...environment, TMPDIR: temporary };
  const child = spawn('node', argv, { cwd: copy, env, detached: true });
  let printed = '';
  let isSignalled = false;
  const read = (chunk: Buffer) => {
    printed += chunk.toString();
    if (isSignalled || at === undefined || !at.test(printed)) return;
    isSignalled = true;
    process.kill(-(child.pid ?? 0), 'SIGINT');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, printed }));
  });
}

it('says how far it came, finishes when it is run again, and leaves no part of an export', async () => {
  const early = await users(['import', input], /Reading: +\d+ %/);
  expect([early.code, early.printed]).toEqual([
    130,
    expect.stringMatching(/\nInterrupted: nothing was imported. Run the same import again.\n$/),
  ]);

  const middle = await users(['import', input], /Writing: +\d+ %/);
  const [, done = ''] =
    /\nInterrupted: (\d+) of 20000 users were imported. Run the same import again to finish it.\n$/.exec(
      middle.printed,
    ) ?? [];
  expect([middle.code, middle.printed]).toEqual([130, expect.not.stringMatching(/\n +at /)]);
  expect(Number(done)).toBeGreaterThan(0);
  expect(Number(done)).toBeLessThan(USERS);

  const finished = await users(['import', input]);
  // Guesses at any password take as long as at the imported ones from now on.
  expect(readFileSync(join(copy, '.dev.vars'), 'utf8')).toContain(
    `FOREIGN_HASH_COST='[{"kind":"bcrypt","cost":12}]'\n`,
  );
  const [, imported = '', present = ''] =
    /^(\d+) users imported, (\d+) present already, 0 refused\.$/m.exec(finished.printed) ?? [];
  expect([finished.code, Number(imported) + Number(present)]).toEqual([0, USERS]);
  // A batch that ended after the signal may have been written without being counted.
  expect(Number(present)).toBeGreaterThanOrEqual(Number(done));

  writeFileSync(output, 'an older export');
  const exported = await users(['export', output, '--force'], /Exporting: +\d+ %/);
  expect([exported.code, exported.printed]).toEqual([
    130,
    expect.stringContaining(
      `\nInterrupted: ${output} was not written. Run the same export again.\n`,
    ),
  ]);
  expect(readFileSync(output, 'utf8')).toBe('an older export');
  // Both would hold hashes.
  expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(readdirSync(temporary).filter((name) => name.startsWith('gatehouse'))).toEqual([]);

  const refused = await users(['export', output]);
  expect([refused.code, refused.printed]).toEqual([
    1,
    `${output} exists already. To overwrite it, add --force.\n`,
  ]);
  const whole = await users(['export', output, '--force']);
  expect([whole.code, whole.printed]).toEqual([0, expect.stringContaining('Exporting: 100 %\n')]);
  expect(readFileSync(output, 'utf8').match(/^,user\d+@example\.com,/gm)).toHaveLength(USERS);
});
