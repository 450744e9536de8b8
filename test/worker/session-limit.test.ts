/** A user has at most 100 sessions: a login beyond ends the oldest, and nobody else's. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { client, held } from '../support/session.ts';

const HOUR_MS = 3_600_000;

interface Row {
  userId: number;
  n: number;
  ageMs: number;
  leftMs?: number;
}

/** A stored session; its id names its owner and number. */
const idOf = (userId: number, n: number) =>
  `${String(userId).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function addSessions(rows: readonly Row[]): Promise<void> {
  const insert = env.DB.prepare(
    `INSERT INTO sessions (id, user_id, contract, created_at_ms, last_used_at_ms, expires_at_ms,
       credential_version, refresh_generation, refreshed_at_ms, address)
     VALUES (?, ?, 'email-cookie', ?, ?, ?, 1, 0, 0, '192.0.2.1')`,
  );
  const now = Date.now();
  await env.DB.batch(
    rows.map(({ userId, n, ageMs, leftMs = HOUR_MS }) =>
      insert.bind(idOf(userId, n), userId, now - ageMs, now, now + leftMs),
    ),
  );
}

/** Number 0 is the newest. */
const many = (userId: number, howMany: number): Row[] =>
  Array.from({ length: howMany }, (_, n) => ({ userId, n, ageMs: (n + 1) * 60_000 }));

async function idsOf(userId: number): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT id FROM sessions WHERE user_id = ? ORDER BY id')
    .bind(userId)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

async function endings(userId: number) {
  const { results } = await env.DB.prepare(
    `SELECT action, reason, session_id, contract, address FROM audit_events
     WHERE user_id = ? AND action <> 'LOGIN' ORDER BY session_id`,
  )
    .bind(userId)
    .all();
  return results;
}

const deviceVersion = (userId: number) =>
  env.DB.prepare('SELECT device_version FROM users WHERE id = ?').bind(userId).first();

describe.each(contractCases)('$name', ({ name, path, body }) => {
  const { login, sessions, profile } = client(createTestApp(), name);

  it('ends the oldest session with the 101st, audits it, and leaves bystanders alone', async () => {
    const [person, bystander] = [await addUser(), await addUser()];
    await addSessions([...many(person.id, 100), ...many(bystander.id, 100)]);
    const signedIn = await login(person, { address: '198.51.100.7' });
    expect(signedIn.status).toBe(200);
    const ids = await idsOf(person.id);
    expect(ids).toHaveLength(100);
    expect(ids).not.toContain(idOf(person.id, 99));
    expect(ids).toContain(idOf(person.id, 98));
    expect(await endings(person.id)).toEqual([
      {
        action: 'SESSION_ENDED',
        reason: 'too-many',
        session_id: idOf(person.id, 99),
        contract: name,
        address: '198.51.100.7',
      },
    ]);
    expect((await profile(held(signedIn).access)).status).toBe(200);
    expect(await idsOf(bystander.id)).toHaveLength(100);
    expect(await endings(bystander.id)).toEqual([]);
    expect(await deviceVersion(person.id)).toEqual({ device_version: 1 });
  });

  it('ends nothing with the 100th', async () => {
    const person = await addUser();
    await addSessions(many(person.id, 99));
    await login(person);
    expect(await count('sessions', person.id)).toBe(100);
    expect(await endings(person.id)).toEqual([]);
  });

  it('ends all that are too many where there were more, and lists 100, newest first', async () => {
    const person = await addUser();
    await addSessions(many(person.id, 302));
    const { access } = held(await login(person));
    const text = (await sessions(access)).text;
    const listed = [...text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    expect(listed).toHaveLength(100);
    expect(listed.slice(1)).toEqual(many(person.id, 99).map(({ n }) => idOf(person.id, n)));
    expect(await endings(person.id)).toHaveLength(203);
  });

  it('lists 100 where more are stored, as they may be from before the limit', async () => {
    const person = await addUser();
    const { access } = held(await login(person));
    await addSessions(many(person.id, 150));
    const ids = (await sessions(access)).text.match(/"id":"/g);
    expect(ids).toHaveLength(100);
  });

  it('does not count sessions that have expired', async () => {
    const person = await addUser();
    const expired = many(person.id, 50).map((row) => ({ ...row, leftMs: -1 }));
    const older = many(person.id, 99).map((row) => ({ ...row, n: row.n + 50, ageMs: 2 * HOUR_MS }));
    await addSessions([...expired, ...older]);
    await login(person);
    expect(await endings(person.id)).toEqual([]);
  });

  it('ends nothing where the login is refused', async () => {
    const person = await addUser();
    await addSessions(many(person.id, 101));
    await login({ ...person, password: 'a wrong one' });
    const caught = createTestApp({}, async (call, proceed) => {
      if (call.method === 'batch') {
        await env.DB.prepare("UPDATE users SET status = 'inactive' WHERE id = ?")
          .bind(person.id)
          .run();
      }
      return proceed();
    });
    expect((await caught.post(path, body(person))).status).toBe(403);
    expect(await count('sessions', person.id)).toBe(101);
  });

  it('never ends the session that it opens, however the clocks stand', async () => {
    const person = await addUser();
    const ahead = many(person.id, 100).map((row) => ({ ...row, ageMs: -60_000 }));
    await addSessions(ahead);
    const { access } = held(await login(person));
    expect((await profile(access)).status).toBe(200);
    expect(await count('sessions', person.id)).toBe(100);
  });
});

it('keeps to 100 when logins race', async () => {
  const person = await addUser();
  await addSessions(many(person.id, 95));
  const { login } = client(createTestApp(), 'email-cookie');
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(person)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await count('sessions', person.id)).toBe(100);
  expect((await endings(person.id)).map((row) => row?.['session_id'])).toEqual(
    Array.from({ length: 15 }, (_, n) => idOf(person.id, 80 + n)),
  );
});
