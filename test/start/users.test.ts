/** `npm run users`, against an instance as `npm start` makes one. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { killCommands, NPM_START, startInstance } from '../support/instance.ts';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-users-'));
let url = '';

beforeAll(async () => {
  ({ url } = await startInstance(NPM_START, state));
});

afterAll(async () => {
  await killCommands();
  rmSync(state, { recursive: true, force: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const users = (args: string[], environment: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const env = { ...process.env, ...environment };
    execFile('node', ['tools/users.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

const here = (...args: string[]) => users([...args, '--url', url]);

/** At username-pair. */
const post = (path: string, body: object, token = '') =>
  fetch(`${url}/username-pair/api/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

const login = async (password: string) =>
  (await post('login', { username: 'johndoe', password })).status;

describe('the admin commands', () => {
  it('lists, page by page or all', async () => {
    const { code, stdout, stderr } = await here('list', '--limit', '2');
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 3]);
    expect(stdout).toMatch(/^number\tstatus\tusername\temail\tlast login\n\d+\tactive\t/);
    expect(stderr).toMatch(/There are more: --cursor \d+/);
    const all = await here('list', '--all', '--json', '--status', 'active');
    const found = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { email: string });
    expect(found.map(({ email }) => email)).toContain('brackly@griot.com');
    expect(found.map(({ email }) => email)).not.toContain('inactive@example.com');
    expect((await here('list', '--email', 'BRACK')).stdout).toContain('brackly@griot.com');
    expect(await here('list', '--username', 'no-such')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There are no such users.\n',
    });
  });

  it('shows a user by number, public id, username or address, and takes no beginning of one for it', async () => {
    const { code, stdout } = await here('show', '123');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /johndoe[\s\S]*admin {7}no\npassword {4}yes\n2nd factor {2}no\npasskeys {4}0\n[\s\S]*not locked; 0 failures/,
      ),
    ]);
    expect((await here('show', 'user-admin-001')).stdout).toContain('Admin (role-admin)');
    expect((await here('show', 'John@Example.com')).stdout).toBe(stdout);
    expect((await here('show', 'JohnDoe')).stdout).toBe(stdout);
    for (const beginning of ['johnd', 'john@example.co']) {
      const { code, stderr } = await here('show', beginning);
      expect([beginning, code, stderr]).toEqual([beginning, 1, 'There is no such user.\n']);
    }
  });

  it('unlocks a locked user', async () => {
    for (let n = 0; n < 5; n += 1) await login('a wrong one');
    expect(await login('MySecure123!')).toBe(429);
    expect((await here('show', '123')).stdout).toContain('locked until');
    expect(await here('unlock', '123')).toEqual({
      code: 0,
      stdout: 'User 123: unlocked.\n',
      stderr: '',
    });
    // An isolate may believe a lock that it has seen for five seconds more.
    await expect.poll(() => login('MySecure123!'), { timeout: 30_000, interval: 1_000 }).toBe(200);
  });

  it('resets second factors, and reports where there are none', async () => {
    const password = 'MySecure123!';
    const session: unknown = await (await post('login', { username: 'johndoe', password })).json();
    const token = String(valueNamed(session, 'accessToken'));
    const enrolment: unknown = await (await post('factors/totp', {}, token)).json();
    const code = codeAt(String(valueNamed(enrolment, 'secret')));
    expect((await post('factors/totp/confirm', { code }, token)).status).toBe(200);
    expect((await here('show', '123')).stdout).toContain('2nd factor  yes\n');
    expect(await login(password)).toBe(403);
    expect(await here('reset-factors', 'john@example.com')).toEqual({
      code: 0,
      stdout:
        'User 123: second factors, recovery codes and passkeys removed; the user was told by e-mail.\n',
      stderr: '',
    });
    expect((await here('show', '123')).stdout).toContain('2nd factor  no\n');
    expect(await login(password)).toBe(200);
    expect((await here('reset-factors', '123')).stdout).toContain('it was so already');
  });

  it('ends sessions, deactivates and activates, and reports where there was nothing to do', async () => {
    expect(await login('MySecure123!')).toBe(200);
    expect((await here('end-sessions', '123')).stdout).toMatch(/: \d+ sessions? ended/);
    expect((await here('deactivate', '123')).stdout).toContain('deactivated, 0 sessions ended');
    expect(await login('MySecure123!')).toBe(403);
    expect((await here('deactivate', '123')).stdout).toContain('it was so already');
    expect((await here('activate', '123')).code).toBe(0);
    expect(await login('MySecure123!')).toBe(200);
  });

  it('sets and removes roles', async () => {
    const unknown = await here('set-role', '123', 'role-ops');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('role is unknown; '),
    ]);
    const made = await here('set-role', '123', 'role-ops', '--name', 'Operations');
    expect(made.stdout).toContain('role Operations (role-ops)');
    expect((await here('set-role', '123', '--none', '--json')).stdout).toContain('"role":null');
    expect((await here('set-role', '123')).code).toBe(2);
  });

  it('deletes a user only with --yes, and only once', async () => {
    const email = 'unverified@example.com';
    const refused = await here('delete', email);
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining(email)]);
    expect((await here('delete', email, '--yes')).code).toBe(0);
    const again = await here('delete', email, '--yes');
    expect([again.code, again.stderr]).toEqual([1, 'There is no such user.\n']);
  });
});

describe('errors', () => {
  it('have an exit code of their own', async () => {
    expect((await users([])).code).toBe(2);
    expect((await users(['explode'])).stderr).toContain('npm run users -- unlock USER');
    expect((await here('show')).code).toBe(2);
    expect((await here('show', '1', '2')).code).toBe(2);
    const limit = await here('list', '--limit', '1000');
    expect([limit.code, limit.stderr]).toEqual([
      2,
      expect.stringMatching(/^Refused: limit .*\nUsage: npm run users -- list /),
    ]);
    expect((await here('list', '--nonsense')).code).toBe(2);
    expect(await here('show', 'unknown')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no such user.\n',
    });
    // A port that is kept, so that nothing else answers there.
    const deaf = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    const away = await users(['list', '--url', `http://127.0.0.1:${port}`]);
    deaf.close();
    expect([away.code, away.stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
  });

  it('touch no user where a name could mean two, and take digits for a number alone', async () => {
    const asked: string[] = [];
    const answers = new Map<string | undefined, object>([
      ['/admin/users/twin', { user: { id: 1, username: 'first' } }],
      [
        '/admin/users?username=twin&limit=100',
        { users: [{ id: 2, username: 'Twin' }], next: null },
      ],
      ['/admin/users?username=77&limit=100', { users: [{ id: 78, username: '77' }], next: null }],
    ]);
    const api = createHttpServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      const answer = answers.get(url);
      response.writeHead(answer === undefined ? 404 : 200);
      response.end(JSON.stringify(answer ?? { error: 'not_found' }));
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const { port } = api.address() as AddressInfo;
    const there = (...args: string[]) =>
      users([...args, '--url', `http://127.0.0.1:${port}`], { GATEHOUSE_OPERATOR_TOKEN: 'x' });
    expect(await there('delete', 'twin', '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'That is the public id of user 1 and the username of user 2: give the number.\n',
    });
    expect((await there('delete', '77', '--yes')).stderr).toBe('There is no such user.\n');
    api.close();
    expect(asked.toSorted()).toEqual([
      'DELETE /admin/users/77',
      'GET /admin/users/twin',
      'GET /admin/users?username=twin&limit=100',
    ]);
  });

  it('refuse an import or export under a running instance, in one sentence, and fail none of its logins', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
    const file = join(directory, 'users.csv');
    writeFileSync(file, `email,password_hash\nlate@example.com,$2b$12$${'a'.repeat(53)}\n`);
    const commands = [['import', file], ['export', join(directory, 'out.csv')], ['hash-cost']].map(
      (command) => users([...command, '--persist-to', state]),
    );
    const logins = Array.from({ length: 20 }, () => login('MySecure123!'));
    const refusal = new RegExp(
      `^${state} is in use by npm start \\(process \\d+, ${url}\\): stop that first, .*\\n$`,
    );
    for (const ended of await Promise.all(commands))
      expect(ended).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(refusal) });
    expect(new Set(await Promise.all(logins))).toEqual(new Set([200]));
    expect((await here('list', '--email', 'late@example.com')).stdout).toBe('');
    rmSync(directory, { recursive: true });
  });

  it('differ from wrong usage by their exit code', async () => {
    const wrong = [
      ['import'],
      ['import', 'a.csv', 'b.csv'],
      ['import', '--nonsense'],
      ['import', 'a.csv', '--local', '--remote'],
      ['export', '--format', 'xml'],
    ].map((command) => users([...command, '--persist-to', state]));
    for (const { code, stderr } of await Promise.all(wrong))
      expect([code, stderr]).toEqual([2, expect.not.stringMatching(/\n +at /)]);
  });

  it('end an import with exit code 1 when a line is refused', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
    const file = join(directory, 'users.csv');
    writeFileSync(file, 'email,password_hash\nx@example.com,no hash\n');
    const { code, stderr } = await users(['import', file, '--persist-to', directory]);
    rmSync(directory, { recursive: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('line 2: unknown hash')]);
  });

  it('keep the token from unsafe URLs, and take it from the environment', async () => {
    const plain = await users(['list', '--url', 'http://login.example.com']);
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('not https')]);
    const remote = await users(['list', '--url', 'https://login.example.com']);
    expect([remote.code, remote.stderr]).toEqual([
      2,
      expect.stringContaining('GATEHOUSE_OPERATOR_TOKEN'),
    ]);
    const wrong = await users(['list', '--url', url], { GATEHOUSE_OPERATOR_TOKEN: 'x'.repeat(43) });
    expect([wrong.code, wrong.stderr]).toEqual([1, 'The token is not the right one.\n']);
  });
});
