/**
 * Registration handles: strangers who know an address neither lock nor use up the code of the client
 * that registered, and a handle is worth nothing anywhere else.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { handleCookie, handleField, handleOf, withHandle } from '../support/handles.ts';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { client, deviceOf, moveClock, withDevice } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, oneOfEachKind, newUser, type TestUser } from '../support/test-app.ts';

const sharing = ({ email }: { email: string }): TestUser => ({ ...newUser(), email });

// A handle is in a body field or a cookie, by the kind of contract.
describe.each(oneOfEachKind)('$name', (own) => {
  const { name, status, named, application, registersUsername, knowsDevices } = own;
  const { done, locked } = status;

  async function registered() {
    const { app, to } = mailbox();
    const { ask, login, fail } = client(app, name);
    const user = newUser();
    const answer = await ask('register', application(user));
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    const verify = async (changes: object = {}, handle?: string) =>
      ask('verify-email', { ...proof, ...changes }, handle ? withHandle(handle) : {});
    const missed = { code: otherThan(proof.code) };
    return { user, answer, handle: handleOf(answer), missed, verify, ask, login, fail, to };
  }

  it('comes with register as a cookie for this host alone and as a field, known address or not', async () => {
    const { ask } = client(mailbox().app, name);
    for (const owner of [await addUser(), newUser()]) {
      const answer = await ask('register', application(sharing(owner)));
      expect(answer.status).toBe(status.registered);
      expect(handleOf(answer)).toMatch(
        registersUsername ? /^[\w-]{22}~\d{10}(~[\w-]{43}){2}$/ : /^[\w-]{22}~\d{10}~[\w-]{43}$/,
      );
      // Some wires show a user in its place.
      expect([handleOf(answer), '']).toContain(handleField(answer));
      expect(handleCookie(answer)).toMatch(
        /; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=86400$/,
      );
    }
  });

  it('lets who registered in while strangers have locked the name and used up its tries', async () => {
    const { user, handle, missed, verify, login } = await registered();
    for (let n = 0; n < 5; n += 1)
      expect((await verify(missed)).status).toBe(status['invalid-code']);
    expect((await verify()).status).toBe(locked);
    expect((await verify({}, handle)).status).toBe(done);
    expect((await login(user)).status).toBe(status.granted);
  });

  it('does the same as a field of the body, for clients that keep no cookies', async () => {
    const { handle, verify, fail, user } = await registered();
    await fail(user);
    expect((await verify()).status).toBe(locked);
    expect((await verify({ handle })).status).toBe(done);
  });

  it('has five tries and a lock of its own, which no other handle of the address feels', async () => {
    const { user, handle, missed, verify, ask, to } = await registered();
    const other = sharing(user);
    const otherHandle = handleOf(await ask('register', application(other)));
    const proof = { ...named(other), password: other.password, code: codeIn(to(user.email)) };
    for (let n = 0; n < 5; n += 1)
      expect((await verify(missed, handle)).status).toBe(status['invalid-code']);
    expect((await verify({}, handle)).status).toBe(locked);
    // The name is not locked, but all the tries at its code have been made.
    expect((await verify()).status).toBe(status['invalid-code']);
    expect((await ask('verify-email', proof, withHandle(otherHandle))).status).toBe(done);
  });

  it('opens nothing at a login, and has no attempts of its own there', async () => {
    const { handle, verify, login, fail, user } = await registered();
    await verify({}, handle);
    await fail(user);
    expect((await login(user, withHandle(handle))).status).toBe(locked);
  });

  it('gives a device cookie with the proof, so that strangers do not stop the first login', async () => {
    const { verify, login, fail, user } = await registered();
    const device = deviceOf(await verify());
    expect(device).toMatch(/^[\w-]{22}~1~\d{10}~[\w-]{43}$/);
    expect(deviceOf(await verify())).toBe('');
    // The second proof was the first failure.
    await fail(user, 4);
    expect((await login(user)).status).toBe(locked);
    const answer = await login(user, withDevice(device));
    expect(answer.status).toBe(knowsDevices ? status.granted : locked);
  });
});

const LOCKED = 429;
const { app, to } = mailbox();
const { ask, login, fail, askWith, application } = client(app, 'email-cookie');
const proofOf = ({ email, password }: TestUser, code: string) => ({
  ...byAddress(email),
  password,
  code,
});
const register = async (user: TestUser, sending = {}) =>
  handleOf(await ask('register', application(user), sending));
const verify = async (user: TestUser, code: string, handle?: string) =>
  (await ask('verify-email', proofOf(user, code), handle ? withHandle(handle) : {})).status;

describe('a handle is worth nothing', () => {
  /** Brings the right code with a handle made of the own one, while strangers keep the name locked. */
  async function duringLock(handleOfOwn: (own: string) => string) {
    const user = newUser();
    const handle = handleOfOwn(await register(user));
    const proof = proofOf(user, codeIn(to(user.email)));
    await fail(user);
    return [
      (await ask('verify-email', proof, withHandle(handle))).status,
      (await ask('verify-email', { ...proof, handle })).status,
    ];
  }

  it('at another address', async () => {
    const foreign = await register(newUser());
    expect(await duringLock(() => foreign)).toEqual([LOCKED, LOCKED]);
  });

  it.each([7, true, {}, [], null, '', '\u0000', 'x'.repeat(300)])(
    'as %j, which is no error either',
    async (registration) => {
      const { email, password } = newUser();
      const user = { email, password, registration };
      expect((await askWith('register', user)).status).toBe(202);
      const unknown = { email: 'no@example.com', registration };
      expect((await askWith('send-code', unknown)).status).toBe(202);
      const proof = { ...user, code: codeIn(to(email)) };
      expect((await askWith('verify-email', proof)).status).toBe(204);
    },
  );

  it('after a day, when its registration has expired as well', async () => {
    const user = newUser();
    const handle = await register(user);
    moveClock(86_390_000);
    await fail(user);
    expect(await verify(user, '000000', handle)).toBe(400);
    moveClock(10_000);
    expect((await login(user)).status).toBe(LOCKED);
    expect(await verify(user, '000000', handle)).toBe(LOCKED);
  });
});

