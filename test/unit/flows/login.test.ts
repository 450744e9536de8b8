import { describe, expect, it } from 'vitest';
import { login } from '../../../src/flows/login.ts';
import { NOW_MS, alice, aliceWith, busy, context, createFakes, outage, rules } from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const attempt = (password: string, more: { username?: string; rules?: object } = {}) => ({
  attempt: {
    identifier: { kind: 'username', value: more.username ?? 'ALICE' },
    password,
    remember: false,
    code: null,
  } as const,
  rules: { ...rules, ...more.rules },
});
const logIn = ({ request }: Fakes, password = 'right', more: { rules?: object } = {}) =>
  login({ ...request, ...attempt(password, more) });

const found = (account: typeof alice | null) => ({
  find: async () => ({ account, fromPrimary: true }),
});

describe('a right password', () => {
  it('is granted after two sequential round trips, and the ticket is settled behind the answer', async () => {
    const fakes = createFakes();
    expect(await logIn(fakes)).toEqual({
      ok: true,
      value: {
        user: { ...alice.user, lastLoginAtMs: NOW_MS },
        sessionId: 'id-2',
        issuedAtMs: 1_700_000_000_000,
        access: { token: 'access token', expiresAtMs: 1_700_000_900_000 },
        refresh: { token: 'refresh token', expiresAtMs: 1_700_086_400_000 },
        deviceCookie: 'device of 7, version 5',
      },
    });
    expect(fakes.names()).toEqual([
      'limits.consumeAddress',
      'users.find',
      'devices.lockoutKeyFor',
      'limits.reserve',
      'passwords.verify',
      'passwords.isOutdated',
      'tokens.refreshId',
      'sessions.open',
      'tokens.signAccess',
      'tokens.signRefresh',
      'devices.issue',
      'limits.settle',
    ]);
    expect(fakes.settled()).toEqual(['right']);
  });

  it.each([
    [null, 'in-a-step', true],
    [null, 'by-step-token', true],
    [null, 'with-password', false],
    ['1', 'in-a-step', false],
  ] as const)(
    'may end sooner where its answer tells it: code %s, %s',
    async (code, codeTravels, tellsRight) => {
      const { request, given } = createFakes();
      const { attempt: sent, rules: own } = attempt('right', { rules: { codeTravels } });
      await login({ ...request, attempt: { ...sent, code }, rules: own });
      expect(given('passwords.verify')).toMatchObject([[{ tellsRight }]]);
    },
  );

  it('stores the session fenced on the account that was verified', async () => {
    const fakes = createFakes();
    await logIn(fakes);
    expect(fakes.given('users.find')).toEqual([[{ kind: 'username', value: 'alice' }, 'nearest']]);
    expect(fakes.given('sessions.open')).toEqual([
      [
        {
          ...context(),
          account: alice,
          sessionId: 'id-2',
          expiries: {
            issuedAtMs: 1_700_000_000_000,
            accessExpiresAtMs: 1_700_000_900_000,
            refreshExpiresAtMs: 1_700_086_400_000,
            sessionExpiresAtMs: 1_700_086_400_000,
          },
          requiresVerifiedEmail: true,
          refreshHash: 'hash 0',
          renewedHash: null,
          secondFactor: null,
          passkey: null,
          stepIssuedAtMs: null,
        },
      ],
    ]);
  });

  it('signs an access token alone where the contract has no refresh token', async () => {
    const fakes = createFakes();
    const outcome = await logIn(fakes, 'right', { rules: { lifetimes: { accessSeconds: 60 } } });
    expect(outcome).toMatchObject({ ok: true, value: { refresh: null } });
    expect(fakes.given('sessions.open')).toMatchObject([[{ refreshHash: null }]]);
    expect(fakes.given('tokens.signRefresh')).toEqual([]);
  });

  it('draws the known device’s own ticket, else the name’s', async () => {
    const known = createFakes({ devices: { lockoutKeyFor: async () => 'lockout of device 1' } });
    await logIn(known);
    const unknown = createFakes();
    await logIn(unknown);
    const keys = [known, unknown].map((fakes) => fakes.given('limits.reserve')[0]?.[0]);
    expect(keys).toEqual(['lockout of device 1', 'lockout of username alice']);
    expect(unknown.given('devices.lockoutKeyFor')).toEqual([[null, alice]]);
  });

  it('renews an outdated hash with the session', async () => {
    const fakes = createFakes({ passwords: { isOutdated: () => true } });
    await logIn(fakes);
    expect(fakes.given('sessions.open')).toMatchObject([[{ renewedHash: 'new hash of right' }]]);
  });

  it('grants nothing that could not be stored, and voids the ticket', async () => {
    const fakes = createFakes({ sessions: { open: outage } });
    await expect(logIn(fakes)).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['void']);
    expect(fakes.names()).not.toContain('tokens.signAccess');
  });

  it.each([
    ['refresh id', { tokens: { refreshId: outage } }],
    ['access token', { tokens: { signAccess: outage } }],
    ['refresh token', { tokens: { signRefresh: outage } }],
    ['device cookie', { devices: { issue: outage } }],
    ['new hash', { passwords: { isOutdated: () => true, hash: outage } }],
  ])('voids the ticket once where the %s fails', async (_, changes) => {
    const fakes = createFakes(changes);
    await expect(logIn(fakes)).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['void']);
  });

  it('is refused as busy where the session is stored after the ticket expired, and ends it', async () => {
    const fakes = createFakes({
      sessions: {
        async open() {
          fakes.clock.nowMs += 30_000;
          return true;
        },
      },
    });
    expect(await logIn(fakes)).toEqual(busy);
    expect(fakes.given('sessions.end')).toEqual([
      [
        { id: 'id-2', userId: 7 },
        { ...context('key of user 7', NOW_MS + 30_000), action: 'LOGIN_UNANSWERED' },
      ],
    ]);
    expect(fakes.names()).not.toContain('tokens.signAccess');
    expect(fakes.settled()).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each([
    ['a wrong password', alice, 'wrong-password'],
    ['a user without a password', aliceWith({}, { passwordHash: null }), 'no-password'],
    ['an unknown user', null, 'unknown-user'],
  ] as const)(
    'of %s settles the ticket as wrong before it is told',
    async (_, account, because) => {
      const fakes = createFakes({ users: found(account) });
      const refusal = { reason: 'invalid', because };
      expect(await logIn(fakes, 'wrong')).toEqual({ ok: false, refusal });
      expect(fakes.names()).toEqual([
        'limits.consumeAddress',
        'users.find',
        'devices.lockoutKeyFor',
        'limits.reserve',
        'passwords.verify',
        'limits.settle',
        'audit.record',
      ]);
      expect(fakes.settled()).toEqual(['wrong']);
      const key = account === null ? 'key of username alice' : 'key of user 7';
      const userId = account === null ? null : 7;
      expect(fakes.given('audit.record')).toEqual([
        [{ ...context(key), action: 'LOGIN_FAILED', reason: because, userId }],
      ]);
    },
  );

  it.each([
    ['inactive', aliceWith({ status: 'inactive' })],
    ['unverified', aliceWith({ emailVerified: false })],
  ] as const)('as %s comes after a right password alone', async (reason, account) => {
    const fakes = createFakes({ users: found(account) });
    expect(await logIn(fakes)).toEqual({ ok: false, refusal: { reason } });
    expect([fakes.settled(), fakes.recorded()]).toEqual([['right'], [`LOGIN_FAILED ${reason}`]]);
    const wrong = createFakes({ users: found(account) });
    const refusal = { reason: 'invalid', because: 'wrong-password' };
    expect(await logIn(wrong, 'wrong')).toEqual({ ok: false, refusal });
  });

  it('grants an unverified user where the contract does not ask for a verified address', async () => {
    const fakes = createFakes({ users: found(aliceWith({ emailVerified: false })) });
    const outcome = await logIn(fakes, 'right', { rules: { requiresVerifiedEmail: false } });
    expect(outcome.ok).toBe(true);
  });

  it('is busy where an inactive user’s ticket had expired', async () => {
    const fakes = createFakes({
      users: found(aliceWith({ status: 'inactive' })),
      passwords: {
        async verify() {
          fakes.clock.nowMs += 30_000;
          return 'right';
        },
      },
    });
    expect(await logIn(fakes)).toEqual(busy);
    expect([fakes.settled(), fakes.recorded()]).toEqual([[], []]);
  });

  it('does not void the ticket of a wrong password that could not be settled', async () => {
    const fakes = createFakes({ limits: { settle: outage } });
    await expect(logIn(fakes, 'wrong')).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(['wrong']);
  });
});
