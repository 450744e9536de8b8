/**
 * Registration handles: strangers who know an address neither lock nor use up the code of the client
 * that registered, and a handle is worth nothing anywhere else.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountLockout, RateLimiter } from '../../src/worker.ts';
import { handleCookie, handleField, handleOf, withHandle } from '../support/handles.ts';
import { addUser, contractCases, type Answer, type TestUser } from '../support/test-app.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client } from '../support/session.ts';

beforeEach(() => {
  // Alarms keep the real time, and would ring without a pause.
  vi.spyOn(AccountLockout.prototype, 'alarm').mockResolvedValue();
  vi.spyOn(RateLimiter.prototype, 'alarm').mockResolvedValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const moveClock = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const deviceIn = ({ headers }: Answer) =>
  headers
    .getSetCookie()
    .flatMap((cookie) => /^__Host-gh-device=([^;]*)/.exec(cookie)?.[1] ?? [])
    .join();

describe.each(contractCases)('$name', ({ name, contract }) => {
  const isNamed = contract.identifier === 'username';
  const named = ({ username, email }: TestUser) => (isNamed ? { username } : { email });
  const asking = (person: TestUser) => ({
    ...named(person),
    email: person.email,
    password: person.password,
  });
  const done = contract.responses.done.render().status;
  const LOCKED = contract.errors.answers.locked.status;

  async function registered() {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = newUser();
    const answer = await post('register', asking(person));
    const code = codeIn(to(person.email));
    const proof = { ...named(person), password: person.password, code };
    return { person, answer, handle: handleOf(answer), proof, post, login, to };
  }

  it('comes with register as a cookie for this host alone and as a field, known address or not', async () => {
    const { here } = mailbox();
    const { post } = client(here, name);
    const known = await addUser();
    for (const { email } of [known, newUser()]) {
      const answer = await post('register', asking({ ...newUser(), email }));
      expect(answer.status).toBe(202);
      const handle = isNamed
        ? /[\w-]{22}~\d{10}~[\w-]{43}~[\w-]{43}/
        : /[\w-]{22}~\d{10}~[\w-]{43}/;
      expect(handleOf(answer)).toMatch(new RegExp(`^${handle.source}$`));
      expect(handleField(answer)).toBe(handleOf(answer));
      expect(handleCookie(answer)).toMatch(
        /; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=86400$/,
      );
    }
  });

  it('lets who registered in while strangers have locked the name and used up its tries', async () => {
    const { person, handle, proof, post, login } = await registered();
    const { code } = proof;
    for (let n = 0; n < 5; n += 1) {
      expect((await post('verify-email', { ...proof, code: wrong(code) })).status).toBe(400);
    }
    expect((await post('verify-email', proof)).status).toBe(LOCKED);
    const answer = await post('verify-email', proof, withHandle(handle));
    expect(answer.status).toBe(done);
    expect((await login(person)).status).toBe(200);
  });

  it('does the same as a field of the body, for clients that keep no cookies', async () => {
    const { answer, proof, post, login, person } = await registered();
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
    expect((await post('verify-email', proof)).status).toBe(LOCKED);
    const registration = handleField(answer);
    expect((await post('verify-email', { ...proof, registration })).status).toBe(done);
  });

  it('has five tries and a lock of its own, which no other handle of the address feels', async () => {
    const { person, handle, proof, post, to } = await registered();
    const other = { ...newUser(), email: person.email };
    const otherHandle = handleOf(await post('register', asking(other)));
    const { password } = other;
    const otherProof = { ...named(other), password, code: codeIn(to(person.email)) };
    const missed = { ...proof, code: wrong(proof.code) };
    for (let n = 0; n < 5; n += 1) {
      expect((await post('verify-email', missed, withHandle(handle))).status).toBe(400);
    }
    expect((await post('verify-email', proof, withHandle(handle))).status).toBe(LOCKED);
    // The name is not locked, but as many tries at any of its codes as there are have been made.
    expect((await post('verify-email', proof)).status).toBe(400);
    expect((await post('verify-email', otherProof, withHandle(otherHandle))).status).toBe(done);
  });

  it('opens nothing at a login, and draws no tickets there', async () => {
    const { handle, proof, post, login, person } = await registered();
    await post('verify-email', proof, withHandle(handle));
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
    expect((await login(person, withHandle(handle))).status).toBe(LOCKED);
  });

  it('gives a device cookie with the proof, so that strangers do not stop the first login', async () => {
    const { proof, post, login, person } = await registered();
    const answer = await post('verify-email', proof);
    expect(deviceIn(answer)).toMatch(/^[\w-]{22}~1~\d{10}~[\w-]{43}$/);
    expect(deviceIn(await post('verify-email', proof))).toBe('');
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
    expect((await login(person)).status).toBe(LOCKED);
    const headers = { Cookie: `__Host-gh-device=${deviceIn(answer)}` };
    expect((await login(person, { headers })).status).toBe(200);
  });

  it('answers a handle’s tries alike for a known address and an unknown one', async () => {
    const { here } = mailbox();
    const { post } = client(here, name);
    const known = await addUser({ email_verified: 0 });
    const seen = [];
    for (const { email } of [known, newUser()]) {
      const person = { ...newUser(), email };
      const handle = handleOf(await post('register', asking(person)));
      const answers = [];
      for (let n = 0; n < 7; n += 1) {
        const proof = { ...named(person), password: person.password, code: '000000' };
        answers.push((await post('verify-email', proof, withHandle(handle))).status);
      }
      seen.push(answers);
    }
    expect(seen[0]).toEqual([400, 400, 400, 400, 400, LOCKED, LOCKED]);
    expect(seen[1]).toEqual(seen[0]);
  });
});

const mailed = mailbox();
const { to } = mailed;
const { post, login } = client(mailed.here, 'email-cookie');
const LOCKED = 429;
const asked = ({ email, password }: TestUser) => ({ email, password });

describe('a handle is worth nothing', () => {
  /** How the right code fares that comes with a handle while strangers keep the name locked. */
  async function duringLock(handleOfOwn: (own: string) => string | Promise<string>) {
    const person = newUser();
    const own = handleOf(await post('register', asked(person)));
    const proof = { ...asked(person), code: codeIn(to(person.email)) };
    const handle = await handleOfOwn(own);
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
    return [
      (await post('verify-email', proof, withHandle(handle))).status,
      (await post('verify-email', { ...proof, registration: handle })).status,
    ];
  }

  it('at another address', async () => {
    const foreign = handleOf(await post('register', asked(newUser())));
    expect(await duringLock(() => foreign)).toEqual([LOCKED, LOCKED]);
  });

  it('changed in any of its parts, or cut', async () => {
    const changed = (index: number) => (own: string) => {
      const parts = own.split('~');
      const part = parts[index] ?? '';
      return parts.with(index, (part.startsWith('1') ? '2' : '1') + part.slice(1)).join('~');
    };
    for (const index of [0, 1, 2]) {
      expect([index, await duringLock(changed(index))]).toEqual([index, [LOCKED, LOCKED]]);
    }
    const others = [
      (own: string) => `${own}~`,
      (own: string) => own.slice(0, -1),
      (own: string) => own.split('~').slice(0, 2).join('~'),
      () => '~~',
      () => 'x'.repeat(5000),
    ];
    for (const other of others) expect(await duringLock(other)).toEqual([LOCKED, LOCKED]);
  });

  it.each([7, true, {}, [], null, '', '\u0000', 'x'.repeat(300)])(
    'as %j, which is no error either',
    async (registration) => {
      const person = newUser();
      expect((await post('register', { ...asked(person), registration })).status).toBe(202);
      const proof = { ...asked(person), registration, code: codeIn(to(person.email)) };
      expect(
        (await post('verify-email/send', { email: 'no@example.com', registration })).status,
      ).toBe(202);
      expect((await post('verify-email', proof)).status).toBe(204);
    },
  );

  it('after a day, when its registration has expired as well', async () => {
    const person = newUser();
    const handle = handleOf(await post('register', asked(person)));
    const status = async () => {
      for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
      const proof = { ...asked(person), code: '000000' };
      return (await post('verify-email', proof, withHandle(handle))).status;
    };
    moveClock(86_390);
    expect(await status()).toBe(400);
    moveClock(10);
    expect(await status()).toBe(LOCKED);
  });
});