describe('a handle stands for its registration', () => {
  it('and keeps its id and its tries when the address is registered again with it', async () => {
    const user = newUser();
    const first = await register(user);
    const second = await register(user, withHandle(first));
    const third = await register(user);
    const idOf = (handle: string) => handle.split('~')[0];
    expect(idOf(second)).toBe(idOf(first));
    expect(idOf(third)).not.toBe(idOf(first));
    const code = codeIn(to(user.email));
    for (let n = 0; n < 5; n += 1) await verify(user, otherThan(code), first);
    expect([await verify(user, code, second), await verify(user, code, third)]).toEqual([
      LOCKED,
      204,
    ]);
  });

  it('whose code is renewed; without a handle, the newest registration’s', async () => {
    const first = newUser();
    const second = sharing(first);
    const { email } = first;
    const handle = await register(first);
    moveClock(1);
    await register(second);
    await ask('send-code', byAddress(email), withHandle(handle));
    await ask('send-code', byAddress(email));
    const codes = to(email).map((mail) => codeIn([mail]));
    expect(codes).toHaveLength(4);
    const [firstOld = '', secondOld = '', firstNew = '', secondNew = ''] = codes;
    expect(await verify(first, firstOld)).toBe(400);
    expect(await verify(second, secondOld)).toBe(400);
    expect(await verify(first, secondNew)).toBe(400);
    expect(await verify(second, firstNew)).toBe(400);
    expect(await verify(first, firstNew)).toBe(204);
  });

  it('whose links are sent; without a handle, the newest registration’s', async () => {
    const byName = client(app, 'username-coded');
    const first = newUser();
    const { email } = first;
    const handle = handleOf(await byName.ask('register', byName.application(first)));
    await byName.ask('register', byName.application(sharing(first)));
    await byName.ask('forgot-password', byAddress(email));
    await byName.ask('forgot-password', byAddress(email), withHandle(handle));
    const reset = { token: tokenIn(to(email)), password: 'something else entirely' };
    expect((await byName.ask('reset-password', reset)).status).toBe(200);
    const username = await env.DB.prepare('SELECT username FROM users WHERE email = ?')
      .bind(email)
      .first<string>('username');
    expect(username).toBe(first.username);
  });
});

describe('a code can be proven with any handle of its address', () => {
  it('as from another browser', async () => {
    const user = newUser();
    const handle = await register(user);
    const other = { ...user, password: 'chosen on another device' };
    await register(other);
    expect(await verify(other, codeIn(to(user.email)), handle)).toBe(204);
  });

  it('also by a user who has tried to register before', async () => {
    const user = await addUser({ email_verified: 0 });
    const handle = await register(sharing(user));
    await ask('send-code', byAddress(user.email), withHandle(handle));
    expect(await verify(user, codeIn(to(user.email)), handle)).toBe(204);
  });

  it('and has five tries, however many handles come for them', async () => {
    const user = await addUser({ email_verified: 0 });
    await ask('send-code', byAddress(user.email));
    const code = codeIn(to(user.email));
    const handles: string[] = [];
    for (let n = 0; n < 6; n += 1) handles.push(await register(sharing(user)));
    const statuses = [];
    for (const [n, handle] of handles.entries()) {
      statuses.push(await verify(user, n < 5 ? otherThan(code) : code, handle));
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
  });
});
