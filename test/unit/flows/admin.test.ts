import { describe, expect, it } from 'vitest';
import * as admin from '../../../src/flows/admin.ts';
import { NOW_MS, alice, createFakes, meta, no, outage, rules } from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const { lockout } = rules;
const userRef = { id: 7 };
const operator = { name: 'token:ci', scope: 'write', session: null } as const;
const asked = ({ services }: Fakes) => ({
  services: { ...services, auditLog: { read: outage } },
  lockout,
  meta,
  operator,
  userRef,
  pagesOf: 'first',
});
const operatorContext = {
  accountKey: 'key of user 7',
  contract: 'admin',
  operator: 'token:ci',
  meta,
  nowMs: NOW_MS,
};
const keys = [
  'lockout of email alice@example.com',
  'lockout of username alice',
  'lockout of sessions 7',
];
const view = {
  failures: 1,
  failuresInARow: 6,
  locksInARow: 1,
  lockedUntilMs: null,
  requiresReset: false,
  ticketsOut: 0,
};
const role = { id: 'editor', name: null };

const changes = [
  [
    'deactivate',
    (fakes: Fakes) => admin.setStatus(asked(fakes), 'inactive'),
    ['setStatus', 'inactive'],
  ],
  ['activate', (fakes: Fakes) => admin.setStatus(asked(fakes), 'active'), ['setStatus', 'active']],
  ['end-sessions', (fakes: Fakes) => admin.endSessions(asked(fakes)), ['endSessions']],
  ['role', (fakes: Fakes) => admin.setRole(asked(fakes), role), ['setRole', role]],
] as const;

describe.each(changes)('%s', (_, change, [call, ...given]) => {
  it('changes the user and its audit row in one call, in the operator’s name', async () => {
    const fakes = createFakes();
    expect(await change(fakes)).toEqual({ user: alice.user, changed: true, sessionsEnded: 2 });
    expect(fakes.given('adminUsers.find')).toEqual([[{ id: 7 }]]);
    expect(fakes.given(`adminUsers.${call}`)).toEqual([[7, ...given, operatorContext]]);
  });
});

it.each<[name: string, act: (fakes: Fakes) => Promise<unknown>]>([
  ...changes.map(([name, change]): [string, typeof change] => [name, change]),
  ['show', (fakes: Fakes) => admin.showUser(asked(fakes))],
  ['unlock', (fakes: Fakes) => admin.unlock(asked(fakes))],
  ['reset-factors', (fakes: Fakes) => admin.resetFactors(asked(fakes))],
  ['delete', (fakes: Fakes) => admin.deleteUser(asked(fakes))],
])('%s finds no user, and does nothing else', async (_, act) => {
  const fakes = createFakes({ adminUsers: { find: async () => null } });
  expect(await act(fakes)).toBeNull();
  expect(fakes.names()).toEqual(['adminUsers.find']);
});

describe('show', () => {
  it.each([
    ['a password', 'hash', true],
    ['none', null, false],
  ])('tells whether the user has a password: %s', async (...[, passwordHash, hasPassword]) => {
    const fakes = createFakes({ adminUsers: { find: async () => ({ ...alice, passwordHash }) } });
    expect(await admin.showUser(asked(fakes))).toMatchObject({ hasPassword });
  });

  it('adds up the lockouts of both names and the sessions', async () => {
    const fakes = createFakes({ limits: { view: async () => view } });
    expect(await admin.showUser(asked(fakes))).toEqual({
      user: alice.user,
      lockout: { ...view, failures: 3, failuresInARow: 18, locksInARow: 3 },
      liveSessions: 2,
      hasPassword: true,
    });
    expect(fakes.given('limits.view').map(([key]) => key)).toEqual(keys);
  });
});

const notice = (kind: string) => ({
  to: { email: 'alice@example.com', language: 'en' },
  contract: 'first',
  template: { kind },
});
const withoutEmail = { ...alice, user: { ...alice.user, email: null } };

describe('reset-factors', () => {
  it.each([
    ['tells the user by e-mail', alice, true, [[notice('factors-reset')]]],
    ['has no mailbox to tell', withoutEmail, true, []],
    ['sends no e-mail where there was nothing to reset', alice, false, []],
  ])('%s', async (...[, account, changed, mails]) => {
    const find = async () => account;
    const fakes = createFakes({ adminUsers: { find }, factors: { reset: async () => changed } });
    const left = { ...account.user, factors: [], recoveryCodesLeft: 0, passkeys: [] };
    expect(await admin.resetFactors(asked(fakes))).toEqual({
      user: left,
      changed,
      sessionsEnded: 0,
    });
    expect(fakes.given('factors.reset')).toEqual([[account, operatorContext]]);
    expect(fakes.given('mailer.send')).toEqual(mails);
  });
});

describe('unlock', () => {
  it('records the event before it clears the lockouts', async () => {
    const fakes = createFakes({ limits: { view: async () => view } });
    expect(await admin.unlock(asked(fakes))).toMatchObject({ changed: true, sessionsEnded: 0 });
    expect(fakes.given('audit.record')).toEqual([
      [{ ...operatorContext, action: 'ADMIN_UNLOCKED', reason: 'done', userId: 7 }],
    ]);
    expect(fakes.names().slice(4)).toEqual([
      'audit.record',
      'limits.clear',
      'limits.clear',
      'limits.clear',
    ]);
    expect(fakes.given('limits.clear')).toEqual(keys.map((key) => [key, lockout]));
  });

  it('clears nothing that could not be recorded', async () => {
    const fakes = createFakes({ limits: { view: async () => view }, audit: { record: outage } });
    await expect(admin.unlock(asked(fakes))).rejects.toThrow('outage');
    expect(fakes.given('limits.clear')).toEqual([]);
  });

  it('fails where a lockout cannot be cleared', async () => {
    const fakes = createFakes({ limits: { view: async () => view, clear: outage } });
    await expect(admin.unlock(asked(fakes))).rejects.toThrow('outage');
  });

  it('records nothing where there was nothing to lift', async () => {
    const fakes = createFakes();
    expect(await admin.unlock(asked(fakes))).toMatchObject({ changed: false });
    expect([fakes.recorded(), fakes.given('limits.clear')]).toEqual([[], []]);
  });
});

describe('delete', () => {
  it.each([
    ['tells the user by e-mail', alice, keys, [[notice('account-deleted')]]],
    ['has no mailbox to tell', withoutEmail, keys.slice(1), []],
  ])('removes the account, clears its lockouts, and %s', async (...[, account, keys, mails]) => {
    const fakes = createFakes({ adminUsers: { find: async () => account } });
    expect(await admin.deleteUser(asked(fakes))).toBe('deleted');
    await fakes.finish();
    expect(fakes.given('accountChanges.remove')).toEqual([
      [account, { ...operatorContext, by: 'operator' }],
    ]);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual(keys);
    expect(fakes.given('mailer.send')).toEqual(mails);
  });

  it('tries once more where the account has changed meanwhile, and then gives up', async () => {
    const fakes = createFakes({ accountChanges: { remove: no } });
    expect(await admin.deleteUser(asked(fakes))).toBe('changed-meanwhile');
    expect(fakes.given('accountChanges.remove').length).toBe(2);
    expect([fakes.given('limits.clear'), fakes.given('mailer.send')]).toEqual([[], []]);
  });
});
