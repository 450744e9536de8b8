/**
 * Device cookies: strangers who lock an account do not lock out who has signed in to it before, and
 * nobody gets more out of a cookie than a handful of attempts.
 */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AccountLockout } from '../../src/worker.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  type Answer,
  type TestUser,
} from '../support/test-app.ts';
import { client, held } from '../support/session.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { operator } from '../support/operator.ts';

const DAY_MS = 86_400_000;
const here = createTestApp();
const { login } = client(here, 'email-cookie');
const LOCKED = 429;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function moveClock(byMs: number): void {
  // Alarms keep the real time, and would ring without a pause.
  vi.spyOn(AccountLockout.prototype, 'alarm').mockResolvedValue();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
}

/** What a browser would keep of an answer; empty where there is nothing to keep. */
const kept = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .flatMap((cookie) => /^__Host-gh-device=([^;]*)/.exec(cookie)?.[1] ?? [])
    .join();

const bringing = (cookie: string) => ({ headers: { Cookie: `__Host-gh-device=${cookie}` } });
const wrongly = (person: TestUser) => ({ ...person, password: 'a wrong one' });

async function known(): Promise<{ person: TestUser & { id: number }; cookie: string }> {
  const person = await addUser();
  return { person, cookie: kept(await login(person)) };
}

/** As anybody can who knows the name. */
async function lock(person: TestUser): Promise<void> {
  for (let n = 0; n < 5; n += 1) expect((await login(wrongly(person))).status).toBe(401);
  expect((await login(person)).status).toBe(LOCKED);
}

/** How the right password fares that brings the cookie while strangers keep the account locked. */
async function duringLock(person: TestUser, cookie: string): Promise<number> {
  await lock(person);
  return (await login(person, bringing(cookie))).status;
}

describe.each(contractCases)('$name', ({ name }) => {
  it('gives a cookie with a login, for this host alone, and with no refusal', async () => {
    const { login: signIn } = client(here, name);
    const person = await addUser();
    const cookie = (await signIn(person)).headers
      .getSetCookie()
      .find((text) => text.startsWith('__Host-gh-device='));
    expect(cookie).toMatch(
      /=[\w-]{22}~1~\d{10}~[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=15552000$/,
    );
    expect(kept(await signIn(wrongly(person)))).toBe('');
  });

  it('lets the owner in on a known device while strangers keep the account locked', async () => {
    const { login: signIn } = client(here, name);
    const person = await addUser();
    const cookie = kept(await signIn(person));
    for (let n = 0; n < 5; n += 1) await signIn(wrongly(person));
    const locked = (await signIn(person)).status;
    expect([403, 423, LOCKED]).toContain(locked);
    const answer = await signIn(person, bringing(cookie));
    expect(answer.status).toBe(200);
    expect((await signIn(person)).status).toBe(locked);
    // And again, with what this login gave.
    expect(kept(answer)).not.toBe(cookie);
    expect((await signIn(person, bringing(kept(answer)))).status).toBe(200);
  });
});

it('gives a stolen cookie five attempts and a lock of its own, which nobody else feels', async () => {
  const { person, cookie } = await known();
  const other = kept(await login(person));
  for (let n = 0; n < 5; n += 1) {
    expect((await login(wrongly(person), bringing(cookie))).status).toBe(401);
  }
  expect((await login(person, bringing(cookie))).status).toBe(LOCKED);
  expect((await login(person)).status).toBe(200);
  expect((await login(person, bringing(other))).status).toBe(200);
});

it('reaches five verdicts in 200 parallel guesses with one cookie', async () => {
  const { person, cookie } = await known();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      login({ ...person, password: `guess ${n}` }, bringing(cookie)),
    ),
  );
  expect(answers.filter(({ status }) => status === 401).length).toBe(5);
  expect(answers.filter(({ status }) => status === LOCKED).length).toBe(195);
});

describe('a cookie is worth nothing', () => {
  it('at another account', async () => {
    const { cookie } = await known();
    expect(await duringLock(await addUser(), cookie)).toBe(LOCKED);
  });

  it('changed in any of its parts', async () => {
    const { person, cookie } = await known();
    await lock(person);
    const parts = cookie.split('~');
    for (const [index, part] of parts.entries()) {
      const last = part.at(-1) === '0' ? '1' : '0';
      const forged = parts.with(index, part.slice(0, -1) + last).join('~');
      expect([forged, (await login(person, bringing(forged))).status]).toEqual([forged, LOCKED]);
    }
    for (const hostile of ['', '~~~', 'x'.repeat(5000), `${cookie}~`, `~${cookie}`, '%00']) {
      expect([hostile, (await login(person, bringing(hostile))).status]).toEqual([hostile, LOCKED]);
    }
  });

  it('as a bearer or a refresh token, and no token is worth anything as a cookie', async () => {
    const person = await addUser();
    const answer = await login(person);
    const { profile, refresh } = client(here, 'email-cookie');
    expect((await profile(kept(answer))).status).toBe(401);
    expect((await refresh(kept(answer))).status).toBe(401);
    expect(await duringLock(person, held(answer).access)).toBe(LOCKED);
  });

  it('after 180 days, and not a moment sooner', async () => {
    const { person, cookie } = await known();
    moveClock(180 * DAY_MS - 5_000);
    await lock(person);
    expect((await login(person, bringing(cookie))).status).toBe(200);
    moveClock(5_000);
    expect((await login(person, bringing(cookie))).status).toBe(LOCKED);
  });

  it('where the deployment has no device cookies, and there is none given', async () => {
    const { person, cookie } = await known();
    await lock(person);
    const without = client(createTestApp({ DEVICE_COOKIES: false }), 'email-cookie');
    expect((await without.login(person, bringing(cookie))).status).toBe(LOCKED);
    expect(kept(await without.login(await addUser()))).toBe('');
  });
});

