import { describe, expect, it } from 'vitest';
import { login } from '../../../src/flows/login.ts';
import type { LoginStep } from '../../../src/flows/ports/login-steps.ts';
import { completeLogin } from '../../../src/flows/second-factor.ts';
import {
  NOW_MS,
  alice,
  aliceWith,
  busy,
  createFakes,
  outage,
  rules,
  aliceWithFactor,
  totp,
  use,
  step,
} from './fakes.ts';

const enrolled = aliceWithFactor(totp);
const expired = { ok: false, refusal: { reason: 'expired-step' } };
type Changes = Parameters<typeof createFakes>[0];

describe('a login with the right password at an account with a factor', () => {
  const logIn = (changes: Changes = {}, more: { code?: string; rules?: object } = {}) => {
    const fakes = createFakes({
      users: { find: async () => ({ account: enrolled, fromPrimary: true }) },
      ...changes,
    });
    const answer = login({
      ...fakes.request,
      rules: { ...rules, ...more.rules },
      attempt: {
        identifier: { kind: 'username', value: 'alice' },
        password: 'right',
        remember: true,
        code: more.code ?? null,
      },
    });
    return { fakes, answer };
  };

  it('is answered with a step after two sequential round trips, and its ticket stays out', async () => {
    const { fakes, answer } = logIn();
    expect(await answer).toEqual({
      ok: false,
      refusal: {
        reason: 'second-factor-required',
        step: {
          handle: 'handle of id-1',
          methods: ['totp', 'recovery-code'],
          issuedAtMs: NOW_MS,
          expiresAtMs: NOW_MS + 300_000,
          user: enrolled.user,
          token: null,
        },
      },
    });
    expect(fakes.names()).toEqual([
      'limits.consumeAddress',
      'users.find',
      'devices.lockoutKeyFor',
      'limits.reserve',
      'passwords.verify',
      'passwords.isOutdated',
      'limits.settle',
      'audit.record',
      'loginSteps.issue',
    ]);
    expect(fakes.settled()).toEqual(['owed']);
    expect(fakes.given('loginSteps.issue')).toEqual([
      [{ ...step, remember: true, issuedAtMs: NOW_MS }],
    ]);
  });

  it('is busy, and issues no step, where the ticket has expired', async () => {
    const settle = async () => ({ settled: false, lockBegan: null });
    const { fakes, answer } = logIn({ limits: { settle } });
    expect(await answer).toEqual(busy);
    expect(fakes.names()).not.toContain('loginSteps.issue');
  });

  it('renews an outdated hash behind the step, since no later request has the password', async () => {
    const { fakes, answer } = logIn({ passwords: { isOutdated: () => true } });
    expect(await answer).toMatchObject({ refusal: { reason: 'second-factor-required' } });
    await fakes.settled();
    expect(fakes.given('accountChanges.renewHash')).toEqual([[enrolled, 'new hash of right']]);
  });

  it.each([
    ['wrong-code', '000000', 'in-a-step'],
    ['wrong-code', '000000', 'with-password'],
    ['no-code', undefined, 'with-password'],
  ])('is refused like a wrong password: %s', async (because, code, codeTravels) => {
    const { fakes, answer } = logIn({}, { ...(code && { code }), rules: { codeTravels } });
    expect(await answer).toEqual({ ok: false, refusal: { reason: 'invalid', because } });
    expect(fakes.settled()).toEqual(['wrong']);
  });

  it('is granted with the right code beside it, which is used up with the session', async () => {
    const { fakes, answer } = logIn({ factorSecrets: { match: async () => use } }, { code: '1' });
    expect(await answer).toMatchObject({ ok: true });
    expect(fakes.given('sessions.open')).toMatchObject([
      [{ secondFactor: use, stepIssuedAtMs: null }],
    ]);
    expect(fakes.names()).not.toContain('mailer.send');
  });

  it('tells the mailbox of a recovery code beside the password', async () => {
    const recovery = { ...use, kind: 'recovery-code' as const };
    const factorSecrets = { match: async () => recovery };
    const { fakes, answer } = logIn({ factorSecrets }, { code: 'recovery' });
    expect(await answer).toMatchObject({ ok: true });
    const expected = { template: { kind: 'recovery-code-used', left: 9 } };
    expect(fakes.given('mailer.send')).toMatchObject([[expected]]);
  });

  it.each([
    ['optional', false, true],
    ['off', false, true],
    ['required', false, false],
    ['required-for-admins', false, true],
    ['required-for-admins', true, false],
  ])('without a factor, under %s, administrator %s: granted %s', async (policy, isAdmin, ok) => {
    const users = { find: async () => ({ account: aliceWith({ isAdmin }), fromPrimary: true }) };
    const { answer } = logIn({ users }, { rules: { secondFactor: policy } });
    const refused = { refusal: { reason: 'enrolment-required', step: { methods: ['totp'] } } };
    expect(await answer).toMatchObject(ok ? { ok } : refused);
  });
});

