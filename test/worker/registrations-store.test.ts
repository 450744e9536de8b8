/** The statements about registrations, each with neighbours that must come out untouched. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createRegistrations } from '../../src/store/registrations.ts';
import { newcomer } from '../support/newcomer.ts';

const rowsOf = async (email: string) =>
  (
    await env.DB.prepare('SELECT * FROM registrations WHERE email = ? ORDER BY rowid')
      .bind(email)
      .all<Record<string, string>>()
  ).results;

const usersOf = (email: string) =>
  env.DB.prepare('SELECT count(*) AS n FROM users WHERE email = ?').bind(email).first<number>('n');

describe('the store', () => {
  const registrations = createRegistrations(env.DB, { role: null, team: null });
  const visit = { traceId: '', address: '', userAgent: null, device: null, registration: null };
  const happening = (nowMs = 0) => ({
    subject: 'somebody',
    contract: 'email-cookie',
    visit: { ...visit, traceId: crypto.randomUUID() },
    nowMs,
  });

  const pending = async (email = newcomer().email, secretHash = crypto.randomUUID()) => {
    const registration = {
      id: crypto.randomUUID(),
      handleId: crypto.randomUUID(),
      username: null,
      email,
      name: null,
      passwordHash: 'a hash',
    };
    const challenge = { id: crypto.randomUUID(), secretHash, expiresAtMs: 600 };
    await registrations.add({ ...registration, expiresAtMs: 1000, challenge }, happening());
    return { registration, proof: { id: challenge.id, secretHash, email: null } };
  };
  const admit = async ({ registration, proof }: Awaited<ReturnType<typeof pending>>, nowMs = 599) =>
    (await registrations.admit(registration, proof, {
      ...happening(nowMs),
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
        happening(nowMs),
      );
    const holder = newcomer();
    expect(await add('Held', holder.email, 0)).toBe('added');
    expect(await add('held', newcomer().email, 999)).toBe('username-taken');
    expect(await add('HELD', newcomer().email, 1000)).toBe('added');
    expect(await rowsOf(holder.email)).toHaveLength(0);
    expect(await add(null, old.registration.email, 999)).toBe('added');
    expect(await rowsOf(old.registration.email)).toHaveLength(2);
    expect(await add(null, old.registration.email, 1000)).toBe('added');
    expect(await rowsOf(old.registration.email)).toHaveLength(2);
    expect(await rowsOf(elsewhere.registration.email)).toHaveLength(1);
  });
});
