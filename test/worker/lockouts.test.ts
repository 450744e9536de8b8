/**
 * Failures are counted by the name as it was given, registered or not: a lock tells neither that an
 * account exists nor which names belong to one account.
 */
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { operator } from '../support/operator.ts';
import {
  client,
  messageOf,
  deviceOf,
  moveClock,
  tokensOf,
  visible,
  withDevice,
  WRONG,
} from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  newUser,
  oneOfEachKind,
} from '../support/test-app.ts';

/** The status of a locked name at `email-cookie` and the username contracts. */
const LOCKED = 429;
const PASSWORD = 'something else entirely';
const app = createTestApp();
const byEmail = client(app, 'email-cookie');
const byUsername = client(app, 'username-pair');
const wrong = { password: WRONG };

// Failures are the core's; contracts differ in the names that they take.
describe.each(oneOfEachKind)('$name', ({ name, status, named, application, isByUsername }) => {
  const { done } = status;

  it('forgets failures at a name with the registration that makes it a user’s', async () => {
    const { app, to } = mailbox();
    const own = client(app, name);
    const user = newUser();
    for (const at of [byEmail, byUsername]) await at.fail(user, 4);
    await own.ask('register', application(user));
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    expect((await own.ask('verify-email', proof)).status).toBe(done);
    // Also at the name that the proof did not contain.
    for (const at of isByUsername ? [byEmail, byUsername] : [own]) {
      await at.fail(user, 4);
      expect((await at.login(user)).status).toBe(status.granted);
    }
  });

  it('forgets failures at a name with the reset that makes it a user’s', async () => {
    const { app, to } = mailbox();
    const { ask, login } = client(app, name);
    const user = newUser();
    await ask('register', application(user));
    for (const at of [byEmail, byUsername]) await at.fail(user);
    await ask('forgot-password', byAddress(user.email));
    await ask('reset-password', { token: tokenIn(to(user.email)), password: PASSWORD });
    expect((await login({ ...user, password: PASSWORD })).status).toBe(status.granted);
  });
});

describe.each(contractCases)('$name', ({ name, status: { locked } }) => {
  it('says after too many failures that only a reset unlocks, and not before', async () => {
    const advice: Record<string, string> = {
      'email-envelope': 'Account is locked. Reset your password to unlock it.',
      'email-remember':
        'Account locked due to too many failed attempts. Reset your password to unlock it.',
    };
    const message = advice[name] ?? 'Too many attempts. Reset your password to sign in.';
    for (const stopAfterFailures of [2, 100]) {
      const strict = client(createTestApp({ LOCKOUT: { threshold: 2, stopAfterFailures } }), name);
      const user = await addUser();
      await strict.fail(user, 2);
      const answer = await strict.login(user);
      expect(answer.status).toBe(locked);
      expect(messageOf(answer) === message).toBe(stopAfterFailures === 2);
      expect(answer.text.includes('Reset your password')).toBe(stopAfterFailures === 2);
    }
  });
});

describe('an account’s two names', () => {
  it('do not know of each other’s failures: as an unrelated pair', async () => {
    const [one, other, third] = [await addUser(), await addUser(), await addUser()];
    await byUsername.fail(one);
    await byUsername.fail(other);
    expect((await byUsername.login(one)).status).toBe(LOCKED);
    const own = await byEmail.login({ ...one, ...wrong });
    const unrelated = await byEmail.login({ ...third, ...wrong });
    expect(own.status).toBe(401);
    expect(visible(own)).toBe(visible(unrelated));
  });

  it('stay locked where the other one’s login was right', async () => {
    const user = await addUser();
    await byUsername.fail(user);
    expect((await byEmail.login(user)).status).toBe(200);
    expect((await byUsername.login(user)).status).toBe(LOCKED);
  });

  it('are counted over all contracts that take them, in whatever case', async () => {
    const user = await addUser();
    const upper = {
      ...user,
      email: user.email.toUpperCase(),
      username: user.username.toUpperCase(),
    };
    for (const isByUsername of [false, true]) {
      const cases = contractCases.filter((one) => one.isByUsername === isByUsername);
      for (let n = 0; n < 5; n += 1) {
        const { name } = cases[n % cases.length] as (typeof cases)[number];
        await client(app, name).fail(n % 2 ? user : upper, 1);
      }
      for (const { name, status } of cases) {
        const answer = await client(app, name).login(user);
        expect(answer.status, name).toBe(status.locked);
        expect(answer.headers.get('Retry-After'), name).toBe('900');
      }
    }
  });
});

