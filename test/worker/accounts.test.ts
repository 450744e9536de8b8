/** The life of an account over HTTP, in every contract: from the first e-mail to the last. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { actionsOf } from '../support/operator.ts';
import { client, tokensOf, WRONG } from '../support/session.ts';
import { addUser, contractCases, count, newUser } from '../support/test-app.ts';

describe.each(contractCases)('$name', ({ name, contract, status, named, application }) => {
  const { done } = status;
  const open = () => {
    const { app, to, calls } = mailbox();
    return { ...client(app, name), to, calls };
  };

  it('registers, proves the mailbox, signs in, forgets, resets, and signs in anew', async () => {
    const { post, login, profile, to } = open();
    const user = newUser();
    const { email, password } = user;
    expect((await post('register', application(user))).status).toBe(202);
    expect(to(email)).toHaveLength(1);
    expect((await login(user)).status).toBe(401);
    const code = codeIn(to(email));
    expect((await post('verify-email', { ...named(user), password, code })).status).toBe(done);
    const { access } = tokensOf(await login(user));
    expect((await profile(access)).status).toBe(200);

    expect((await post('forgot-password', { email })).status).toBe(202);
    const renewed = { ...user, password: `another way to ${email}` };
    const token = tokenIn(to(email));
    expect((await post('reset-password', { token, password: renewed.password })).status).toBe(done);
    expect((await profile(access)).status).toBe(401);
    expect((await login(user)).status).toBe(401);
    expect((await login(renewed)).status).toBe(200);
    expect(to(email)).toHaveLength(3);
    const again = await post('reset-password', { token, password: 'once more, with feeling' });
    expect(again.status).toBe(400);
  });

  it('verifies an address, and then admits who was refused for it', async () => {
    const { post, login, profile, to } = open();
    const user = await addUser({ email_verified: 0 });
    const before = await login(user);
    expect(before.status).toBe(contract.requiresVerifiedEmail ? 403 : 200);
    expect((await post('verify-email/send', named(user))).status).toBe(202);
    const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
    expect((await post('verify-email', proof)).status).toBe(done);
    if (before.status === 200) expect((await profile(tokensOf(before).access)).status).toBe(401);
    expect((await login(user)).status).toBe(200);
    expect((await post('verify-email', proof)).status).toBe(400);
    expect(await actionsOf(user.id)).toEqual(
      expect.arrayContaining(['CODE_SENT', 'EMAIL_VERIFIED', 'CODE_CHECK_FAILED']),
    );
  });

  it('changes a password for who knows the current one, and ends the other sessions', async () => {
    const { post, login, profile, refresh, to } = open();
    const user = await addUser();
    const [other, own] = [tokensOf(await login(user)), tokensOf(await login(user))];
    const renewed = { ...user, password: 'a new one, rather long' };
    const change = (currentPassword: string) =>
      post(
        'change-password',
        { currentPassword, newPassword: renewed.password },
        { token: own.access },
      );
    expect((await change(WRONG)).status).toBe(401);
    expect((await change(user.password)).status).toBe(done);
    expect((await profile(own.access)).status).toBe(200);
    expect((await profile(other.access)).status).toBe(401);
    expect((await login(user)).status).toBe(401);
    expect((await login(renewed)).status).toBe(200);
    expect(to(user.email).map(({ subject }) => subject)).toEqual([
      'Your password for Gatehouse was changed',
    ]);
    if (own.refresh !== '') {
      expect((await refresh(own.refresh)).status).toBe(200);
      expect((await refresh(other.refresh)).status).toBe(401);
    }
    expect(await actionsOf(user.id)).toEqual(
      expect.arrayContaining(['PASSWORD_CHECK_FAILED', 'PASSWORD_CHANGED']),
    );
  });

  it('changes an address once the code comes back from it, and tells the old one', async () => {
    const { post, login, to } = open();
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    const email = `moved-${user.email}`;
    const ask = (password: string) => post('change-email', { email, password }, { token });
    const confirm = (code: string) => post('change-email/confirm', { code }, { token });
    expect((await ask(WRONG)).status).toBe(401);
    expect((await ask(user.password)).status).toBe(202);
    expect([to(email).length, to(user.email).length]).toEqual([1, 1]);
    const code = codeIn(to(email));
    expect((await confirm(otherThan(code))).status).toBe(400);
    expect((await confirm(code)).status).toBe(done);
    expect(to(user.email).map(({ subject }) => subject)).toEqual([
      'A new address was asked for at Gatehouse',
      'Your address for Gatehouse was changed',
    ]);
    expect((await confirm(code)).status).toBe(400);
    const row = await env.DB.prepare('SELECT email, email_verified FROM users WHERE id = ?')
      .bind(user.id)
      .first();
    expect(row).toEqual({ email, email_verified: 1 });
    expect((await login({ ...user, email })).status).toBe(200);
  });

  it('deletes an account with all that is personal, and the audit keeps a pseudonym', async () => {
    const { post, login, profile } = open();
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    expect((await post('delete-account', { password: WRONG }, { token })).status).toBe(401);
    const pseudonym = await env.DB.prepare('SELECT subject FROM audit_events WHERE user_id = ?')
      .bind(user.id)
      .first<string>('subject');
    const deletion = await post('delete-account', { password: user.password }, { token });
    expect(deletion.status).toBe(done);
    expect((await profile(token)).status).toBe(401);
    expect((await login(user)).status).toBe(401);
    expect(await count('sessions', user.id)).toBe(0);
    expect(await count('audit_events', user.id)).toBe(0);
    const { results } = await env.DB.prepare(
      'SELECT action, user_id, address FROM audit_events WHERE subject = ? ORDER BY id',
    )
      .bind(pseudonym)
      .all();
    expect(results).toEqual(
      ['LOGIN', 'PASSWORD_CHECK_FAILED', 'ACCOUNT_DELETED'].map((action) => ({
        action,
        user_id: null,
        address: '',
      })),
    );
  });

  it.each(['change-password', 'change-email', 'change-email/confirm', 'delete-account'])(
    'refuses %s without a valid token, and writes nothing',
    async (operation) => {
      const { post, calls } = open();
      const passwords = { currentPassword: 'x', newPassword: 'y', password: 'x' };
      const body = { ...passwords, code: '123456', email: 'somebody@example.com' };
      for (const token of ['', 'a.b.c']) {
        const { status, headers } = await post(operation, body, { token });
        expect(status).toBe(401);
        expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
      }
      expect(calls.filter(({ to, method }) => to === 'database' && method !== 'all')).toEqual([]);
    },
  );

  it.each([
    ['register', {}],
    ['register', { username: 'ab', email: 'no address', password: '' }],
    ['register', { username: 'not a name', email: 'a@b', password: 'long enough' }],
    ['verify-email/send', { email: 7, username: 7 }],
    ['verify-email', { username: 'someone', email: 'a@example.com', password: 'x', code: '12345' }],
    ['verify-email', { username: 'someone', email: 'a@example.com', password: 'x', code: 123456 }],
    ['forgot-password', {}],
    ['reset-password', { token: '', password: 'x' }],
    ['change-password', { currentPassword: 'x' }],
    ['change-email', { email: 'no address', password: 'x' }],
    ['change-email/confirm', { code: 'abcdef' }],
    ['delete-account', []],
  ])('refuses a malformed %s, and only counts the attempt', async (operation, body) => {
    const { post, calls } = open();
    expect((await post(operation, body)).status).toBe(status.malformed);
    expect(calls.map(({ to, method }) => [to, method])).toEqual([['limits', 'consume']]);
  });
});
