/** Changes that ask a signed-in user for the password once more: password, address, the end. */
import { describe, expect, it } from 'vitest';
import { changeEmail, confirmEmail } from '../../../src/flows/change-email.ts';
import { changePassword } from '../../../src/flows/change-password.ts';
import { deleteAccount } from '../../../src/flows/delete-account.ts';
import type { ChallengeOwner } from '../../../src/flows/model/challenge.ts';
import {
  alice,
  aliceWith,
  context,
  createFakes,
  dora,
  NOW_MS,
  outage,
  rules,
  session,
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
const { 'change-password': setPassword, 'change-email': askForEmail } = changesOf;
const unauthenticated = { ok: false, refusal: { reason: 'unauthenticated', presented: true } };
const limited = async () => ({ admitted: false, retryAtMs: 99 }) as const;
const no = async () => false;
const live = (account: typeof alice) => ({
  live: async () => ({ ...session, account, user: account.user }),
});

describe.each(Object.entries(changesOf))('%s', (name, change) => {
  const writes = ['accountChanges.changePassword', 'accountChanges.remove', 'challenges.issue'];
  const nothingDone = async (fakes: Fakes) => {
    await fakes.finish();
    return fakes.names().every((call) => !writes.includes(call)) && fakes.sent().length === 0;
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

  it('refuses a limited address', async () => {
    const fakes = createFakes({ limits: { consumeAddress: limited } });
    const refusal = { reason: 'limited', limit: rules.limit, retryAtMs: 99 };
    expect(await change(fakes)).toEqual({ ok: false, refusal });
    expect(fakes.given('limits.reserve')).toEqual([]);
  });

  it('refuses an ended session without a ticket', async () => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await change(fakes)).toEqual(unauthenticated);
    expect(fakes.given('limits.reserve')).toEqual([]);
  });

  it.each([
    ['wrong-password', alice],
    ['no-password', aliceWith({}, { passwordHash: null })],
  ])('refuses %s once it is counted, and records it', async (because, account) => {
    const fakes = createFakes({ sessions: live(account) });
    const refusal = { reason: 'invalid', because };
    expect(await change(fakes, 'wrong')).toEqual({ ok: false, refusal });
    expect(fakes.settled()).toEqual(['wrong']);
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context(), action: 'PASSWORD_CHECK_FAILED', reason: because, userId: 7 }],
    ]);
    expect(await nothingDone(fakes)).toBe(true);
  });

  it('refuses a locked session’s right password', async () => {
    const locked = { state: 'locked', untilMs: 99, untilReset: false, lockBegan: null } as const;
    const fakes = createFakes({ limits: { reserve: async () => locked } });
    const refusal = { reason: 'locked', untilMs: 99, untilReset: false };
    expect(await change(fakes)).toEqual({ ok: false, refusal });
    expect([fakes.settled(), await nothingDone(fakes)]).toEqual([[], true]);
  });

  it('is busy where a right password’s ticket has expired', async () => {
    const fakes = createFakes({
      passwords: {
        async verify() {
          fakes.clock.nowMs += 30_000;
          return 'right';
        },
      },
    });
    expect(await change(fakes)).toEqual({ ok: false, refusal: { reason: 'busy' } });
    expect([fakes.settled(), await nothingDone(fakes)]).toEqual([[], true]);
  });

  it('is busy and unrecorded where a wrong password’s ticket had expired', async () => {
    const settle = async () => ({ settled: false, lockBegan: null });
    const fakes = createFakes({ limits: { settle } });
    expect(await change(fakes, 'wrong')).toEqual({ ok: false, refusal: { reason: 'busy' } });
    expect(fakes.recorded()).toEqual([]);
  });
});

