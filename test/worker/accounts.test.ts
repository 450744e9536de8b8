/** The life of an account over HTTP, in every contract: from the first e-mail to the last. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { actionsOf } from '../support/operator.ts';
import { client, tokensOf, WRONG } from '../support/session.ts';
import type { Operation } from '../../src/flows/operations.ts';
import { ATTEMPTS } from '../fixtures/attempts.ts';
import { byAddress, challengeOf, challengeTo } from '../support/contract-cases.ts';
import { addUser, contractCases, count, newUser } from '../support/test-app.ts';

/** Operations that an empty body asks for; what is missing then depends on the account. */
const TAKES_NOTHING: ReadonlySet<Operation> = new Set([
  'update-profile',
  'enroll-totp',
  'delete-account',
]);

describe.each(contractCases)(
  '$name',
  ({ name, contract, status, statusAt, inputs, named, application, isByUsername }) => {
    const { done } = status;
    const open = () => {
      const { app, to, calls } = mailbox();
      return { ...client(app, name), to, calls };
    };

    it('registers, proves the mailbox, signs in, forgets, resets, and signs in anew', async () => {
      const { ask, login, profile, to } = open();
      const user = newUser();
      const { email, password } = user;
      expect((await ask('register', application(user))).status).toBe(status.registered);
      expect(to(email)).toHaveLength(1);
      expect((await login(user)).status).toBe(status.invalid);
      const code = codeIn(to(email));
      expect((await ask('verify-email', { ...named(user), password, code })).status).toBe(done);
      const { access } = tokensOf(await login(user));
      expect((await profile(access)).status).toBe(status.granted);

      expect((await ask('forgot-password', byAddress(email))).status).toBe(
        statusAt('forgot-password').accepted,
      );
      const renewed = { ...user, password: `another way to ${email}` };
      const token = tokenIn(to(email));
      expect((await ask('reset-password', { token, password: renewed.password })).status).toBe(
        statusAt('reset-password').done,
      );
      expect((await profile(access)).status).toBe(status.unauthenticated);
      expect((await login(user)).status).toBe(status.invalid);
      expect((await login(renewed)).status).toBe(status.granted);
      // Each of the test's requests comes from a new device.
      const others = to(email).filter(({ subject }) => !subject.startsWith('A new sign-in'));
      expect(others).toHaveLength(3);
      const again = await ask('reset-password', { token, password: 'once more, with feeling' });
      expect(again.status).toBe(status['invalid-link']);
    });

    it('verifies an address, and then admits who was refused for it', async () => {
      const { ask, login, profile, to } = open();
      const user = await addUser({ email_verified: 0 });
      const before = await login(user);
      expect(before.status).toBe(
        contract.requiresVerifiedEmail ? status.unverified : status.granted,
      );
      expect((await ask('send-code', named(user))).status).toBe(status.accepted);
      const proof = { ...named(user), password: user.password, code: codeIn(to(user.email)) };
      expect((await ask('verify-email', proof)).status).toBe(done);
      if (before.status === status.granted) {
        expect((await profile(tokensOf(before).access)).status).toBe(status.unauthenticated);
      }
      expect((await login(user)).status).toBe(status.granted);
      expect((await ask('verify-email', proof)).status).toBe(status['invalid-code']);
      expect(await actionsOf(user.id)).toEqual(
        expect.arrayContaining(['CODE_SENT', 'EMAIL_VERIFIED', 'CODE_CHECK_FAILED']),
      );
    });

    it('changes a password for who knows the current one, and ends the other sessions', async () => {
      const { ask, login, profile, refresh, to } = open();
      const user = await addUser();
      const [other, own] = [tokensOf(await login(user)), tokensOf(await login(user))];
      const renewed = { ...user, password: 'a new one, rather long' };
      const change = (currentPassword: string) =>
        ask(
          'change-password',
          { currentPassword, newPassword: renewed.password },
          { token: own.access },
        );
      expect((await change(WRONG)).status).toBe(status.invalid);
      expect((await change(user.password)).status).toBe(statusAt('change-password').done);
      expect((await profile(own.access)).status).toBe(status.granted);
      expect((await profile(other.access)).status).toBe(status.unauthenticated);
      expect((await login(user)).status).toBe(status.invalid);
      expect((await login(renewed)).status).toBe(status.granted);
      const subjects = to(user.email).map(({ subject }) => subject);
      expect(subjects.filter((subject) => !subject.startsWith('A new sign-in'))).toEqual([
        'Your password for Gatehouse was changed',
      ]);
      if (own.refresh !== '') {
        expect((await refresh(own.refresh)).status).toBe(status.granted);
        expect((await refresh(other.refresh)).status).toBe(statusAt('refresh').unauthenticated);
      }
      expect(await actionsOf(user.id)).toEqual(
        expect.arrayContaining(['PASSWORD_CHECK_FAILED', 'PASSWORD_CHANGED']),
      );
    });

    it('changes an address once the code comes back from it, and tells the old one', async () => {
      const { ask, login, to } = open();
      const user = await addUser();
      const { access: token } = tokensOf(await login(user));
      const email = `moved-${user.email}`;
      const move = (password: string) => ask('change-email', { email, password }, { token });
      const confirm = (code: string) => ask('confirm-email', { code }, { token });
      expect((await move(WRONG)).status).toBe(status.invalid);
      expect((await move(user.password)).status).toBe(status.accepted);
      expect([to(email).length, to(user.email).length]).toEqual([1, 1]);
      const code = codeIn(to(email));
      expect((await confirm(otherThan(code))).status).toBe(status['invalid-code']);
      expect((await confirm(code)).status).toBe(done);
      expect(to(user.email).map(({ subject }) => subject)).toEqual([
        'A new address was asked for at Gatehouse',
        'Your address for Gatehouse was changed',
      ]);
      expect((await confirm(code)).status).toBe(status['invalid-code']);
      const row = await env.DB.prepare('SELECT email, email_verified FROM users WHERE id = ?')
        .bind(user.id)
        .first();
      expect(row).toEqual({ email, email_verified: 1 });
      expect((await login({ ...user, email })).status).toBe(status.granted);
    });

    it.each(['delete-account', 'change-password'] as const)(
      'asks for the password, whatever was proven a moment ago: %s',
      async (operation) => {
        const { ask, login, profile } = open();
        const { access: token } = tokensOf(await login(await addUser()));
        const input = { password: null, currentPassword: null, newPassword: 'five words in a row' };
        const refused = await ask(operation, input, { token });
        expect(refused.status).toBe(statusAt(operation)['missing-field']);
        expect(refused.text).toMatch(/password/i);
        expect((await profile(token)).status).toBe(status.granted);
      },
    );

    it('deletes an account with all that is personal, and the audit keeps a pseudonym', async () => {
      const { ask, login, profile } = open();
      const user = await addUser();
      const { access: token } = tokensOf(await login(user));
      expect((await ask('delete-account', { password: WRONG }, { token })).status).toBe(
        status.invalid,
      );
      const pseudonym = await env.DB.prepare('SELECT subject FROM audit_events WHERE user_id = ?')
        .bind(user.id)
        .first<string>('subject');
      const deletion = await ask('delete-account', { password: user.password }, { token });
      expect(deletion.status).toBe(done);
      expect((await profile(token)).status).toBe(status.unauthenticated);
      expect((await login(user)).status).toBe(status.invalid);
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

    it.each(['change-password', 'change-email', 'confirm-email', 'delete-account'] as const)(
      'refuses %s without a valid token, and writes nothing',
      async (operation) => {
        const { ask, calls } = open();
        const input = inputs(newUser())[operation];
        for (const tokens of [{}, { token: 'a.b.c' }]) {
          const answer = await ask(operation, input as never, tokens);
          const { unauthenticated, 'missing-token': missing } = statusAt(operation);
          expect(answer.status).toBe('token' in tokens ? unauthenticated : missing);
          expect(challengeOf(answer)).toBe(challengeTo(name, operation, 'token' in tokens));
        }
        expect(calls.filter(({ to, method }) => to === 'database' && method !== 'all')).toEqual([]);
      },
    );

    it.each(ATTEMPTS)(
      'refuses an empty or unreadable %s, and only counts the attempt',
      async (operation) => {
        const { askWith, askRaw, calls } = open();
        const empty = TAKES_NOTHING.has(operation) ? [] : [() => askWith(operation, {})];
        for (const send of [...empty, () => askRaw(operation, '%')]) {
          calls.length = 0;
          expect((await send()).status).toBe(statusAt(operation).malformed);
          expect(calls.map(({ to, method }) => [to, method])).toEqual([['limits', 'consume']]);
        }
      },
    );

    it.each<[Operation, object]>([
      ['register', { email: 'no address' }],
      ['register', { password: '' }],
      ['send-code', { identifier: { kind: isByUsername ? 'username' : 'email', value: '' } }],
      ['verify-email', { code: '12345' }],
      ['verify-email', { code: '1234567' }],
      ['verify-email', { password: '' }],
      ['forgot-password', { identifier: { kind: 'email', value: 'no address' } }],
      ['reset-password', { token: '' }],
      ['change-password', { newPassword: '' }],
      ['change-email', { email: 'no address' }],
      ['confirm-email', { code: 'abcdef' }],
      ['delete-account', { password: '' }],
    ])('refuses a malformed %s, and only counts the attempt: %j', async (operation, changes) => {
      const { ask, calls } = open();
      const input = { ...inputs(newUser())[operation], ...changes };
      expect((await ask(operation, input as never)).status).toBe(statusAt(operation).malformed);
      expect(calls.map(({ to, method }) => [to, method])).toEqual([['limits', 'consume']]);
    });
  },
);
