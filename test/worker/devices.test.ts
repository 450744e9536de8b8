/**
 * Device cookies: strangers who lock an account do not lock out a known device, and a cookie allows
 * a handful of attempts at most.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { byAddress } from '../support/contract-cases.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { operator } from '../support/operator.ts';
import { client, deviceOf, moveClock, tokensOf, withDevice, WRONG } from '../support/session.ts';
import { addUser, contractCases, createTestApp, type TestUser } from '../support/test-app.ts';

const DAY_MS = 86_400_000;
const LOCKED = 429;
const app = createTestApp();
const cookieClient = client(app, 'email-cookie');
const { login, fail, ask } = cookieClient;
const NEW_PASSWORD = 'another long one';

/** A user with a device cookie, and the tokens of the same login. */
async function known(columns = {}) {
  const user = await addUser(columns);
  const answer = await login(user);
  return { user, device: deviceOf(answer), ...tokensOf(answer) };
}

/** The status of the right password with the cookie while strangers keep the account locked. */
async function duringLock(user: TestUser, device: string): Promise<number> {
  await fail(user);
  expect((await login(user)).status).toBe(LOCKED);
  return (await login(user, withDevice(device))).status;
}

describe.each(contractCases.filter(({ knowsDevices }) => knowsDevices))('$name', (own) => {
  const { name, status } = own;
  const { login, fail } = client(app, name);

  it('gives a cookie with a login, for this host alone, and with no refusal', async () => {
    const user = await addUser();
    const cookies = (await login(user)).headers.getSetCookie();
    expect(cookies.find((text) => text.startsWith('__Host-gh-device='))).toMatch(
      /=[\w-]{22}~1~\d{10}~[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=15552000$/,
    );
    expect(deviceOf(await login({ ...user, password: WRONG }))).toBe('');
  });

  it('lets the owner in on a known device while strangers keep the account locked', async () => {
    const user = await addUser();
    const device = deviceOf(await login(user));
    await fail(user);
    expect((await login(user)).status).toBe(status.locked);
    const answer = await login(user, withDevice(device));
    expect(answer.status).toBe(200);
    expect((await login(user)).status).toBe(status.locked);
    // And again, with the cookie of this login.
    expect(deviceOf(answer)).not.toBe(device);
    expect((await login(user, withDevice(deviceOf(answer)))).status).toBe(status.granted);
  });
});

it('gives a stolen cookie five attempts and a lock of its own, which nobody else feels', async () => {
  const { user, device } = await known();
  const other = deviceOf(await login(user));
  await fail(user, 5, withDevice(device));
  expect((await login(user, withDevice(device))).status).toBe(LOCKED);
  expect((await login(user)).status).toBe(200);
  expect((await login(user, withDevice(other))).status).toBe(200);
});

it('reaches five verdicts in 200 parallel guesses with one cookie', async () => {
  const { user, device } = await known();
  const guesses = Array.from({ length: 200 }, (_, n) => ({ ...user, password: `guess ${n}` }));
  const answers = await Promise.all(guesses.map((guess) => login(guess, withDevice(device))));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === LOCKED)).toHaveLength(195);
});

describe('a cookie is worth nothing', () => {
  it('at another account', async () => {
    const { device } = await known();
    expect(await duringLock(await addUser(), device)).toBe(LOCKED);
  });

  it('as a bearer or a refresh token, and no token is worth anything as a cookie', async () => {
    const { user, device, access } = await known();
    expect((await cookieClient.profile(device)).status).toBe(401);
    expect((await cookieClient.refresh(device)).status).toBe(401);
    expect(await duringLock(user, access)).toBe(LOCKED);
  });

  it('after 180 days, and not a moment sooner', async () => {
    const { user, device } = await known();
    moveClock(180 * DAY_MS - 5_000);
    expect(await duringLock(user, device)).toBe(200);
    moveClock(5_000);
    expect((await login(user, withDevice(device))).status).toBe(LOCKED);
  });

  it('where the deployment has no device cookies, and there is none given', async () => {
    const { user, device } = await known();
    await fail(user);
    const without = client(createTestApp({ DEVICE_COOKIES: false }), 'email-cookie');
    expect((await without.login(user, withDevice(device))).status).toBe(LOCKED);
    expect(deviceOf(await without.login(await addUser()))).toBe('');
  });
});

