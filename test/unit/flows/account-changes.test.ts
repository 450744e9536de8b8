/** Changes that ask a signed-in user for the password once more: password, address, the end. */
import { describe, expect, it } from 'vitest';
import { changeEmail } from '../../../src/flows/change-email.ts';
import { changePassword } from '../../../src/flows/change-password.ts';
import { deleteAccount } from '../../../src/flows/delete-account.ts';
import {
  alice,
  aliceWith,
  context,
  createFakes,
  flawIn,
  liveOf,
  no,
  sessionEnded,
  tooCommon,
  unauthenticated,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const token = 'access';
const changesOf = {
  'change-password': ({ request }: Fakes, currentPassword = 'right') =>
    changePassword({ ...request, token, currentPassword, newPassword: 'a new one' }),
  'change-email': ({ request }: Fakes, password = 'right') =>
    changeEmail({ ...request, token, password, email: 'NEW@example.com' }),
  'delete-account': ({ request }: Fakes, password = 'right') =>
    deleteAccount({ ...request, token, password }),
};

describe.each(Object.entries(changesOf))('%s', (name, change) => {
  const done = async (fakes: Fakes) => {
    await fakes.finish();
    return fakes.names().filter((call) => /^(?:accountChanges|challenges|mailer)/.test(call));
  };

  it('counts the address, authenticates, reserves a ticket and settles it as right', async () => {
    const fakes = createFakes();
    expect((await change(fakes)).ok).toBe(true);
    const counted = name === 'change-email' ? ['emailLimits.consume'] : [];
    const expected = ['tokens.verify', 'sessions.live', 'devices.lockoutKeyFor', 'limits.reserve'];
    expect(fakes.names().slice(0, 8 + counted.length)).toEqual([
      'limits.consumeAddress',
      ...counted,
      ...expected,
      'passwords.verify',
      'limits.settle',
      expect.any(String),
    ]);
    expect(fakes.given('limits.reserve')[0]?.[0]).toBe('lockout of sessions 7');
    expect(fakes.settled()).toEqual(['right']);
  });

  it('refuses an ended session without a ticket', async () => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await change(fakes)).toEqual(sessionEnded);
    expect(fakes.given('limits.reserve')).toEqual([]);
  });

  it.each([
    ['wrong-password', alice],
    ['no-password', aliceWith({}, { passwordHash: null })],
  ])('refuses %s once it is counted, and records it', async (because, account) => {
    const fakes = createFakes({ sessions: liveOf(account) });
    const refusal = { reason: 'invalid', because };
    expect(await change(fakes, 'wrong')).toEqual({ ok: false, refusal });
    expect(fakes.settled()).toEqual(['wrong']);
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context(), action: 'PASSWORD_CHECK_FAILED', reason: because, userId: 7 }],
    ]);
    expect(await done(fakes)).toEqual([]);
  });
});

describe('change-password', () => {
  const setPassword = changesOf['change-password'];

  it('keeps this session alone, tells the mailbox and renews the device cookie', async () => {
    const fakes = createFakes();
    const value = { deviceCookie: 'device of 7, version 6' };
    expect(await setPassword(fakes)).toEqual({ ok: true, value });
    expect(fakes.given('accountChanges.changePassword')).toEqual([
      [alice, { ...context(), passwordHash: 'new hash of a new one', keepSessionId: 'session-1' }],
    ]);
    expect(fakes.sent()).toEqual(['password-changed to alice@example.com in en']);
  });

  it('sends nothing to a user without an address', async () => {
    const fakes = createFakes({ sessions: liveOf(aliceWith({ email: null })) });
    expect((await setPassword(fakes)).ok).toBe(true);
    expect(fakes.sent()).toEqual([]);
  });

  it('names the field of a password that breaks the rules', async () => {
    const fakes = createFakes({ passwordRules: { flawOf: tooCommon } });
    expect(await setPassword(fakes)).toEqual(flawIn('newPassword'));
    expect(fakes.given('passwordRules.flawOf')).toEqual([
      ['a new one', ['Alice', 'alice@example.com', 'Alice A.']],
    ]);
    expect(fakes.given('passwords.hash')).toEqual([]);
  });

  it('is refused, and sends nothing, where another request has changed it meanwhile', async () => {
    const fakes = createFakes({ accountChanges: { changePassword: no } });
    expect(await setPassword(fakes)).toEqual(unauthenticated);
    expect([fakes.sent(), fakes.given('devices.issue')]).toEqual([[], []]);
  });
});

describe('delete-account', () => {
  const remove = changesOf['delete-account'];

  it('removes the account and clears its lockouts', async () => {
    const fakes = createFakes();
    expect(await remove(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('accountChanges.remove')).toEqual([[alice, context()]]);
    expect(fakes.sent()).toEqual(['account-deleted to alice@example.com in en']);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual([
      'lockout of email alice@example.com',
      'lockout of username alice',
      'lockout of sessions 7',
    ]);
  });

  it('clears nothing where the account has changed meanwhile', async () => {
    const fakes = createFakes({ accountChanges: { remove: no } });
    expect(await remove(fakes)).toEqual(unauthenticated);
    expect(fakes.given('limits.clear')).toEqual([]);
  });
});