describe('cookies are revoked', () => {
  it('when the owner signs out everywhere', async () => {
    const person = await addUser();
    const answer = await login(person);
    await client(here, 'email-cookie').logoutAll(held(answer).access);
    expect(await duringLock(person, kept(answer))).toBe(LOCKED);
  });

  it('when the owner ends a session from the list', async () => {
    const person = await addUser();
    const lost = await login(person);
    const { access } = held(await login(person));
    const { sessions, endSession } = client(here, 'email-cookie');
    const listed = JSON.parse((await sessions(access)).text) as {
      sessions: { id: string; current: boolean }[];
    };
    const other = listed.sessions.find(({ current }) => !current);
    expect((await endSession(access, other?.id ?? '')).status).toBe(204);
    expect(await duringLock(person, kept(lost))).toBe(LOCKED);
  });

  it('when an operator ends the sessions, or deactivates the user', async () => {
    for (const change of ['end-sessions', 'deactivate'] as const) {
      const { person, cookie } = await known();
      await operator(here).json(`POST /users/${person.id}/${change}`);
      await env.DB.prepare("UPDATE users SET status = 'active' WHERE id = ?").bind(person.id).run();
      expect(await duringLock(person, cookie)).toBe(LOCKED);
    }
  });

  it('when the mailbox is proven, which whoever signed in before may not have been able to', async () => {
    const { here: mailed, to } = mailbox();
    const person = await addUser({ email_verified: 0 });
    const cookie = kept(await login(person));
    const { post } = client(mailed, 'email-cookie');
    const { email, password } = person;
    await post('verify-email/send', { email });
    const proof = { email, password, code: codeIn(to(email)) };
    expect((await post('verify-email', proof)).status).toBe(204);
    expect(await duringLock(person, cookie)).toBe(LOCKED);
  });

  it('when a refresh token turns out to be stolen', async () => {
    const { person, cookie } = await known();
    const { refresh } = client(here, 'email-cookie');
    const { refresh: token } = held(await login(person));
    const successor = held(await refresh(token)).refresh;
    await refresh(successor);
    expect((await refresh(token)).status).toBe(401);
    expect(await duringLock(person, cookie)).toBe(LOCKED);
  });

  it('by a new password, but for the browser that has set it', async () => {
    const person = await addUser();
    const answer = await login(person);
    const { post } = client(here, 'email-cookie');
    const password = 'another long one';
    const changed = await post(
      'change-password',
      { currentPassword: person.password, newPassword: password },
      { token: held(answer).access },
    );
    expect(changed.status).toBe(204);
    const anew = { ...person, password };
    expect(await duringLock(anew, kept(answer))).toBe(LOCKED);
    expect((await login(anew, bringing(kept(changed)))).status).toBe(200);
  });

  it('by no plain logout, nor by a session that did not exist', async () => {
    const person = await addUser();
    const answer = await login(person);
    const { logout, endSession } = client(here, 'email-cookie');
    const { access } = held(answer);
    expect((await endSession(access, crypto.randomUUID())).status).toBe(404);
    await logout(access);
    expect(await duringLock(person, kept(answer))).toBe(200);
  });
});

it('stands for the account wherever the password is asked for', async () => {
  const person = await addUser();
  const answer = await login(person);
  const { post } = client(here, 'email-cookie');
  const body = { currentPassword: person.password, newPassword: 'another long one' };
  const token = held(answer).access;
  for (let n = 0; n < 5; n += 1) {
    await post('change-password', { ...body, currentPassword: 'a wrong one' }, { token });
  }
  expect((await post('change-password', body, { token })).status).toBe(LOCKED);
  const recognised = { token, ...bringing(kept(answer)) };
  expect((await post('change-password', body, recognised)).status).toBe(204);
});

it('holds where the copy of the database that answers is behind', async () => {
  const person = await addUser();
  await env.DB.prepare('UPDATE users SET device_version = 7 WHERE id = ?').bind(person.id).run();
  const cookie = kept(await login(person));
  await env.DB.prepare('UPDATE users SET device_version = 6 WHERE id = ?').bind(person.id).run();
  await lock(person);
  expect((await login(person, bringing(cookie))).status).toBe(200);
});