describe('the second request of a login', () => {
  const complete = (changes: Changes = {}, found: LoginStep | null = step) => {
    const fakes = createFakes({
      users: { findById: async () => enrolled },
      loginSteps: { read: async () => found },
      factorSecrets: { match: async () => use },
      ...changes,
    });
    const answer = completeLogin({ ...fakes.request, challenge: 'handle', code: '123456' });
    return { fakes, answer };
  };

  it('opens the session after two sequential round trips, and resets the lockout', async () => {
    const { fakes, answer } = complete();
    expect(await answer).toMatchObject({ ok: true, value: { sessionId: 'id-2' } });
    expect(fakes.names()).toEqual([
      'loginSteps.read',
      'limits.take',
      'limits.consumeAddress',
      'users.findById',
      'factorSecrets.match',
      'tokens.refreshId',
      'sessions.open',
      'tokens.signAccess',
      'tokens.signRefresh',
      'devices.issue',
      'limits.settle',
    ]);
    expect(fakes.settled()).toEqual(['right']);
    expect(fakes.given('sessions.open')).toMatchObject([
      [{ account: enrolled, secondFactor: use, stepIssuedAtMs: step.issuedAtMs }],
    ]);
  });

  it('counts a wrong code before it says so', async () => {
    const { fakes, answer } = complete({ factorSecrets: { match: async () => null } });
    expect(await answer).toEqual({ ok: false, refusal: { reason: 'invalid-factor' } });
    expect(fakes.settled()).toEqual(['wrong']);
  });

  it('says busy of a wrong code whose ticket has expired', async () => {
    const { answer } = complete({
      factorSecrets: { match: async () => null },
      limits: { settle: async () => ({ settled: false, lockBegan: null }) },
    });
    expect(await answer).toEqual(busy);
  });

  it.each([
    ['forged', null],
    ['of another contract', { ...step, contract: 'other' }],
  ])('asks no lockout for a handle that is %s', async (_, found) => {
    const { fakes, answer } = complete({}, found);
    expect(await answer).toEqual(expired);
    expect(fakes.names()).toEqual(['loginSteps.read', 'limits.consumeAddress']);
  });

  it.each([
    ['password', aliceWith({ factors: enrolled.user.factors }, { credentialVersion: 4 })],
    ['status', aliceWith({ factors: enrolled.user.factors, status: 'inactive' })],
    ['verified address', aliceWith({ factors: enrolled.user.factors, emailVerified: false })],
    ['factor', alice],
    ['last login', aliceWith({ factors: enrolled.user.factors, lastLoginAtMs: NOW_MS })],
    ['account', null],
  ])('is over when the account has another %s', async (_, account) => {
    const { fakes, answer } = complete({ users: { findById: async () => account } });
    expect(await answer).toEqual(expired);
    expect(fakes.names()).not.toContain('factorSecrets.match');
    expect(fakes.settled()).toEqual(['void']);
  });

  it.each([
    ['gone', expired],
    ['busy', busy],
  ] as const)('takes no code where the ticket is %s', async (state, refused) => {
    const { fakes, answer } = complete({
      limits: { take: async () => ({ state, lockBegan: null }) },
    });
    expect(await answer).toEqual(refused);
    expect(fakes.names()).not.toContain('factorSecrets.match');
  });

  it('is over when the batch finds the code used up', async () => {
    const { fakes, answer } = complete({ sessions: { open: async () => false } });
    expect(await answer).toEqual(expired);
    expect(fakes.settled()).toEqual(['void']);
  });

  it.each([
    { users: { findById: outage } },
    { limits: { consumeAddress: outage } },
    { sessions: { open: outage } },
  ])('gives the ticket back in an outage: %j', async (changes) => {
    const { fakes, answer } = complete(changes);
    await expect(answer).rejects.toThrow('outage');
    await Promise.resolve();
    expect(fakes.settled()).toEqual(['void']);
  });

  it('counts a code that meets a lost key, since it was compared with the other factors', async () => {
    const { fakes, answer } = complete({ factorSecrets: { match: outage } });
    await expect(answer).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['wrong']);
  });

  it('confirms the factor of a step that enrols, and tells the mailbox', async () => {
    const enrolling = { ...step, enrols: true };
    const { fakes, answer } = complete({ users: { findById: async () => alice } }, enrolling);
    expect(await answer).toMatchObject({ ok: true });
    expect(fakes.given('factorSecrets.match')).toMatchObject([
      [alice, '123456', { enrolling: true }],
    ]);
    expect(fakes.given('mailer.send')).toMatchObject([[{ template: { kind: 'factor-added' } }]]);
  });

  it('tells the mailbox of a recovery code, and how many are left', async () => {
    const recovery = { ...use, kind: 'recovery-code' as const };
    const { fakes, answer } = complete({ factorSecrets: { match: async () => recovery } });
    expect(await answer).toMatchObject({ ok: true });
    expect(fakes.given('mailer.send')).toMatchObject([
      [{ template: { kind: 'recovery-code-used', left: 9 } }],
    ]);
  });
});
