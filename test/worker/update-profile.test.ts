/** The profile that users edit, and the end of their other sessions, in every contract. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../support/operator.ts';
import { client, tokensOf } from '../support/session.ts';
import { addUser, contractCases, createTestApp, freshAddress } from '../support/test-app.ts';

const columnsOf = (id: number) =>
  env.DB.prepare(
    'SELECT name, avatar, bio, language, email, username, is_admin, role_id, status FROM users WHERE id = ?',
  )
    .bind(id)
    .first();

describe.each(contractCases)('$name', ({ name, attemptsPerMinute, status }) => {
  const { login, post, profile, base } = client(createTestApp(), name);
  const signIn = async () => {
    const user = await addUser({ name: 'Before' });
    return { user, token: tokensOf(await login(user)).access };
  };

  it('changes what is given and nothing else, answers the profile, and audits it', async () => {
    const { user, token } = await signIn();
    const before = await columnsOf(user.id);
    const change = { name: ' Ada ', avatar: 'https://a.example/ada.png', language: 'DE-at' };
    const others = { email: 'x@example.com', username: 'x', isAdmin: true, is_admin: 1, role: 'r' };
    const answer = await post('update-profile', { ...change, ...others }, { token });
    expect(answer.status).toBe(200);
    expect(await columnsOf(user.id)).toEqual({
      ...before,
      name: 'Ada',
      avatar: 'https://a.example/ada.png',
      language: 'de-AT',
    });
    expect(answer.text).toBe((await profile(token)).text);
    expect((await post('update-profile', { avatar: null }, { token })).status).toBe(200);
    expect(await columnsOf(user.id)).toMatchObject({ name: 'Ada', avatar: null });
    const updated = ['LOGIN', 'PROFILE_UPDATED', 'PROFILE_UPDATED'];
    expect(await actionsOf(user.id)).toEqual(updated);
    // Nothing is new.
    expect((await post('update-profile', change, { token })).status).toBe(200);
    expect((await post('update-profile', { name: 'Ada' }, { token })).status).toBe(200);
    expect(await actionsOf(user.id)).toEqual([...updated, 'PROFILE_UPDATED']);
  });

  it.each([
    { name: 'two\nlines' },
    { name: 5 },
    { avatar: 'javascript:alert(1)' },
    { language: null },
  ])('refuses %j, and changes nothing', async (change) => {
    const { user, token } = await signIn();
    const before = await columnsOf(user.id);
    const answer = await post('update-profile', { language: 'fr', ...change }, { token });
    expect(answer.status).toBe(status.malformed);
    expect(await columnsOf(user.id)).toEqual(before);
  });

  it('counts as an attempt of the address', async () => {
    const { token } = await signIn();
    const from = { token, address: freshAddress() };
    const ask = async () => (await post('update-profile', {}, from)).status;
    const statuses = await Promise.all(Array.from({ length: attemptsPerMinute }, ask));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await ask()).toBe(429);
  });

  it('ends all other sessions over all contracts, and keeps the one that asks', async () => {
    const user = await addUser();
    const app = createTestApp();
    const others: { other: ReturnType<typeof client>; token: string }[] = [];
    for (const { name } of contractCases) {
      const other = client(app, name);
      others.push({ other, token: tokensOf(await other.login(user)).access });
    }
    const token = tokensOf(await login(user)).access;
    const answer = await app.fetch(`${base}/logout-others`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([status.done, null]);
    for (const { other, token } of others) expect((await other.profile(token)).status).toBe(401);
    expect((await profile(token)).status).toBe(200);
    const ended = (await actionsOf(user.id)).filter((action) => action === 'LOGOUT_OTHERS');
    expect(ended).toHaveLength(contractCases.length);
  });
});
