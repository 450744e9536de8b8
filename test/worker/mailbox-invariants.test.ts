/** What a stranger can learn or break through the mailboxes of others: nothing. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import { addUser, count, contractCases, createTestApp, type Answer } from '../support/test-app.ts';
import { withoutHandles } from '../support/handles.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

const LOCKED = { reason: 'locked', untilMs: 0, untilReset: false } as const;

afterEach(() => vi.useRealTimers());

/** All later than now, so that no alarm rings in the past. */
const moveClock = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** Without what is random in it: the trace id, and the handle of a registration. */
const shown = ({ status, headers, text }: Answer) => {
  const rest = [...headers].filter(([name]) => name !== 'x-request-id');
  const trace = headers.get('X-Request-Id') ?? '';
  return {
    status,
    rest: rest.map(([name, value]) => [name, withoutHandles(value)]),
    text: withoutHandles(text.replaceAll(trace, '')),
  };
};

describe.each(contractCases)('$name', ({ name, contract }) => {
  const isNamed = contract.identifier === 'username';
  const named = (person: { username: string; email: string }) =>
    isNamed ? { username: person.username } : { email: person.email };

  /** Its answer, and the kinds of calls and statements that were made up to it. */
  async function ask(at: string, body: unknown) {
    const { here, before } = mailbox();
    const answer = shown(await client(here, name).post(at, body));
    const calls = before[0]?.map(({ to, method, what }) => [
      to,
      method,
      to === 'limits' ? '' : what,
    ]);
    return { answer, calls };
  }

  it.each(['register', 'verify-email/send', 'forgot-password'])(
    'tells nothing of an address by %s: bytes, headers, and what is done before the answer',
    async (at) => {
      const known = await addUser({ email_verified: 0 });
      const verified = await addUser();
      const inactive = await addUser({ status: 'inactive' });
      const unknown = newUser();
      const seen = [];
      for (const person of [known, verified, inactive, unknown]) {
        const fresh = newUser();
        const { email } = person;
        const body =
          at === 'register'
            ? { ...named({ ...fresh, email }), email, password: fresh.password }
            : named(person);
        seen.push(await ask(at, body));
      }
      const [first, ...others] = seen;
      expect(first?.calls).toHaveLength(at !== 'register' ? 3 : isNamed ? 5 : 4);
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it('tells nothing of an address by a wrong code', async () => {
    const unverified = await addUser({ email_verified: 0 });
    const verified = await addUser();
    const { here } = mailbox();
    const { post } = client(here, name);
    await post('verify-email/send', named(unverified));
    const answers = [];
    for (const person of [unverified, verified, newUser()]) {
      const { password } = person;
      for (const guess of [password, 'a wrong one']) {
        answers.push(
          shown(await post('verify-email', { ...named(person), password: guess, code: '000000' })),
        );
      }
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('never lets the mailbox alone, or the password alone, open an account', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const squatter = newUser();
    const body = { ...named(squatter), email: squatter.email, password: squatter.password };
    await post('register', body);
    const code = codeIn(to(squatter.email));
    const guess = { ...named(squatter), password: 'the owner’s own idea', code };
    expect((await post('verify-email', guess)).status).toBe(400);
    expect((await login(squatter)).status).toBe(401);

    // The owner asks to register too, and has a code that goes with their own password alone.
    const owner = { ...newUser(), email: squatter.email, password: 'my own words' };
    await post('register', { ...named(owner), email: owner.email, password: owner.password });
    const own = { ...named(owner), code: codeIn(to(owner.email)) };
    const answers = [];
    for (const password of [squatter.password, owner.password]) {
      answers.push((await post('verify-email', { ...own, password })).status);
    }
    expect(answers).toEqual([400, contract.responses.done.render().status]);
    expect((await login(squatter)).status).toBe(401);
    expect((await login(owner)).status).toBe(200);
  });

  it('gives an account to the owner of the mailbox who resets its password', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const squatter = newUser();
    const body = { ...named(squatter), email: squatter.email, password: squatter.password };
    await post('register', body);
    await post('forgot-password', { email: squatter.email });
    const token = tokenIn(to(squatter.email));
    const password = 'my own words';
    expect((await post('reset-password', { token, password })).status).toBe(
      contract.responses.done.render().status,
    );
    expect((await login(squatter)).status).toBe(401);
    expect((await login({ ...squatter, password })).status).toBe(200);
  });

  it('lets one of many who bring the same code at once', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = await addUser({ email_verified: 0 });
    await post('verify-email/send', named(person));
    const proof = { ...named(person), password: person.password, code: codeIn(to(person.email)) };
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('verify-email', proof)));
    const { status } = contract.responses.done.render();
    expect(answers.filter((answer) => answer.status === status)).toHaveLength(1);
  });

  it('stores a parallel registration for each letter, and a username once', async () => {
    const { here, to } = mailbox();
    const person = newUser();
    const body = { ...named(person), email: person.email, password: person.password };
    const { post } = client(here, name);
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('register', body)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set(isNamed ? [202, 409] : [202]));
    const codes = to(person.email).filter(({ text }) => /\b\d{6}\b/.test(text));
    const stored = await env.DB.prepare('SELECT count(*) AS n FROM registrations WHERE email = ?')
      .bind(person.email)
      .first<number>('n');
    expect([codes.length, stored]).toEqual(isNamed ? [1, 1] : [5, 5]);
  });

  it('takes five tries at a code, however they come, and no sixth with the right one', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = await addUser({ email_verified: 0 });
    await post('verify-email/send', named(person));
    const code = codeIn(to(person.email));
    const wrong = code === '000000' ? '000001' : '000000';
    const proof = { ...named(person), password: person.password };
    await Promise.all(
      Array.from({ length: 5 }, () => post('verify-email', { ...proof, code: wrong })),
    );
    const locked = refusalWire(contract, LOCKED, { nowMs: 0, traceId: '' }).status;
    expect((await post('verify-email', { ...proof, code })).status).toBe(locked);
    moveClock(901);
    await post('verify-email/send', named(person));
    const fresh = codeIn(to(person.email));
    expect((await post('verify-email', { ...proof, code: fresh })).status).toBe(
      contract.responses.done.render().status,
    );
  });

  it('sends five codes and three links an hour to one address', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = await addUser({ email_verified: 0 });
    await Promise.all(Array.from({ length: 8 }, () => post('verify-email/send', named(person))));
    expect(to(person.email)).toHaveLength(5);
    await Promise.all(
      Array.from({ length: 8 }, () => post('forgot-password', { email: person.email })),
    );
    expect(to(person.email)).toHaveLength(8);
  });

  it('takes a code for ten minutes and a link for an hour', async () => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = await addUser({ email_verified: 0 });
    await post('verify-email/send', named(person));
    await post('forgot-password', { email: person.email });
    const proof = { ...named(person), password: person.password, code: codeIn(to(person.email)) };
    const reset = { token: tokenIn(to(person.email)), password: 'something else entirely' };
    moveClock(601);
    expect((await post('verify-email', proof)).status).toBe(400);
    moveClock(3001);
    expect((await post('reset-password', reset)).status).toBe(400);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it('lifts a lock with a reset, the final one too', async () => {
    const { here, to } = mailbox({ LOCKOUT: { threshold: 2, stopAfterFailures: 2 } });
    const { post, login } = client(here, name);
    const person = await addUser();
    for (let n = 0; n < 2; n += 1) await login({ ...person, password: 'a wrong one' });
    expect((await login(person)).status).not.toBe(200);
    await post('forgot-password', { email: person.email });
    const renewed = { ...person, password: 'something else entirely' };
    const token = tokenIn(to(person.email));
    await post('reset-password', { token, password: renewed.password });
    expect((await login(renewed)).status).toBe(200);
  });

  it('lets one of many who follow the same link at once', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser();
    await post('forgot-password', { email: person.email });
    const token = tokenIn(to(person.email));
    const wishes = Array.from({ length: 6 }, (_, n) => `the new password, number ${n}`);
    const answers = await Promise.all(
      wishes.map((password) => post('reset-password', { token, password })),
    );
    const won = answers.findIndex(
      ({ status }) => status === contract.responses.done.render().status,
    );
    expect(answers.filter(({ status }) => status !== 400)).toHaveLength(1);
    expect((await login({ ...person, password: wishes[won] ?? '' })).status).toBe(200);
  });

  it('keeps everything as it was where the database fails, and says so in its own shape', async () => {
    const { here, to } = mailbox();
    const person = await addUser();
    const { access: token } = held(await client(here, name).login(person));
    await client(here, name).post('forgot-password', { email: person.email });
    const link = tokenIn(to(person.email));
    const failing = createTestApp({}, (call, proceed) =>
      call.to === 'database' && call.what.some((sql) => /^(insert|update|delete)/i.test(sql))
        ? Promise.reject(new Error('lost'))
        : proceed(),
    );
    const { post } = client(failing, name);
    const fresh = newUser();
    const answers = [
      await post('register', { ...named(fresh), email: fresh.email, password: fresh.password }),
      await post('reset-password', { token: link, password: 'something else entirely' }),
      await post(
        'change-password',
        { currentPassword: person.password, newPassword: 'something else entirely' },
        { token },
      ),
      await post('delete-account', { password: person.password }, { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect((await client(here, name).login(person)).status).toBe(200);
    expect((await client(here, name).profile(token)).status).toBe(200);
    const reset = { token: link, password: 'something else entirely' };
    expect((await client(here, name).post('reset-password', reset)).status).toBe(
      contract.responses.done.render().status,
    );
  });
});
