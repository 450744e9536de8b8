/** The profile that users edit, and the end of their other sessions, in every contract. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { encodeFields, routeOf } from '../../src/contracts/routes.ts';
import type { InputOf } from '../../src/flows/operations.ts';
import { actionsOf } from '../support/operator.ts';
import { client, tokensOf } from '../support/session.ts';
import { addUser, contractCases, createTestApp, freshAddress } from '../support/test-app.ts';

const columnsOf = (id: number) =>
  env.DB.prepare(
    'SELECT name, avatar, bio, language, email, username, is_admin, role_id, status FROM users WHERE id = ?',
  )
    .bind(id)
    .first();

/** Other wires have fields and rules of their own: test/clients and test/golden. */
const cases = contractCases.filter(({ contract }) => {
  const { path } = routeOf(contract, 'update-profile');
  return path === `${contract.base}/update-profile`;
});

describe.each(cases)('$name', ({ name, contract, attemptsPerMinute, status, statusAt }) => {
  const { login, ask, askWith, profile } = client(createTestApp(), name);
  const { granted } = status;
  const signIn = async () => {
    const user = await addUser({ name: 'Before' });
    return { user, token: tokensOf(await login(user)).access };
  };

  it('changes what is given and nothing else, answers the profile, and audits it', async () => {
    const { user, token } = await signIn();
    const before = await columnsOf(user.id);
    const change = { name: ' Ada ', avatar: 'https://a.example/ada.png', language: 'DE-at' };
    const others = { email: 'x@example.com', username: 'x', isAdmin: true, is_admin: 1, role: 'r' };
    const fields = encodeFields(contract, 'update-profile', change);
    const answer = await askWith('update-profile', { ...fields, ...others }, { token });
    expect(answer.status).toBe(granted);
    expect(await columnsOf(user.id)).toEqual({
      ...before,
      name: 'Ada',
      avatar: 'https://a.example/ada.png',
      language: 'de-AT',
    });
    expect(answer.text).toBe((await profile(token)).text);
    expect((await ask('update-profile', { avatar: null }, { token })).status).toBe(granted);
    expect(await columnsOf(user.id)).toMatchObject({ name: 'Ada', avatar: null });
    const updated = ['LOGIN', 'PROFILE_UPDATED', 'PROFILE_UPDATED'];
    expect(await actionsOf(user.id)).toEqual(updated);
    // Nothing is new.
    expect((await ask('update-profile', change, { token })).status).toBe(granted);
    expect((await ask('update-profile', { name: 'Ada' }, { token })).status).toBe(granted);
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
    const input = { language: 'fr', ...change } as InputOf<'update-profile'>;
    const answer = await ask('update-profile', input, { token });
    expect(answer.status).toBe(status.malformed);
    expect(await columnsOf(user.id)).toEqual(before);
  });

  it('counts as an attempt of the address', async () => {
    const { token } = await signIn();
    const from = { token, address: freshAddress() };
    const change = async () => (await ask('update-profile', {}, from)).status;
    const statuses = await Promise.all(Array.from({ length: attemptsPerMinute }, change));
    expect(new Set(statuses)).toEqual(new Set([granted]));
    expect(await change()).toBe(status.limited);
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
    const answer = await client(app, name).ask('logout-others', null, { token });
    const { done } = statusAt('logout-others');
    expect([answer.status, answer.headers.get('Set-Cookie')]).toEqual([done, null]);
    for (const { other, token } of others) {
      const { status } = await other.profile(token);
      expect([other.name, status]).toEqual([
        other.name,
        other.statusAt('profile')['session-ended'],
      ]);
    }
    expect((await profile(token)).status).toBe(granted);
    const ended = (await actionsOf(user.id)).filter((action) => action === 'LOGOUT_OTHERS');
    expect(ended).toHaveLength(contractCases.length);
  });
});
