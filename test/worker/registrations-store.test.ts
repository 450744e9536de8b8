/** The statements about registrations, each with neighbours that must come out untouched. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ChallengeOwner } from '../../src/flows/model/challenge.ts';
import { createChallenges } from '../../src/store/challenges.ts';
import { createRegistrations } from '../../src/store/registrations.ts';
import { addUser } from '../support/test-app.ts';
import { newUser } from '../support/new-user.ts';

const rowsOf = async (email: string) =>
  (
    await env.DB.prepare('SELECT * FROM registrations WHERE email = ? ORDER BY rowid')
      .bind(email)
      .all<Record<string, string>>()
  ).results;

const usersOf = (email: string) =>
  env.DB.prepare('SELECT count(*) AS n FROM users WHERE email = ?').bind(email).first<number>('n');

describe('the store', () => {
  const challenges = createChallenges(env.DB);
  const registrations = createRegistrations(env.DB, { role: null, team: null });
  const meta = { traceId: '', address: '', userAgent: null, device: null, registration: null };
  const auditContext = (nowMs = 0) => ({
    accountKey: 'somebody',
    contract: 'email-cookie',
    meta: { ...meta, traceId: crypto.randomUUID() },
    nowMs,
  });

  const pending = async (email = newUser().email, secretHash = crypto.randomUUID()) => {
    const registration = {
      id: crypto.randomUUID(),
      handleId: crypto.randomUUID(),
      username: null,
      email,
      name: null,
      passwordHash: 'a hash',
    };
    const challenge = { id: crypto.randomUUID(), secretHash, expiresAtMs: 600 };
    await registrations.add({ ...registration, expiresAtMs: 1000, challenge }, auditContext());
    return { registration, proof: { id: challenge.id, secretHash, email: null } };
  };
  const admit = async ({ registration, proof }: Awaited<ReturnType<typeof pending>>, nowMs = 599) =>
    (await registrations.admit(registration, proof, {
      ...auditContext(nowMs),
      publicId: crypto.randomUUID(),
      passwordHash: null,
    })) !== null;

  it('admits with the registration’s own challenge alone, unchanged and in time', async () => {
    const one = await pending();
    const sibling = await pending(one.registration.email);
    const link = crypto.randomUUID();
    await env.DB.prepare(
      "INSERT INTO challenges (id, registration_id, purpose, secret_hash, expires_at_ms) VALUES (?, ?, 'reset-password', 'a link', 600)",
    )
      .bind(link, sibling.registration.id)
      .run();
    expect(await admit({ ...one, proof: sibling.proof })).toBe(false);
    expect(await admit({ ...one, proof: { ...one.proof, secretHash: 'other' } })).toBe(false);
    expect(await admit(one, 600)).toBe(false);
    expect(await usersOf(one.registration.email)).toBe(0);
    expect(await admit(one)).toBe(true);
    expect(await admit(sibling)).toBe(false);
    expect(await usersOf(one.registration.email)).toBe(1);
    expect((await rowsOf(one.registration.email)).map(({ id }) => id)).toEqual([
      sibling.registration.id,
    ]);
    const { results } = await env.DB.prepare(
      'SELECT id FROM challenges WHERE registration_id = ? ORDER BY rowid',
    )
      .bind(sibling.registration.id)
      .all();
    expect(results.map(({ id }) => id)).toEqual([sibling.proof.id, link]);
  });

  it('clears what has expired of the same address or username, and leaves the rest', async () => {
    const old = await pending();
    const elsewhere = await pending();
    const add = (username: string | null, email: string, nowMs: number) =>
      registrations.add(
        {
          id: crypto.randomUUID(),
          handleId: crypto.randomUUID(),
          username,
          email,
          name: null,
          passwordHash: 'a hash',
          expiresAtMs: nowMs + 1000,
          challenge: { id: crypto.randomUUID(), secretHash: 'x', expiresAtMs: nowMs + 600 },
        },
        auditContext(nowMs),
      );
    const holder = newUser();
    expect(await add('Held', holder.email, 0)).toBe('added');
    expect(await add('held', newUser().email, 999)).toBe('username-taken');
    expect(await add('HELD', newUser().email, 1000)).toBe('added');
    expect(await rowsOf(holder.email)).toHaveLength(0);
    expect(await add(null, old.registration.email, 999)).toBe('added');
    expect(await rowsOf(old.registration.email)).toHaveLength(2);
    expect(await add(null, old.registration.email, 1000)).toBe('added');
    expect(await rowsOf(old.registration.email)).toHaveLength(2);
    expect(await rowsOf(elsewhere.registration.email)).toHaveLength(1);
  });

  it('holds a username for its handle and address together, until it expires', async () => {
    const { email } = newUser();
    const held = { username: 'Only-Mine', email, handleId: 'mine' };
    const challenge = { id: crypto.randomUUID(), secretHash: 'x', expiresAtMs: 600 };
    const rest = { id: crypto.randomUUID(), name: null, passwordHash: 'a hash', expiresAtMs: 1000 };
    await registrations.add({ ...held, ...rest, challenge }, auditContext());
    const taken = (changes: object, nowMs = 999) =>
      registrations.isUsernameTaken({ ...held, username: 'only-mine', ...changes }, nowMs);
    expect(await taken({})).toBe(false);
    expect(await taken({ handleId: 'other' })).toBe(true);
    expect(await taken({ email: newUser().email })).toBe(true);
    expect(await taken({ handleId: 'other' }, 1000)).toBe(false);
    const user = await addUser();
    expect(await taken({ username: user.username.toUpperCase() }, 1000)).toBe(true);
    expect(await taken({ username: 'nobodys-name' })).toBe(false);
  });

  it('admits no registration whose username a user has by now', async () => {
    const user = await addUser();
    const one = await pending();
    await env.DB.prepare('UPDATE registrations SET username = ?1, username_key = ?1 WHERE id = ?2')
      .bind(user.username, one.registration.id)
      .run();
    expect(await admit(one)).toBe(false);
    const found = await challenges.findCodes(
      { kind: 'email', value: one.registration.email },
      { most: 10, nowMs: 0 },
    );
    expect(found.codes).toEqual([]);
  });

  it('finds the live codes of a name, the newest first, and no links', async () => {
    const [first, second] = [await pending(), await pending()];
    const { email } = second.registration;
    const identifier = { kind: 'email', value: email } as const;
    const older = await pending(email);
    await env.DB.batch([
      env.DB.prepare('UPDATE challenges SET expires_at_ms = 500 WHERE id = ?').bind(older.proof.id),
      env.DB.prepare(
        "INSERT INTO challenges (id, registration_id, purpose, secret_hash, expires_at_ms) VALUES (?, ?, 'reset-password', 'a link', 900)",
      ).bind(crypto.randomUUID(), older.registration.id),
    ]);
    const idsAt = async (nowMs: number, most = 10) =>
      (await challenges.findCodes(identifier, { most, nowMs })).codes.map(
        ({ challenge }) => challenge.id,
      );
    expect(await idsAt(499)).toEqual([second.proof.id, older.proof.id]);
    expect(await idsAt(499, 1)).toEqual([second.proof.id]);
    expect(await idsAt(500)).toEqual([second.proof.id]);
    expect(await idsAt(600)).toEqual([]);
    const stranger = { kind: 'email', value: first.registration.email } as const;
    const { codes } = await challenges.findCodes(stranger, { most: 10, nowMs: 0 });
    expect(codes.map(({ challenge }) => challenge)).toEqual([first.proof]);
  });

  it('finds of a user the user’s own code alone', async () => {
    const user = await addUser({ email_verified: 0 });
    await pending(user.email);
    const account = (await challenges.findOwner(
      { kind: 'email', value: user.email },
      { handleId: null, nowMs: 0 },
    )) as Extract<ChallengeOwner, { is: 'user' }>;
    const sent = { secretHash: 'the code', email: null, expiresAtMs: 600 };
    for (const purpose of ['verify-email', 'reset-password'] as const) {
      const id = `${purpose} of ${user.id}`;
      await challenges.issue(account, { ...sent, id, purpose }, auditContext());
    }
    for (const identifier of [
      { kind: 'email', value: user.email },
      { kind: 'username', value: user.username },
    ] as const) {
      const { codes } = await challenges.findCodes(identifier, { most: 10, nowMs: 599 });
      expect(codes.map(({ challenge }) => challenge.id)).toEqual([`verify-email of ${user.id}`]);
      const late = await challenges.findCodes(identifier, { most: 10, nowMs: 600 });
      expect([late.account?.user.id, late.codes]).toEqual([user.id, []]);
    }
  });
});
