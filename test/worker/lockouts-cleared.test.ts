/** When failures are forgotten: all of a user's at once, and those at a name that becomes somebody's. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';
import { byEmail, byUsername, failAt, here, LOCKED, ofName, WRONG } from '../support/lockouts.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { operator } from '../support/operator.ts';
import { client, held } from '../support/session.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});

describe.each(contractCases)('$name', ({ name, contract }) => {
  const isNamed = contract.identifier === 'username';

  it('forgets failures at a name with the registration that makes it somebody’s', async () => {
    const { here: mailed, to } = mailbox();
    const { post, login } = client(mailed, name);
    const proven = newUser();
    const { email, password } = proven;
    for (const at of [byEmail, byUsername]) await failAt(at.login, proven, 4);
    await post('register', { ...ofName(proven, isNamed), email, password });
    const proof = { ...ofName(proven, isNamed), password, code: codeIn(to(email)) };
    expect((await post('verify-email', proof)).status).toBe(
      contract.responses.done.render().status,
    );
    // Also at the one that the proof did not name.
    for (const at of isNamed ? [byEmail, byUsername] : [{ login }]) {
      await failAt(at.login, proven, 4);
      expect((await at.login(proven)).status).toBe(200);
    }
  });

  it('forgets failures at a name with the reset that makes it somebody’s', async () => {
    const { here: mailed, to } = mailbox();
    const { post, login } = client(mailed, name);
    const fresh = newUser();
    const { email } = fresh;
    await post('register', { ...ofName(fresh, isNamed), email, password: fresh.password });
    for (const at of [byEmail, byUsername]) await failAt(at.login, fresh);
    await post('forgot-password', { email });
    const password = 'something else entirely';
    await post('reset-password', { token: tokenIn(to(email)), password });
    expect((await login({ ...fresh, password })).status).toBe(200);
  });
});

describe('all lockouts of a user are cleared', () => {
  /** Both names and the sessions' checks, each locked. */
  async function lockedUser() {
    // As an import may have it: names are counted without case.
    const name = `Loud-${crypto.randomUUID()}`;
    const columns = { username: name, username_key: name.toLowerCase() };
    const person = { ...(await addUser(columns)), username: name.toLowerCase() };
    const { access: token } = held(await byEmail.login(person));
    await failAt(byEmail.login, person);
    await failAt(byUsername.login, person);
    const wrong = { password: WRONG };
    for (let n = 0; n < 5; n += 1) await byEmail.post('delete-account', wrong, { token });
    expect((await byEmail.post('delete-account', wrong, { token })).status).toBe(LOCKED);
    return { person, token };
  }

  it('by an operator’s unlock, who saw them together', async () => {
    const { person, token } = await lockedUser();
    const { json } = operator(here);
    const path = `/users/${person.id}` as const;
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
    expect((await byEmail.login(person)).status).toBe(200);
    expect((await byUsername.login(person)).status).toBe(200);
    expect((await byEmail.post('delete-account', { password: WRONG }, { token })).status).toBe(401);
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: true });
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: false });
  });

  it('by a reset', async () => {
    const { person } = await lockedUser();
    const { here: mailed, to } = mailbox();
    const { post } = client(mailed, 'email-cookie');
    await post('forgot-password', { email: person.email });
    const password = 'something else entirely';
    await post('reset-password', { token: tokenIn(to(person.email)), password });
    const renewed = { ...person, password };
    // What this isolate was told of the locks is not believed any more where they were lifted.
    const { access: token } = held(await client(mailed, 'email-cookie').login(renewed));
    expect((await client(mailed, 'username-pair').login(renewed)).status).toBe(200);
    const answer = await post('delete-account', { password: WRONG }, { token });
    expect(answer.status).toBe(401);
  });

  it('where the user is deleted: none is kept for ever', async () => {
    const strict = createTestApp({ LOCKOUT: { threshold: 2, stopAfterFailures: 2 } });
    for (const at of ['the owner', 'an operator'] as const) {
      const person = await addUser();
      const { login, post } = client(strict, 'username-pair');
      const { access: token } = held(await login(person));
      await failAt(login, person, 2);
      if (at === 'the owner')
        await post('delete-account', { password: person.password }, { token });
      else await operator(strict).call(`DELETE /users/${person.id}`);
      expect((await login({ ...person, password: WRONG })).status).toBe(401);
    }
  });
});

it('forgets failures at an address that an account moves to, made while it was not its own', async () => {
  const { here: mailed, to } = mailbox();
  const { post, login } = client(mailed, 'email-cookie');
  const person = await addUser();
  const { access: token } = held(await login(person));
  const moved = { ...person, email: `new-${person.email}` };
  await failAt(login, moved);
  await post('change-email', { email: moved.email, password: person.password }, { token });
  await post('change-email/confirm', { code: codeIn(to(moved.email)) }, { token });
  expect((await login(moved)).status).toBe(200);
});
