/** Codes and links open an account to the owner of the mailbox alone, once, and for a while. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { InputOf } from '../../src/flows/operations.ts';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { client, moveClock, visible, WRONG } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, oneOfEachKind, count, newUser } from '../support/test-app.ts';

// Codes and links are the core's; what an answer looks like, test/golden has of every contract.
describe.each(oneOfEachKind)('$name', (own) => {
  const { name, status, statusAt, named, application, registersUsername } = own;
  const { done, locked } = status;
  const open = (settings: object = {}) => {
    const { app, to } = mailbox(settings);
    return { ...client(app, name), to };
  };

  it('answers every wrong code alike, with the right password or a wrong one', async () => {
    const unverified = await addUser({ email_verified: 0 });
    const { ask } = open();
    await ask('send-code', named(unverified));
    const answers = [];
    for (const user of [unverified, await addUser(), newUser()]) {
      for (const password of [user.password, WRONG]) {
        const proof = { ...named(user), password, code: '000000' };
        answers.push(visible(await ask('verify-email', proof)));
      }
    }
    expect(new Set(answers).size).toBe(1);
  });

  it('never lets the mailbox alone, or the password alone, open an account', async () => {
    const { ask, login, to } = open();
    const squatter = newUser();
    await ask('register', application(squatter));
    const code = codeIn(to(squatter.email));
    const guess = { ...named(squatter), password: 'the owner’s own idea', code };
    expect((await ask('verify-email', guess)).status).toBe(status['invalid-code']);
    expect((await login(squatter)).status).toBe(status.invalid);

    // The owner asks to register too, and has a code that goes with their own password alone.
    const owner = { ...newUser(), email: squatter.email, password: 'my own words' };
    await ask('register', application(owner));
    const own = { ...named(owner), code: codeIn(to(owner.email)) };
    const verify = (password: string) => ask('verify-email', { ...own, password });
    expect((await verify(squatter.password)).status).toBe(status['invalid-code']);
    expect((await verify(owner.password)).status).toBe(done);
    expect((await login(squatter)).status).toBe(status.invalid);
    expect((await login(owner)).status).toBe(status.granted);
  });

  it('takes a code once, and a link once, of many requests at the same time', async () => {
    const { ask, login, to } = open();
    const user = await addUser({ email_verified: 0 });
    await ask('send-code', named(user));
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    const proofs = await Promise.all(Array.from({ length: 5 }, () => ask('verify-email', proof)));
    expect(proofs.filter((answer) => answer.status === done)).toHaveLength(1);

    await ask('forgot-password', byAddress(user.email));
    const token = tokenIn(to(user.email));
    const passwords = Array.from({ length: 6 }, (_, n) => `the new password, number ${n}`);
    const resets = await Promise.all(
      passwords.map((password) => ask('reset-password', { token, password })),
    );
    const won = resets.findIndex((answer) => answer.status === statusAt('reset-password').done);
    expect(resets.filter((answer) => answer.status !== status['invalid-link'])).toHaveLength(1);
    expect((await login({ ...user, password: passwords[won] ?? '' })).status).toBe(status.granted);
  });

  it('stores a parallel registration for each e-mail, and a username once', async () => {
    const { ask, to } = open();
    const user = newUser();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('register', application(user))),
    );
    const statuses = new Set(answers.map((answer) => answer.status));
    expect(statuses).toEqual(
      new Set(registersUsername ? [status.registered, status.taken] : [status.registered]),
    );
    const codes = to(user.email).filter(({ text }) => /\b\d{6}\b/.test(text));
    const stored = await env.DB.prepare('SELECT count(*) AS n FROM registrations WHERE email = ?')
      .bind(user.email)
      .first<number>('n');
    expect([codes.length, stored]).toEqual(registersUsername ? [1, 1] : [5, 5]);
  });

  it('takes five tries at a code, however they come, and no sixth with the right one', async () => {
    const { ask, to } = open();
    const user = await addUser({ email_verified: 0 });
    const { password } = user;
    const verify = (code: string) => ask('verify-email', { ...named(user), password, code });
    await ask('send-code', named(user));
    const code = codeIn(to(user.email));
    await Promise.all(Array.from({ length: 5 }, () => verify(otherThan(code))));
    expect((await verify(code)).status).toBe(locked);
    moveClock(901_000);
    await ask('send-code', named(user));
    expect((await verify(codeIn(to(user.email)))).status).toBe(done);
  });

  it('sends five codes and three links an hour to one address', async () => {
    const { ask, to } = open();
    const { email, username } = await addUser({ email_verified: 0 });
    const eight = (operation: 'send-code' | 'forgot-password', input: InputOf<'send-code'>) =>
      Promise.all(Array.from({ length: 8 }, () => ask(operation, input)));
    await eight('send-code', named({ email, username }));
    expect(to(email)).toHaveLength(5);
    await eight('forgot-password', byAddress(email));
    expect(to(email)).toHaveLength(8);
  });

  it('takes a code for ten minutes and a link for an hour', async () => {
    const { ask, to } = open();
    const user = await addUser({ email_verified: 0 });
    await ask('send-code', named(user));
    await ask('forgot-password', byAddress(user.email));
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    const reset = { token: tokenIn(to(user.email)), password: 'something else entirely' };
    moveClock(600_000);
    expect((await ask('verify-email', proof)).status).toBe(status['invalid-code']);
    moveClock(3_000_000);
    expect((await ask('reset-password', reset)).status).toBe(status['invalid-link']);
    expect(await count('sessions', user.id)).toBe(0);
  });

  it('unlocks an account by a reset, also one that only a reset unlocks', async () => {
    const { ask, login, fail, to } = open({ LOCKOUT: { threshold: 2, stopAfterFailures: 2 } });
    const user = await addUser();
    await fail(user, 2);
    expect((await login(user)).status).toBe(locked);
    await ask('forgot-password', byAddress(user.email));
    const password = 'something else entirely';
    await ask('reset-password', { token: tokenIn(to(user.email)), password });
    expect((await login({ ...user, password })).status).toBe(status.granted);
  });
});
