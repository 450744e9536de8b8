/** A user has at most 100 sessions, in every contract (store-session-create.test.ts has the cases). */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { addPasskey, signInBy } from '../support/passkeys.ts';
import { client, tokensOf } from '../support/session.ts';

const idOf = (userId: number, n: number) => `${userId}-${String(n).padStart(3, '0')}`;

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

async function endedSessions(userId: number) {
  const events = env.DB.prepare(
    `SELECT action, reason, session_id, contract, address FROM audit_events
     WHERE user_id = ? AND action <> 'LOGIN' ORDER BY session_id`,
  );
  return (await events.bind(userId).all()).results;
}

it.each(contractCases)('$name ends the oldest session with the 101st', async ({ name, status }) => {
  const { login, profile } = client(createTestApp(), name);
  const [person, bystander] = [await addUser(), await addUser()];
  for (const { id } of [person, bystander]) await addSessions(id, 100);
  const { access } = tokensOf(await login(person, { address: '198.51.100.7' }));
  expect((await profile(access)).status).toBe(status.granted);
  expect([await count('sessions', person.id), await count('sessions', bystander.id)]).toEqual([
    100, 100,
  ]);
  expect(await endedSessions(person.id)).toEqual([
    {
      action: 'SESSION_ENDED',
      reason: 'too-many',
      session_id: idOf(person.id, 99),
      contract: name,
      address: '198.51.100.7',
    },
  ]);
});

it('keeps to 100 when logins race', async () => {
  const person = await addUser();
  await addSessions(person.id, 95);
  const { login } = client(createTestApp(), 'email-cookie');
  const answers = await Promise.all(Array.from({ length: 20 }, () => login(person)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await count('sessions', person.id)).toBe(100);
  expect((await endedSessions(person.id)).map((row) => row['session_id'])).toEqual(
    Array.from({ length: 15 }, (_, n) => idOf(person.id, 80 + n)),
  );
});

it('ends the oldest session with the 101st that a passkey opens', async () => {
  const person = await addUser();
  await addSessions(person.id, 100);
  const caller = client(createTestApp(), 'email-cookie');
  expect((await signInBy(caller, await addPasskey(person))).status).toBe(200);
  expect(await count('sessions', person.id)).toBe(100);
  expect(await endedSessions(person.id)).toMatchObject([{ session_id: idOf(person.id, 99) }]);
});
