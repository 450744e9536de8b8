/** Reset links stand side by side: strangers who ask for more do not void the owner's. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccountLockout, RateLimiter } from '../../src/worker.ts';
import { addUser, contractCases, type TestUser } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

beforeEach(() => {
  // Alarms keep the real time, and would ring without a pause.
  vi.spyOn(AccountLockout.prototype, 'alarm').mockResolvedValue();
  vi.spyOn(RateLimiter.prototype, 'alarm').mockResolvedValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const moveClock = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
const freeze = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });

const PASSWORD = 'something else entirely';

const challengesOf = async (userId: number) =>
  (
    await env.DB.prepare('SELECT purpose FROM challenges WHERE user_id = ? ORDER BY purpose')
      .bind(userId)
      .all<{ purpose: string }>()
  ).results.map(({ purpose }) => purpose);

describe.each(contractCases)('$name', ({ name, contract }) => {
  const done = contract.responses.done.render().status;
  const isNamed = contract.identifier === 'username';
  const named = ({ username, email }: TestUser) => (isNamed ? { username } : { email });

  /** A link for each letter that was asked for. */
  async function asked(person: TestUser, amount: number) {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const links: string[] = [];
    for (let n = 0; n < amount; n += 1) {
      await post('forgot-password', { email: person.email });
      links.push(tokenIn(to(person.email)));
    }
    const reset = async (token = '', password = PASSWORD) =>
      (await post('reset-password', { token, password })).status;
    return { links, reset, to, post, login };
  }

  it('leaves the owner’s first link good for its hour, whatever strangers ask for after it', async () => {
    freeze();
    const person = await addUser();
    const { links, reset, to, post, login } = await asked(person, 5);
    // The limit: the fourth and the fifth sent nothing.
    expect(to(person.email)).toHaveLength(3);
    expect(new Set(links).size).toBe(3);
    expect(to(person.email)[0]?.text).toContain('for 60 minutes');
    moveClock(3_599_999);
    await post('forgot-password', { email: person.email });
    expect(to(person.email)).toHaveLength(3);
    expect(await reset(links[0])).toBe(done);
    expect((await login({ ...person, password: PASSWORD })).status).toBe(200);
  });

  it('ends a link with its hour, at the moment that the next one can be sent', async () => {
    freeze();
    const person = await addUser();
    const { links, reset, to, post } = await asked(person, 3);
    moveClock(3_600_000);
    expect(await reset(links[2])).toBe(400);
    await post('forgot-password', { email: person.email });
    expect(to(person.email)).toHaveLength(4);
    expect(await reset(tokenIn(to(person.email)))).toBe(done);
  });

  it('ends the other links with the one that is used, and nobody else’s', async () => {
    const [person, other] = [await addUser(), await addUser({ email_verified: 0 })];
    const theirs = await asked(other, 1);
    await theirs.post('verify-email/send', named(other));
    const { links, reset } = await asked(person, 3);
    expect(await reset(links[1])).toBe(done);
    expect([await reset(links[0]), await reset(links[1]), await reset(links[2])]).toEqual([
      400, 400, 400,
    ]);
    expect(await challengesOf(person.id)).toEqual([]);
    expect(await challengesOf(other.id)).toEqual(['reset-password', 'verify-email']);
    expect(await theirs.reset(theirs.links[0])).toBe(done);
  });

  it('ends all links with a changed password or address', async () => {
    for (const change of ['password', 'address'] as const) {
      const person = await addUser();
      const { links, reset, post, login, to } = await asked(person, 2);
      const { access: token } = held(await login(person));
      if (change === 'password') {
        const body = { currentPassword: person.password, newPassword: 'a new one, rather long' };
        expect((await post('change-password', body, { token })).status).toBe(done);
      } else {
        const email = `moved-${person.email}`;
        await post('change-email', { email, password: person.password }, { token });
        const code = codeIn(to(email));
        expect((await post('change-email/confirm', { code }, { token })).status).toBe(done);
      }
      expect([change, await reset(links[0]), await reset(links[1])]).toEqual([change, 400, 400]);
      expect((await login(person)).status).toBe(change === 'password' ? 401 : isNamed ? 200 : 401);
    }
  });

  it('sends links side by side for a registration, and the first that is used ends them', async () => {
    const person = newUser();
    const { email, password } = person;
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    await post('register', { ...named(person), email, password });
    const { links, reset } = await asked(person, 2);
    expect(await reset(links[0])).toBe(done);
    expect(await reset(links[1])).toBe(400);
    expect((await login({ ...person, password: PASSWORD })).status).toBe(200);
    const proof = { ...named(person), password, code: codeIn(to(email)) };
    expect((await post('verify-email', proof)).status).toBe(400);
  });
});

it('lets one of three links that are used at once set the password', async () => {
  const person = await addUser();
  const { here, to } = mailbox();
  const { post, login } = client(here, 'email-cookie');
  const links: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    await post('forgot-password', { email: person.email });
    links.push(tokenIn(to(person.email)));
  }
  const answers = await Promise.all(
    links.map((token, n) => post('reset-password', { token, password: `the new one, ${n} of 3` })),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([204, 400, 400]);
  const password = `the new one, ${statuses.indexOf(204)} of 3`;
  expect((await login({ ...person, password })).status).toBe(200);
});

it('replaces the code that was sent before, and no link, and nothing of others', async () => {
  const [person, other] = [
    await addUser({ email_verified: 0 }),
    await addUser({ email_verified: 0 }),
  ];
  const { here } = mailbox();
  const { post } = client(here, 'email-cookie');
  for (const { email } of [other, person, person]) {
    await post('verify-email/send', { email });
    await post('forgot-password', { email });
  }
  expect(await challengesOf(person.id)).toEqual([
    'reset-password',
    'reset-password',
    'verify-email',
  ]);
  expect(await challengesOf(other.id)).toEqual(['reset-password', 'verify-email']);
});
