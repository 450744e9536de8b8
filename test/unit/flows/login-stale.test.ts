/** A login whose first read of the account is out of date. */
import { describe, expect, it } from 'vitest';
import { login } from '../../../src/flows/login.ts';
import { alice, aliceWith, createFakes, no, outage } from './fakes.ts';

const logIn = ({ request }: ReturnType<typeof createFakes>, password = 'right') =>
  login({
    ...request,
    attempt: {
      identifier: { kind: 'username', value: 'alice' },
      password,
      remember: false,
      code: null,
    },
  });

describe('a replica that is behind', () => {
  const stale = aliceWith({}, { passwordHash: 'hash of old', credentialVersion: 2 });
  const behind = (primary: typeof alice | null, replica: typeof alice | null = stale) => ({
    find: async (_: unknown, from: 'nearest' | 'primary') =>
      from === 'primary'
        ? { account: primary, fromPrimary: true }
        : { account: replica, fromPrimary: false },
  });

  it('does not refuse a new password: the stale verdict is voided and the primary asked', async () => {
    const fakes = createFakes({ users: behind(alice) });
    expect((await logIn(fakes)).ok).toBe(true);
    expect(fakes.settled()).toEqual(['void', 'right']);
    expect(fakes.given('sessions.open')).toMatchObject([[{ account: alice }]]);
  });

  it('does not grant an old password: the fenced write stores nothing', async () => {
    const fakes = createFakes({ users: behind(alice), sessions: { open: no } });
    const refusal = { reason: 'invalid', because: 'wrong-password' };
    expect(await logIn(fakes, 'old')).toEqual({ ok: false, refusal });
    expect(fakes.settled()).toEqual(['void', 'wrong']);
    expect(fakes.names()).not.toContain('tokens.signAccess');
  });

  it('finds a user who has just registered', async () => {
    const fakes = createFakes({ users: behind(alice, null) });
    expect((await logIn(fakes)).ok).toBe(true);
    expect(fakes.settled()).toEqual(['void', 'right']);
  });

  it('is believed without a second hash where the primary says the same', async () => {
    const fakes = createFakes({ users: behind(alice, alice) });
    expect((await logIn(fakes, 'wrong')).ok).toBe(false);
    expect(fakes.given('users.find').map(([, from]) => from)).toEqual(['nearest', 'primary']);
    expect([fakes.given('passwords.verify').length, fakes.settled()]).toEqual([1, ['wrong']]);
  });

  it('keeps a wrong verdict counted where the primary is out of reach', async () => {
    const find = async (_: unknown, from: string) =>
      from === 'primary' ? outage() : { account: alice, fromPrimary: false };
    const fakes = createFakes({ users: { find } });
    await expect(logIn(fakes, 'wrong')).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual([]);
  });

  it('asks the primary again where the account changed while the password was hashed', async () => {
    const inactive = aliceWith({ status: 'inactive' });
    const find = async (_: unknown, from: string) => ({
      account: from === 'primary' ? inactive : alice,
      fromPrimary: true,
    });
    const fakes = createFakes({ users: { find }, sessions: { open: no } });
    expect(await logIn(fakes)).toEqual({ ok: false, refusal: { reason: 'inactive' } });
    expect(fakes.settled()).toEqual(['void', 'right']);
  });

  it('gives up where the account changes twice, with no ticket left out', async () => {
    const fakes = createFakes({ sessions: { open: no } });
    await expect(logIn(fakes)).rejects.toThrow('changed twice');
    expect(fakes.settled()).toEqual(['void', 'void']);
  });
});
