/** Migrations of a database that holds rows. */
import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { byUsername } from '../support/contract-cases.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { client } from '../support/session.ts';
import { contractCases, hashOf, createTestApp } from '../support/test-app.ts';

const { DB, MIGRATIONS } = env as Env & { MIGRATIONS: D1Migration[] };

it('keeps registrations of one address side by side, and verifies none of a known address', async () => {
  await reset();
  const at = MIGRATIONS.findIndex(({ name }) => name.startsWith('0004_'));
  await applyD1Migrations(DB, MIGRATIONS.slice(0, at));
  const [password, hash] = ['a long way off', await hashOf('a long way off')];
  const row = (id: string, email: string, opens: number) =>
    DB.prepare(
      `INSERT INTO registrations (id, username, username_key, email, password_hash, opens, created_at_ms, expires_at_ms)
       VALUES (?1, ?1, ?1, ?2, ?3, ?4, 0, ?5)`,
    ).bind(id, email, hash, opens, Date.now() + 60_000);
  await DB.batch([
    DB.prepare(
      "INSERT INTO users (id, public_id, email, created_at_ms) VALUES (1, 'known', 'known@example.com', 0)",
    ),
    row('pending', 'pending@example.com', 1),
    row('holding', 'known@example.com', 0),
    DB.prepare(
      `INSERT INTO challenges (id, user_id, registration_id, purpose, secret_hash, expires_at_ms)
       VALUES ('code', NULL, 'pending', 'verify-email', 'c', 1), ('link', 1, NULL, 'reset-password', 'l', 2)`,
    ),
  ]);
  await applyD1Migrations(DB, MIGRATIONS);

  const { results } = await DB.prepare(
    'SELECT id, handle_id, username_key, email FROM registrations ORDER BY id',
  ).all();
  expect(results).toEqual([
    { id: 'holding', handle_id: '', username_key: 'holding', email: 'known@example.com' },
    { id: 'pending', handle_id: '', username_key: 'pending', email: 'pending@example.com' },
  ]);
  const challenges = await DB.prepare('SELECT id FROM challenges ORDER BY id').all();
  expect(challenges.results).toEqual([{ id: 'code' }, { id: 'link' }]);

  const { app, to } = mailbox();
  const { ask, application } = client(app, 'username-coded');
  for (const username of ['holding', 'pending']) await ask('send-code', byUsername(username));
  expect(codeIn(to('known@example.com'))).toBe('no code');
  const code = codeIn(to('pending@example.com'));
  const proof = { ...byUsername('pending'), password, code };
  expect((await ask('verify-email', proof)).status).toBe(200);
  const taken = { username: 'holding', email: 'other@example.com', password };
  expect((await ask('register', application(taken))).status).toBe(409);
});

it('keeps users and sessions, and lets no session be opened by anything but a password or a passkey', async () => {
  await reset();
  const at = MIGRATIONS.findIndex(({ name }) => name.startsWith('0007_'));
  await applyD1Migrations(DB, MIGRATIONS.slice(0, at));
  await DB.batch([
    DB.prepare(
      "INSERT INTO users (id, public_id, email, created_at_ms) VALUES (1, 'a', 'a@b', 0), (2, 'c', 'c@d', 0)",
    ),
    DB.prepare(
      `INSERT INTO sessions (id, user_id, contract, created_at_ms, last_used_at_ms, expires_at_ms,
         credential_version, refresh_generation, refreshed_at_ms, address)
       VALUES ('old', 1, 'email-cookie', 1, 2, 3, 1, 0, 0, '')`,
    ),
  ]);
  const before = {
    users: (await DB.prepare('SELECT * FROM users').all()).results,
    sessions: (await DB.prepare('SELECT * FROM sessions').all()).results,
  };
  await applyD1Migrations(DB, MIGRATIONS);

  const { results: users } = await DB.prepare('SELECT * FROM users').all();
  expect(users).toEqual(before.users.map((user) => ({ ...user, passkey_handle: null })));
  const { results: sessions } = await DB.prepare('SELECT * FROM sessions').all();
  expect(sessions).toEqual(
    before.sessions.map((session) => ({ ...session, opened_by: 'password', name: null })),
  );
  const openBy = (value: string) =>
    DB.prepare('UPDATE sessions SET opened_by = ?').bind(value).run();
  await openBy('passkey');
  await expect(openBy('magic')).rejects.toThrow('CHECK constraint failed');
});

it('creates no account, role or session', async () => {
  await reset();
  await applyD1Migrations(DB, MIGRATIONS);
  for (const table of [
    'users',
    'roles',
    'teams',
    'sessions',
    'passkeys',
    'registrations',
    'challenges',
  ]) {
    const n = await DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');
    expect([table, n]).toEqual([table, 0]);
  }
  // More contracts share these names than failures lock one.
  const app = createTestApp({ LOCKOUT: { threshold: 100, stopAfterFailures: 100 } });
  for (const { name: contract, status } of contractCases) {
    for (const name of ['root', 'admin', 'sa', 'johndoe']) {
      const person = { username: name, email: `${name}@example.com`, password: 'MySecure123!' };
      expect((await client(app, contract).login(person)).status).toBe(status.invalid);
    }
  }
});
