/** The whole story of an account over HTTP, in every contract: from the first mail to the last. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addUser, count, contractCases } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

const actionsOf = async (userId: number) =>
  (
    await env.DB.prepare('SELECT action FROM audit_events WHERE user_id = ? ORDER BY id')
      .bind(userId)
      .all<{ action: string }>()
  ).results.map(({ action }) => action);

describe.each(contractCases)('$name', ({ name, contract }) => {
  const named = (person: { username: string; email: string }) =>
    contract.identifier === 'username' ? { username: person.username } : { email: person.email };
  const done = contract.responses.done.render().status;

  it('registers, proves the mailbox, signs in, forgets, resets, and signs in anew', async () => {
    const { here, to } = mailbox();
    const { post, login, profile } = client(here, name);
    const person = newUser();
    const { email, password } = person;
    const asked = { ...named(person), email, password };

    expect((await post('register', asked)).status).toBe(202);
    expect(to(email)).toHaveLength(1);
    expect((await login(person)).status).toBe(401);
    const code = codeIn(to(email));
    expect((await post('verify-email', { ...named(person), password, code })).status).toBe(done);
    const first = held(await login(person));
    expect((await profile(first.access)).status).toBe(200);

    expect((await post('forgot-password', { email })).status).toBe(202);
    const renewed = { ...person, password: `another way to ${email}` };
    const token = tokenIn(to(email));
    expect((await post('reset-password', { token, password: renewed.password })).status).toBe(done);
    expect((await profile(first.access)).status).toBe(401);
    expect((await login(person)).status).toBe(401);
    expect((await login(renewed)).status).toBe(200);
    expect(to(email).map(({ subject }) => subject)).toHaveLength(3);

    const again = await post('reset-password', { token, password: 'once more, with feeling' });
    expect(again.status).toBe(400);
  });

  it('verifies an address that is not: what was refused for it is admitted', async () => {
    const { here, to } = mailbox();
    const { post, login, profile } = client(here, name);
    const person = await addUser({ email_verified: 0 });
    const refused = contract.requiresVerifiedEmail ? 403 : 200;
    const before = await login(person);
    expect(before.status).toBe(refused);
    expect((await post('verify-email/send', named(person))).status).toBe(202);
    const code = codeIn(to(person.email));
    const proof = { ...named(person), password: person.password, code };
    expect((await post('verify-email', proof)).status).toBe(done);
    if (before.status === 200) expect((await profile(held(before).access)).status).toBe(401);
    expect((await login(person)).status).toBe(200);
    expect((await post('verify-email', proof)).status).toBe(400);
    expect(await actionsOf(person.id)).toEqual(
      expect.arrayContaining(['CODE_SENT', 'EMAIL_VERIFIED', 'CODE_CHECK_FAILED']),
    );
  });

  it('changes a password for who knows the current one, and ends the other sessions', async () => {
    const { here, to } = mailbox();
    const { post, login, profile } = client(here, name);
    const person = await addUser();
    const [other, own] = [held(await login(person)), held(await login(person))];
    const token = own.access;
    const change = (currentPassword: string, newPassword: string) =>
      post('change-password', { currentPassword, newPassword }, { token });
    expect((await change('not the one', 'a new one, rather long')).status).toBe(401);
    expect((await change(person.password, 'a new one, rather long')).status).toBe(done);
    expect((await profile(own.access)).status).toBe(200);
    expect((await profile(other.access)).status).toBe(401);
    expect((await login(person)).status).toBe(401);
    expect((await login({ ...person, password: 'a new one, rather long' })).status).toBe(200);
    expect(to(person.email).map(({ subject }) => subject)).toEqual([
      'Your password for Gatehouse was changed',
    ]);
    if (own.refresh !== '') {
      expect((await client(here, name).refresh(own.refresh)).status).toBe(200);
      expect((await client(here, name).refresh(other.refresh)).status).toBe(401);
    }
    expect(await actionsOf(person.id)).toEqual(
      expect.arrayContaining(['PASSWORD_CHECK_FAILED', 'PASSWORD_CHANGED']),
    );
  });

  it('changes an address once the code comes back from it, and tells the old one', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser();
    const { access: token } = held(await login(person));
    const email = `moved-${person.email}`;
    const ask = { email, password: person.password };
    expect((await post('change-email', { ...ask, password: 'wrong' }, { token })).status).toBe(401);
    expect((await post('change-email', ask, { token })).status).toBe(202);
    expect([to(email).length, to(person.email).length]).toEqual([1, 1]);
    const confirm = (code: string) => post('change-email/confirm', { code }, { token });
    expect((await confirm(codeIn(to(email)) === '000000' ? '000001' : '000000')).status).toBe(400);
    expect((await confirm(codeIn(to(email)))).status).toBe(done);
    expect(to(person.email).map(({ subject }) => subject)).toEqual([
      'A new address was asked for at Gatehouse',
      'Your address for Gatehouse was changed',
    ]);
    expect((await confirm(codeIn(to(email)))).status).toBe(400);
    const row = await env.DB.prepare('SELECT email, email_verified FROM users WHERE id = ?')
      .bind(person.id)
      .first();
    expect(row).toEqual({ email, email_verified: 1 });
    expect((await login({ ...person, email })).status).toBe(200);
  });

  it('deletes an account with all that is personal, and the audit keeps a pseudonym', async () => {
    const { here } = mailbox();
    const { post, login, profile } = client(here, name);
    const person = await addUser();
    const { access: token } = held(await login(person));
    expect((await post('delete-account', { password: 'wrong' }, { token })).status).toBe(401);
    const subject = await env.DB.prepare('SELECT subject FROM audit_events WHERE user_id = ?')
      .bind(person.id)
      .first<string>('subject');
    const gone = await post('delete-account', { password: person.password }, { token });
    expect(gone.status).toBe(contract.responses.loggedOut.render().status);
    expect((await profile(token)).status).toBe(401);
    expect((await login(person)).status).toBe(401);
    expect(await count('sessions', person.id)).toBe(0);
    expect(await count('audit_events', person.id)).toBe(0);
    const { results } = await env.DB.prepare(
      'SELECT action, user_id, address FROM audit_events WHERE subject = ? ORDER BY id',
    )
      .bind(subject)
      .all();
    expect(results.map(({ action }) => action)).toEqual([
      'LOGIN',
      'PASSWORD_CHECK_FAILED',
      'ACCOUNT_DELETED',
    ]);
    for (const row of results) expect(row).toMatchObject({ user_id: null, address: '' });
  });

  it.each(['change-password', 'change-email', 'change-email/confirm', 'delete-account'])(
    'lets nobody without a token near %s',
    async (at) => {
      const { here, calls } = mailbox();
      const { post } = client(here, name);
      const all = { currentPassword: 'x', newPassword: 'y', password: 'x', code: '123456' };
      const body = { ...all, email: 'somebody@example.com' };
      for (const token of ['', 'a.b.c']) {
        const { status, headers } = await post(at, body, { token });
        expect(status).toBe(401);
        expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
      }
      const written = calls.filter(({ to, method }) => to === 'database' && method !== 'all');
      expect(written).toEqual([]);
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
  ])('refuses a malformed %s in its own shape', async (at, body) => {
    const { here, calls } = mailbox();
    const { status } = await client(here, name).post(at, body);
    expect([400, 422]).toContain(status);
    // It counts as an attempt of its address, and nothing else is done.
    expect(calls.map(({ to, method }) => [to, method])).toEqual([['limits', 'consume']]);
  });
});