describe('the password checks of sessions', () => {
  it('are counted together, apart from both names, and lock neither', async () => {
    const user = await addUser();
    const { access: token } = tokensOf(await byEmail.login(user));
    const { access: another } = tokensOf(await byUsername.login(user));
    const change = { currentPassword: WRONG, newPassword: PASSWORD };
    const answers = [
      await byEmail.ask('change-password', change, { token }),
      await byUsername.ask('change-password', change, { token: another }),
      await byEmail.ask('change-email', { email: 'a@b.cd', ...wrong }, { token }),
      await byUsername.ask('delete-account', wrong, { token: another }),
      await byEmail.ask('delete-account', wrong, { token }),
      await byEmail.ask('change-password', change, { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, LOCKED]);
    expect((await byEmail.login(user)).status).toBe(200);
    expect((await byUsername.login(user)).status).toBe(200);
    expect((await byEmail.ask('change-password', change, { token })).status).toBe(LOCKED);
  });

  it('go on while both names are locked', async () => {
    const user = await addUser();
    const { access: token } = tokensOf(await byEmail.login(user));
    for (const at of [byEmail, byUsername]) await at.fail(user);
    const change = { currentPassword: user.password, newPassword: PASSWORD };
    expect((await byEmail.ask('change-password', change, { token })).status).toBe(204);
  });
});

describe('the tries at a code', () => {
  const unverified = async () => {
    const { app, to } = mailbox();
    const { ask, login } = client(app, 'email-cookie');
    const user = await addUser({ email_verified: 0 });
    const { email, password } = user;
    const send = async () => {
      await ask('send-code', byAddress(email));
      return codeIn(to(email));
    };
    const verify = async (code: string, sending = {}) =>
      (await ask('verify-email', { ...byAddress(email), password, code }, sending)).status;
    return { user, login, send, verify };
  };

  it('of a known device are its own', async () => {
    const { user, login, send, verify } = await unverified();
    const device = deviceOf(await login(user));
    const code = await send();
    for (let n = 0; n < 5; n += 1) await verify(otherThan(code));
    expect(await verify(code)).toBe(LOCKED);
    expect(await verify(code, withDevice(device))).toBe(204);
  });

  it('are five even where a right login gives the failures back', async () => {
    const { user, login, send, verify } = await unverified();
    const code = await send();
    for (let n = 0; n < 5; n += 1) {
      await verify(otherThan(code));
      if (n === 2) expect((await login(user)).status).toBe(200);
    }
    expect(await verify(code)).toBe(400);
    moveClock(600_000);
    expect(await verify(await send())).toBe(204);
  });
});

describe('all lockouts of a user are cleared', () => {
  /** Locks both names and the password checks of the sessions. */
  async function lockedUser() {
    // As an import may have it: names are counted without case.
    const name = `Loud-${crypto.randomUUID()}`;
    const columns = { username: name, username_key: name.toLowerCase() };
    const user = { ...(await addUser(columns)), username: name.toLowerCase() };
    const { access: token } = tokensOf(await byEmail.login(user));
    for (const at of [byEmail, byUsername]) await at.fail(user);
    for (let n = 0; n < 5; n += 1) await byEmail.ask('delete-account', wrong, { token });
    expect((await byEmail.ask('delete-account', wrong, { token })).status).toBe(LOCKED);
    return { user, token };
  }

  it('by an operator’s unlock, who saw them together', async () => {
    const { user, token } = await lockedUser();
    const { json } = operator(app);
    const path = `/users/${user.id}` as const;
    expect((await json(`GET ${path}`)).guard).toEqual({
      failures: 15,
      failuresInARow: 15,
      locksInARow: 3,
      lockedUntil: new Date(Date.now() + 900_000).toISOString(),
      stopped: false,
      ticketsOut: 0,
    });
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: true });
    expect((await json(`GET ${path}`)).guard).toMatchObject({ failures: 0, lockedUntil: null });
    for (const at of [byEmail, byUsername]) expect((await at.login(user)).status).toBe(200);
    expect((await byEmail.ask('delete-account', wrong, { token })).status).toBe(401);
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: true });
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: false });
  });

  it('by a reset, also where this isolate remembers the locks', async () => {
    const { user } = await lockedUser();
    const { app, to } = mailbox();
    const { ask, login } = client(app, 'email-cookie');
    await ask('forgot-password', byAddress(user.email));
    await ask('reset-password', { token: tokenIn(to(user.email)), password: PASSWORD });
    const renewed = { ...user, password: PASSWORD };
    const { access: token } = tokensOf(await login(renewed));
    expect((await client(app, 'username-pair').login(renewed)).status).toBe(200);
    expect((await ask('delete-account', wrong, { token })).status).toBe(401);
  });

  it.each(['the owner', 'an operator'])('where %s deletes the user', async (actor) => {
    const strict = createTestApp({ LOCKOUT: { threshold: 2, stopAfterFailures: 2 } });
    const user = await addUser();
    const { login, fail, ask } = client(strict, 'username-pair');
    const { access: token } = tokensOf(await login(user));
    await fail(user, 2);
    if (actor === 'the owner') await ask('delete-account', { password: user.password }, { token });
    else await operator(strict).call(`DELETE /users/${user.id}`);
    expect((await login({ ...user, ...wrong })).status).toBe(401);
  });

  it('at an address that an account moves to', async () => {
    const { app, to } = mailbox();
    const { ask, login, fail } = client(app, 'email-cookie');
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    const moved = { ...user, email: `new-${user.email}` };
    await fail(moved);
    await ask('change-email', { email: moved.email, password: user.password }, { token });
    await ask('confirm-email', { code: codeIn(to(moved.email)) }, { token });
    expect((await login(moved)).status).toBe(200);
  });
});