describe('change-password', () => {
  it('keeps this session alone, tells the mailbox and renews the device cookie', async () => {
    const fakes = createFakes();
    const value = { device: 'device of 7, version 6' };
    expect(await setPassword(fakes)).toEqual({ ok: true, value });
    expect(fakes.given('accountChanges.changePassword')).toEqual([
      [alice, { ...context(), passwordHash: 'new hash of a new one', keepSessionId: 'session-1' }],
    ]);
    expect(fakes.sent()).toEqual(['password-changed to alice@example.com']);
  });

  it('sends nothing to a user without an address', async () => {
    const fakes = createFakes({ sessions: live(aliceWith({ email: null })) });
    expect((await setPassword(fakes)).ok).toBe(true);
    expect(fakes.sent()).toEqual([]);
  });

  it('names the field of a password that breaks the rules', async () => {
    const flawOf = async () => ({ flaw: 'common', message: 'Too common' }) as const;
    const fakes = createFakes({ passwordRules: { flawOf } });
    const issues = [{ field: 'newPassword', message: 'Too common', missing: false }];
    expect(await setPassword(fakes)).toEqual({
      ok: false,
      refusal: { reason: 'malformed', issues },
    });
    expect(fakes.given('passwordRules.flawOf')).toEqual([
      ['a new one', ['Alice', 'alice@example.com', 'Alice A.']],
    ]);
    expect(fakes.given('passwords.hash')).toEqual([]);
  });

  it('is refused, and tells nobody, where another request has changed it meanwhile', async () => {
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

describe('change-email', () => {
  const owned = (owner: ChallengeOwner | null) => ({ findOwner: async () => owner });
  const stored = { purpose: 'change-email', email: 'new@example.com' };
  const expiresAtMs = NOW_MS + 600_000;
  const decoy = { ...stored, id: 'id-2', secretHash: '-'.repeat(43), expiresAtMs };

  it.each([
    ['free', null],
    ['a registration’s', { is: 'registration', registration: dora }],
  ] as const)(
    'sends a code to an address that is %s, and a notice to the old one',
    async (_, owner) => {
      const fakes = createFakes({ challenges: owned(owner) });
      expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
      await fakes.finish();
      expect(fakes.given('challenges.issue')).toEqual([
        [{ is: 'user', account: alice }, { ...decoy, secretHash: 'code hash of id-2' }, context()],
      ]);
      expect(fakes.sent().toSorted()).toEqual([
        'email-change-code to new@example.com',
        'email-change-notice to alice@example.com',
      ]);
      expect(fakes.given('limits.consume').toSorted()).toEqual([
        ['codes to new@example.com', { attempts: 5, windowSeconds: 3600 }],
        ['notices to alice@example.com', { attempts: 3, windowSeconds: 3600 }],
      ]);
    },
  );

  it('answers alike for another user’s address, stores a decoy, and tells its mailbox', async () => {
    const fakes = createFakes({ challenges: owned({ is: 'user', account: alice }) });
    expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('challenges.issue')).toEqual([
      [{ is: 'user', account: alice }, decoy, context()],
    ]);
    expect(fakes.sent().toSorted()).toEqual([
      'email-change-notice to alice@example.com',
      'registration-attempt to new@example.com',
    ]);
    expect(fakes.given('limits.consume').map(([key]) => key)).not.toContain(
      'codes to new@example.com',
    );
  });

  it('stores a decoy and sends nothing over the addresses’ limits', async () => {
    const fakes = createFakes({ challenges: owned(null), limits: { consume: limited } });
    expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('challenges.issue').map(([, challenge]) => challenge)).toEqual([decoy]);
    expect(fakes.sent()).toEqual([]);
  });

  it('refuses a sender over its e-mail limit before the password is checked', async () => {
    const fakes = createFakes({ emailLimits: { consume: limited } });
    const limit = { attempts: 10, windowSeconds: 3600 };
    const refusal = { reason: 'limited', limit, retryAtMs: 99 };
    expect(await askForEmail(fakes)).toEqual({ ok: false, refusal });
    expect(fakes.given('limits.reserve')).toEqual([]);
  });
});

describe('confirm-email', () => {
  const challenge = {
    id: 'challenge-1',
    secretHash: 'hash of code 123456',
    email: 'new@example.com',
  };
  const asked = { ofUser: async () => challenge };
  const confirm = ({ request }: Fakes, code = '123456') =>
    confirmEmail({ ...request, token, code });

  it('changes the address, clears the failures at it, and tells the old mailbox', async () => {
    const fakes = createFakes({ challenges: asked });
    expect(await confirm(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.names()).toEqual([
      'limits.consumeAddress',
      'tokens.verify',
      'sessions.live',
      'challenges.ofUser',
      'limits.consume',
      'secrets.isCode',
      'accountChanges.changeEmail',
      'mailer.send',
      'limits.clear',
    ]);
    expect(fakes.given('accountChanges.changeEmail')).toEqual([[alice, challenge, context()]]);
    expect(fakes.given('limits.consume')).toEqual([
      ['tries at change-email of key of user 7', { attempts: 5, windowSeconds: 600 }],
    ]);
    expect(fakes.given('limits.clear')[0]?.[0]).toBe('lockout of email new@example.com');
    expect(fakes.sent()).toEqual(['email-changed to alice@example.com']);
  });

  it.each([
    ['a wrong code', {}, '999999'],
    ['no challenge', { challenges: { ofUser: async () => null } }, '123456'],
    ['used-up tries', { limits: { consume: limited } }, '123456'],
    ['an address taken meanwhile', { accountChanges: { changeEmail: no } }, '123456'],
  ])('refuses %s, after a comparison in every case, and records it', async (_, changes, code) => {
    const fakes = createFakes({ challenges: asked, ...changes });
    const refusal = { reason: 'invalid-code' };
    expect(await confirm(fakes, code)).toEqual({ ok: false, refusal });
    expect(fakes.given('secrets.isCode').length).toBe(1);
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context(), action: 'CODE_CHECK_FAILED', reason: 'invalid-code', userId: 7 }],
    ]);
    expect([fakes.sent(), fakes.given('limits.clear')]).toEqual([[], []]);
  });

  it('refuses an ended session without a try', async () => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await confirm(fakes)).toEqual(unauthenticated);
    expect(fakes.given('limits.consume')).toEqual([]);
  });

  it('is not done where the change fails', async () => {
    const fakes = createFakes({ challenges: asked, accountChanges: { changeEmail: outage } });
    await expect(confirm(fakes)).rejects.toThrow('outage');
    expect(fakes.sent()).toEqual([]);
  });
});
