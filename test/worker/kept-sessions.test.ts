/** Sessions that go on without a new refresh token: renewed access tokens, and kept refresh tokens. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { bodyOf, lenientClient } from '../support/lenient-client.ts';
import { actionsOf } from '../support/operator.ts';
import { claimsOf, moveClock } from '../support/session.ts';
import { addSession, addUser, count, type Answer } from '../support/test-app.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const { login, renew, refresh, profile, post } = lenientClient({
  SESSION_ABSOLUTE_SECONDS: 3 * 86_400,
});

async function signIn() {
  const user = await addUser();
  const { access = '', refresh = '' } = bodyOf(await login(user));
  return { user, access, refresh };
}

const outcomeOf = ({ status, text }: Answer) => [
  status,
  (JSON.parse(text) as object)['refresh' as never],
];

/** Each way, with the token that it takes of a login. */
const ways = [
  {
    way: 'renew',
    ask: ({ access }: { access: string }) => renew(access),
    /** The longest time since the last use. */
    idleMs: 15 * MINUTE_MS,
  },
  {
    way: 'a refresh with a kept token',
    ask: (tokens: { refresh: string }) => refresh(tokens.refresh),
    idleMs: DAY_MS,
  },
];

describe.each(ways)('$way', ({ ask, idleMs }) => {
  it('gives an access token of the same session that works, and no refresh token', async () => {
    const tokens = await signIn();
    moveClock(1000);
    const answer = await ask(tokens);
    expect(outcomeOf(answer)).toEqual([200, null]);
    const { access: renewed = '' } = bodyOf(answer);
    expect(claimsOf(renewed).sid).toBe(claimsOf(tokens.access).sid);
    expect(renewed).not.toBe(tokens.access);
    expect((await profile(renewed)).status).toBe(200);
    expect(await actionsOf(tokens.user.id)).toEqual(['LOGIN']);
  });

  it('answers 20 parallel requests alike, and leaves one session', async () => {
    const tokens = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(tokens)));
    for (const answer of answers) {
      expect(outcomeOf(answer)).toEqual([200, null]);
      expect((await profile(bodyOf(answer).access ?? '')).status).toBe(200);
    }
    expect(await count('sessions', tokens.user.id)).toBe(1);
  });

  it('moves the session’s end on, and no further than three days after its login', async () => {
    const tokens = await signIn();
    const signedInMs = Date.now();
    let last = 200;
    while (last === 200 && Date.now() < signedInMs + 4 * DAY_MS) {
      moveClock(idleMs - MINUTE_MS);
      const answer = await ask(tokens);
      last = answer.status;
      if (last === 200) tokens.access = bodyOf(answer).access ?? '';
    }
    expect(last).toBe(401);
    expect(Date.now() - signedInMs).toBeGreaterThanOrEqual(3 * DAY_MS);
    expect(Date.now() - signedInMs).toBeLessThan(3 * DAY_MS + idleMs);
  });

  it('is refused once it was not used for its idle time', async () => {
    const tokens = await signIn();
    moveClock(idleMs + 1000);
    expect((await ask(tokens)).status).toBe(401);
  });

  it.each([
    ['has ended', 'DELETE FROM sessions WHERE user_id = ?'],
    ['is another contract’s', "UPDATE sessions SET contract = 'email-cookie' WHERE user_id = ?"],
    ['is of an inactive user', "UPDATE users SET status = 'inactive' WHERE id = ?"],
    ['is from before a new password', 'UPDATE users SET credential_version = 2 WHERE id = ?'],
  ])('is refused where the session %s', async (_, sql) => {
    const tokens = await signIn();
    await env.DB.prepare(sql).bind(tokens.user.id).run();
    expect((await ask(tokens)).status).toBe(401);
  });
});

it('takes an access token for no refresh token, nor the reverse', async () => {
  const { access, refresh: kept } = await signIn();
  expect([(await refresh(access)).status, (await renew(kept)).status]).toEqual([401, 401]);
});

it('keeps the first refresh token good for every use until a logout', async () => {
  const { user, access, refresh: kept } = await signIn();
  for (let n = 0; n < 3; n += 1) {
    moveClock(20 * MINUTE_MS);
    expect(outcomeOf(await refresh(kept))).toEqual([200, null]);
  }
  const { access: newest = '' } = bodyOf(await refresh(kept));
  expect((await post('logout', {}, { token: newest })).status).toBe(204);
  expect((await refresh(kept)).status).toBe(401);
  expect([access === newest, await actionsOf(user.id)]).toEqual([false, ['LOGIN', 'LOGOUT']]);
});

it('keeps the session that asks when all others end', async () => {
  const { user, access } = await signIn();
  await addSession(user.id);
  const { access: other = '' } = bodyOf(await login(user));
  expect((await post('logout-others', {}, { token: access })).status).toBe(204);
  expect([(await profile(access)).status, (await profile(other)).status]).toEqual([200, 401]);
  expect(await actionsOf(user.id)).toEqual([
    'LOGIN',
    'LOGIN',
    'NEW_DEVICE_NOTIFIED',
    'LOGOUT_OTHERS',
    'LOGOUT_OTHERS',
  ]);
});