describe('cookies are revoked', () => {
  it('when the owner signs out everywhere', async () => {
    const { user, device, access } = await known();
    await cookieClient.logoutAll(access);
    expect(await duringLock(user, device)).toBe(LOCKED);
  });

  it('when the owner ends a session from the list', async () => {
    const { user, device } = await known();
    const { access } = tokensOf(await login(user));
    const { sessions } = JSON.parse((await cookieClient.sessions(access)).text) as {
      sessions: { id: string; current: boolean }[];
    };
    const other = sessions.find(({ current }) => !current);
    expect((await cookieClient.endSession(access, other?.id ?? '')).status).toBe(204);
    expect(await duringLock(user, device)).toBe(LOCKED);
  });

  it.each(['end-sessions', 'deactivate'] as const)('by an operator’s %s', async (change) => {
    const { user, device } = await known();
    await operator(app).json(`POST /users/${user.id}/${change}`);
    await env.DB.prepare("UPDATE users SET status = 'active' WHERE id = ?").bind(user.id).run();
    expect(await duringLock(user, device)).toBe(LOCKED);
  });

  it('when the mailbox is proven: its owner may not be who signed in before', async () => {
    const { app, to } = mailbox();
    const { user, device } = await known({ email_verified: 0 });
    const { email, password } = user;
    const { ask } = client(app, 'email-cookie');
    await ask('send-code', byAddress(email));
    const proof = { ...byAddress(email), password, code: codeIn(to(email)) };
    expect((await ask('verify-email', proof)).status).toBe(204);
    expect(await duringLock(user, device)).toBe(LOCKED);
  });

  it('when a refresh token turns out to be stolen', async () => {
    const { user, device, refresh } = await known();
    const successor = tokensOf(await cookieClient.refresh(refresh)).refresh;
    await cookieClient.refresh(successor);
    expect((await cookieClient.refresh(refresh)).status).toBe(401);
    expect(await duringLock(user, device)).toBe(LOCKED);
  });

  it('by a new password, but for the browser that has set it', async () => {
    const { user, device, access: token } = await known();
    const body = { currentPassword: user.password, newPassword: NEW_PASSWORD };
    const changed = await ask('change-password', body, { token });
    expect(changed.status).toBe(204);
    const renewed = { ...user, password: NEW_PASSWORD };
    expect(await duringLock(renewed, device)).toBe(LOCKED);
    expect((await login(renewed, withDevice(deviceOf(changed)))).status).toBe(200);
  });

  it('by no plain logout, nor by the end of an unknown session', async () => {
    const { user, device, access } = await known();
    expect((await cookieClient.endSession(access, crypto.randomUUID())).status).toBe(404);
    await cookieClient.logout(access);
    expect(await duringLock(user, device)).toBe(200);
  });
});

it('has attempts of its own wherever the password is asked for', async () => {
  const { user, device, access: token } = await known();
  const change = async (currentPassword: string, sending = {}) =>
    (
      await ask(
        'change-password',
        { currentPassword, newPassword: NEW_PASSWORD },
        { token, ...sending },
      )
    ).status;
  for (let n = 0; n < 5; n += 1) await change(WRONG);
  expect(await change(user.password)).toBe(LOCKED);
  expect(await change(user.password, withDevice(device))).toBe(204);
});

it('is accepted where the replica that answers is behind', async () => {
  const setVersion = (version: number, id: number) =>
    env.DB.prepare('UPDATE users SET device_version = ? WHERE id = ?').bind(version, id).run();
  const user = await addUser();
  await setVersion(7, user.id);
  const device = deviceOf(await login(user));
  await setVersion(6, user.id);
  expect(await duringLock(user, device)).toBe(200);
});
