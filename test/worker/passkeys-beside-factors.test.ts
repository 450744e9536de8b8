/** Passkeys beside passwords, authenticator apps and recovery codes. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { valueAt } from '../../src/pages/json-path.ts';
import { byAddress } from '../support/contract-cases.ts';
import { mailbox, tokenIn } from '../support/mailbox.ts';
import { actionsOf } from '../support/operator.ts';
import { addPasskey, signInBy } from '../support/passkeys.ts';
import { enroll, fieldOf, nextCode } from '../support/second-factor.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { addUser, createTestApp, oneOfEachKind } from '../support/test-app.ts';

/** The tokens of odd-1 end before a proof of identity does. */
const lasting = oneOfEachKind.filter(({ name }) => name !== 'odd-1');

describe.each(lasting)('$name', ({ name, contract, status, statusAt }) => {
  const { paths } = contract.errors;
  const methodsIn = ({ text }: { text: string }) => valueAt(JSON.parse(text), paths.methods);

  it('names the methods that prove an identity', async () => {
    const own = client(createTestApp(), name);
    const user = await addUser();
    const { access: token } = tokensOf(await own.login(user));
    await addPasskey(user);
    moveClock(300_000);
    const options = (app = own) => app.ask('passkey-options', null, { token });
    const stale = await options();
    expect(stale.status).toBe(status['reauthentication-required']);
    expect(methodsIn(stale)).toEqual(['password', 'passkey']);
    const notOffered = client(createTestApp({ PASSKEYS: { offered: false } }), name);
    const removal = await notOffered.ask('remove-passkey', { id: 'x' }, { token });
    expect(methodsIn(removal)).toEqual(['password']);
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?').bind(user.id).run();
    expect(methodsIn(await options())).toEqual(['passkey']);
  });

  it('keeps passkeys over a password reset, and tells so', async () => {
    const { app, to } = mailbox();
    const own = client(app, name);
    const [user, other] = [await addUser(), await addUser()];
    const passkey = await addPasskey(user);
    for (const { email } of [user, other]) {
      await own.ask('forgot-password', byAddress(email));
      const reset = { token: tokenIn(to(email)), password: 'something else entirely' };
      const { status } = await own.ask('reset-password', reset);
      expect(status).toBe(statusAt('reset-password').done);
    }
    expect((await signInBy(own, passkey)).status).toBe(statusAt('passkey-login').granted);
    const notice = 'The passkeys of your account sign in as before';
    expect(to(user.email).at(-1)?.text).toContain(notice);
    expect(to(other.email).at(-1)?.text).not.toContain(notice);
  });
});

describe('second factors beside passkeys', () => {
  const own = client(createTestApp(), 'email-cookie');
  const { status, ask, login, contract } = own;
  const methodsIn = ({ text }: { text: string }) =>
    valueAt(JSON.parse(text), contract.errors.paths.methods);

  it('recovery codes alone are asked for after the password, and complete the login', async () => {
    const user = await addUser();
    const passkey = await addPasskey(user);
    const { access: token } = tokensOf(await signInBy(own, passkey));
    const codes = fieldOf(await ask('new-recovery-codes', null, { token }), 'recoveryCodes');
    const owed = await login(user);
    expect(owed.status).toBe(status['second-factor-required']);
    expect(methodsIn(owed)).toEqual(['recovery-code', 'passkey']);
    const challenge = String(fieldOf(owed, 'challenge'));
    const [code = ''] = codes as string[];
    expect((await ask('second-factor', { challenge, code })).status).toBe(status.granted);
  });

  it('an app is a method besides them, and goes without the codes', async () => {
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    await addPasskey(user);
    const secret = await enroll(own, token);
    await ask('confirm-totp', { code: nextCode({ secret }) }, { token });
    expect(methodsIn(await login(user))).toEqual(['totp', 'recovery-code', 'passkey']);
    const { factors } = JSON.parse((await ask('list-factors', null, { token })).text) as {
      factors: { id: string }[];
    };
    await ask('remove-factor', { id: factors[0]?.id ?? '' }, { token });
    expect(methodsIn(await login(user))).toEqual(['recovery-code', 'passkey']);
  });
});

describe('an account that has removed its password', () => {
  it('is signed in to by its passkeys alone, until it sets another', async () => {
    const { app, to } = mailbox();
    const own = client(app, 'email-cookie');
    const { ask, login, profile, status } = own;
    const user = await addUser();
    const { access: elsewhere } = tokensOf(await login(user));
    const passkeys = [await addPasskey(user), await addPasskey(user)] as const;
    const { access: token } = tokensOf(await signInBy(own, passkeys[0]));
    expect((await ask('remove-password', null, { token })).status).toBe(status.done);
    expect((await profile(token)).status).toBe(status.granted);
    expect((await profile(elsewhere)).status).toBe(status.unauthenticated);
    expect((await login(user)).status).toBe(status.invalid);
    expect((await signInBy(own, passkeys[1])).status).toBe(status.granted);
    const subjects = to(user.email).map(({ subject }) => subject);
    expect(subjects.filter((subject) => !subject.startsWith('A new sign-in'))).toEqual([
      'The password of your account at Gatehouse was removed',
    ]);

    const newPassword = 'something else entirely';
    const passwords = { currentPassword: null, newPassword };
    expect((await ask('change-password', passwords, { token })).status).toBe(status.done);
    expect((await login({ ...user, password: newPassword })).status).toBe(status.granted);
    const again = await ask('change-password', passwords, { token });
    expect(again.status).toBe(status['missing-field']);
    const actions = await actionsOf(user.id);
    expect(actions.filter((action) => action !== 'NEW_DEVICE_NOTIFIED').join(' ')).toBe(
      'LOGIN LOGIN PASSWORD_REMOVED LOGIN_FAILED LOGIN PASSWORD_CHANGED LOGIN',
    );
  });
});
