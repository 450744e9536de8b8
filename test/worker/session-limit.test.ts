/** A user has at most 100 sessions, in every contract (store-session-create.test.ts has the cases). */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { client, held } from '../support/session.ts';

/** The id of a stored session: its user and number. */
const idOf = (userId: number, n: number) =>
  `${String(userId).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Stores live sessions of a user; number 0 is the newest. */
async function addSessions(userId: number, count: number): Promise<void> {
  const now = Date.now();
  await insertRows(
    env.DB,
    Array.from({ length: count }, (_, n) => ({
      table: 'sessions',
      columns: {
        id: idOf(userId, n),
        user_id: userId,
        contract: 'email-cookie',
        created_at_ms: now - (n + 1) * 60_000,
        last_used_at_ms: now,
        expires_at_ms: now + 3_600_000,
        credential_version: 1,
        refresh_generation: 0,
        refreshed_at_ms: 0,
        address: '192.0.2.1',
      },
    })),
  );
}

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

describe.each(contractCases)('$name', ({ name }) => {
  const { login, profile } = client(createTestApp(), name);

  it('ends the oldest session with the 101st, audits it, and leaves bystanders alone', async () => {
    const [person, bystander] = [await addUser(), await addUser()];
    for (const { id } of [person, bystander]) await addSessions(id, 100);
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
});

it('keeps to 100 when logins race', async () => {
  const person = await addUser();
  await addSessions(person.id, 95);
  const { login } = client(createTestApp(), 'email-cookie');
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(person)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await count('sessions', person.id)).toBe(100);
  expect((await endings(person.id)).map((row) => row?.['session_id'])).toEqual(
    Array.from({ length: 15 }, (_, n) => idOf(person.id, 80 + n)),
  );
});
