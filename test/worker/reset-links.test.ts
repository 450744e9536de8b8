/** Reset links are valid side by side: asking for more does not end the owner's. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { captureConsole } from '../support/captured-console.ts';
import { failing } from '../support/faults.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, oneOfEachKind, newUser, type TestUser } from '../support/test-app.ts';

const PASSWORD = 'something else entirely';
const HOUR_MS = 3_600_000;

const challengesOf = async (userId: number) =>
  (
    await env.DB.prepare('SELECT purpose FROM challenges WHERE user_id = ? ORDER BY purpose')
      .bind(userId)
      .all<{ purpose: string }>()
  ).results.map(({ purpose }) => purpose);

/** Asks for `amount` links; `links` has the newest one after each request. */
async function withLinks(name: string, user: TestUser, amount: number) {
  const { app, to } = mailbox();
  const { ask, login } = client(app, name);
  const links: string[] = [];
  for (let n = 0; n < amount; n += 1) {
    await ask('forgot-password', byAddress(user.email));
    links.push(tokenIn(to(user.email)));
  }
  const reset = async (token = '', password = PASSWORD) =>
    (await ask('reset-password', { token, password })).status;
  return { links, reset, to, ask, login };
}

// Links are the core's; contracts differ in the name that a reset is for.
describe.each(oneOfEachKind)('$name', (own) => {
  const { name, status, statusAt, named, application, isByUsername } = own;
  const { done } = statusAt('reset-password');

  it('leaves the owner’s first link good for its hour, whatever strangers ask for after it', async () => {
    const user = await addUser();
    const { links, reset, to, ask, login } = await withLinks(name, user, 5);
    // The limit: the fourth and the fifth request sent nothing.
    expect(to(user.email)).toHaveLength(3);
    expect(new Set(links).size).toBe(3);
    expect(to(user.email)[0]?.text).toContain('for 1 hour.');
    moveClock(HOUR_MS - 1);
    await ask('forgot-password', byAddress(user.email));
    expect(to(user.email)).toHaveLength(3);
    expect(await reset(links[0])).toBe(done);
    expect((await login({ ...user, password: PASSWORD })).status).toBe(status.granted);
  });

  it('ends a link with its hour, at the moment that the next one can be sent', async () => {
    const user = await addUser();
    const { links, reset, to, ask } = await withLinks(name, user, 3);
    moveClock(HOUR_MS);
    expect(await reset(links[2])).toBe(status['invalid-link']);
    await ask('forgot-password', byAddress(user.email));
    expect(to(user.email)).toHaveLength(4);
    expect(await reset(tokenIn(to(user.email)))).toBe(done);
  });

  it('ends the other links with the one that is used, and nobody else’s', async () => {
    const [user, other] = [await addUser(), await addUser({ email_verified: 0 })];
    const others = await withLinks(name, other, 1);
    await others.ask('send-code', named(other));
    const { links, reset } = await withLinks(name, user, 3);
    expect(await reset(links[1])).toBe(done);
    for (const link of links) expect(await reset(link)).toBe(status['invalid-link']);
    expect(await challengesOf(user.id)).toEqual([]);
    expect(await challengesOf(other.id)).toEqual(['reset-password', 'verify-email']);
    expect(await others.reset(others.links[0])).toBe(done);
  });

  it.each(['password', 'address'])('ends all links with a changed %s', async (change) => {
    const user = await addUser();
    const { links, reset, ask, login, to } = await withLinks(name, user, 2);
    const { access: token } = tokensOf(await login(user));
    const { password } = user;
    if (change === 'password') {
      const body = { currentPassword: password, newPassword: 'a new one, rather long' };
      expect((await ask('change-password', body, { token })).status).toBe(
        statusAt('change-password').done,
      );
    } else {
      const email = `moved-${user.email}`;
      await ask('change-email', { email, password }, { token });
      const body = { code: codeIn(to(email)) };
      expect((await ask('confirm-email', body, { token })).status).toBe(
        statusAt('confirm-email').done,
      );
    }
    for (const link of links) expect(await reset(link)).toBe(status['invalid-link']);
    const isStillRight = change === 'address' && isByUsername;
    expect((await login(user)).status).toBe(isStillRight ? status.granted : status.invalid);
  });

  it('gives a registration to the owner of the mailbox with the first link used, and ends the others', async () => {
    const user = newUser();
    const { app, to } = mailbox();
    const { ask, login } = client(app, name);
    await ask('register', application(user));
    const { links, reset } = await withLinks(name, user, 2);
    expect(await reset(links[0])).toBe(done);
    expect(await reset(links[1])).toBe(status['invalid-link']);
    expect((await login(user)).status).toBe(status.invalid);
    expect((await login({ ...user, password: PASSWORD })).status).toBe(status.granted);
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    expect((await ask('verify-email', proof)).status).toBe(status['invalid-code']);
  });
});

it('lets one of three links that are used at once set the password', async () => {
  const user = await addUser();
  const { links, reset, login } = await withLinks('email-cookie', user, 3);
  const passwords = links.map((_, n) => `the new one, ${n} of 3`);
  const statuses = await Promise.all(links.map((token, n) => reset(token, passwords[n])));
  expect(statuses.toSorted()).toEqual([204, 400, 400]);
  const password = passwords[statuses.indexOf(204)] ?? '';
  expect((await login({ ...user, password })).status).toBe(200);
});

it('replaces the code that was sent before, and no link, and nothing of others', async () => {
  const [user, other] = [
    await addUser({ email_verified: 0 }),
    await addUser({ email_verified: 0 }),
  ];
  const { ask } = client(mailbox().app, 'email-cookie');
  for (const { email } of [other, user, user]) {
    await ask('send-code', byAddress(email));
    await ask('forgot-password', byAddress(email));
  }
  const links = ['reset-password', 'reset-password'];
  expect(await challengesOf(user.id)).toEqual([...links, 'verify-email']);
  expect(await challengesOf(other.id)).toEqual(['reset-password', 'verify-email']);
});

it('resets the password where the lockout cannot be reached, and logs each failure once', async () => {
  const captured = captureConsole();
  const { app, to, calls } = mailbox(
    {},
    failing(({ method }) => method === 'clear'),
  );
  const { ask, login } = client(app, 'email-cookie');
  const user = await addUser();
  await ask('forgot-password', byAddress(user.email));
  const reset = { token: tokenIn(to(user.email)), password: PASSWORD };
  expect((await ask('reset-password', reset)).status).toBe(204);
  const failures = captured.take().filter((line) => line.includes('"event":"failure"'));
  // Each is asked for two times.
  const names = calls.filter(({ method }) => method === 'clear').map(({ what }) => what[0]);
  expect(names).not.toEqual([]);
  expect(failures).toHaveLength(new Set(names).size);
  expect((await login({ ...user, password: PASSWORD })).status).toBe(200);
});
