import { describe, expect, it } from 'vitest';
import type { OwnedChallenge } from '../../../src/flows/model/challenge.ts';
import { verifyEmail } from '../../../src/flows/verify-email.ts';
import { alice, aliceWith, context, createFakes, dora, outage } from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const unverified = aliceWith({ emailVerified: false });
const identifier = { kind: 'email', value: 'DORA@example.com' } as const;

describe('verify-email', () => {
  const challenge = { id: 'challenge-1', secretHash: 'hash of code 123456', email: null };
  const ofUser = { owner: { is: 'user', account: unverified }, challenge } as const;
  const ofDora = { owner: { is: 'registration', registration: dora }, challenge } as const;
  const codes = (account: typeof alice | null, ...sent: OwnedChallenge[]) => ({
    findCodes: async () => ({ account, codes: sent }),
  });
  const verify = ({ request }: Fakes, { password = 'right', code = '123456' } = {}) =>
    verifyEmail({ ...request, identifier, handle: null, password, code });
  const invalidCode = { ok: false, refusal: { reason: 'invalid-code' } };

  it('makes a user of a registration and clears the failures at its names', async () => {
    const fakes = createFakes({ challenges: codes(null, ofDora) });
    const value = { deviceCookie: 'device of 8, version 1' };
    expect(await verify(fakes)).toEqual({ ok: true, value });
    await fakes.finish();
    expect(fakes.given('registrations.admit')).toEqual([
      [
        dora,
        challenge,
        { ...context('key of email dora@example.com'), publicId: 'id-2', passwordHash: null },
      ],
    ]);
    expect(fakes.settled()).toEqual(['right']);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual([
      'lockout of email dora@example.com',
      'lockout of username dora',
    ]);
  });

  it('verifies a user’s address and issues a cookie that voids earlier ones', async () => {
    const fakes = createFakes({ challenges: codes(unverified, ofUser) });
    const value = { deviceCookie: 'device of 7, version 6' };
    expect(await verify(fakes)).toEqual({ ok: true, value });
    expect(fakes.given('accountChanges.verifyEmail')).toEqual([[unverified, challenge, context()]]);
    expect([fakes.settled(), fakes.given('limits.clear')]).toEqual([['right'], []]);
  });

  it('counts a try before the verdict and compares ten codes, however many there are', async () => {
    for (const sent of [[], [ofDora], [ofDora, ofDora]]) {
      const fakes = createFakes({ challenges: codes(null, ...sent) });
      await verify(fakes, { code: '999999' });
      expect(fakes.given('limits.consume')).toEqual([
        ['tries at lockout of email dora@example.com', { attempts: 5, windowSeconds: 600 }],
      ]);
      expect(fakes.given('secrets.isCode').length).toBe(10);
      expect(fakes.names().indexOf('limits.consume')).toBeLessThan(
        fakes.names().indexOf('passwords.verify'),
      );
    }
  });

  it.each([
    ['a wrong code', { code: '999999' }, [ofDora]],
    ['a wrong password', { password: 'wrong' }, [ofDora]],
    ['no code in store', {}, []],
  ])('refuses %s as a failure, with one refusal for all', async (_, given, sent) => {
    const fakes = createFakes({ challenges: codes(null, ...sent) });
    expect(await verify(fakes, given)).toEqual(invalidCode);
    expect(fakes.settled()).toEqual(['wrong']);
    const event = { action: 'CODE_CHECK_FAILED', reason: 'invalid-code', userId: null };
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context('key of email dora@example.com'), ...event }],
    ]);
  });

  it.each([
    ['a user', ofUser, { accountChanges: { verifyEmail: async () => false } }],
    ['a registration', ofDora, { registrations: { admit: async () => null } }],
  ])('refuses the used-up code of %s as a failure', async (_, sent, changes) => {
    const fakes = createFakes({ challenges: codes(null, sent), ...changes });
    expect(await verify(fakes)).toEqual(invalidCode);
    expect(fakes.settled()).toEqual(['wrong']);
  });

  it('verifies the password against the newest registration that the code is of', async () => {
    const owner = { is: 'registration', registration: { ...dora, passwordHash: 'x' } } as const;
    const newer = { owner, challenge: { ...challenge, secretHash: 'hash of code 654321' } };
    const older = { owner, challenge };
    const fakes = createFakes({ challenges: codes(null, newer, ofDora, older) });
    expect((await verify(fakes)).ok).toBe(true);
    expect(fakes.given('passwords.verify')).toMatchObject([[{ stored: 'hash of right' }]]);
  });

  it.each([
    ['name', 'a stranger’s', true],
    ['handle', 'a stranger’s', false],
    ['name', 'its own', false],
    ['handle', 'its own', true],
  ])('with tries left at the %s alone, and %s handle', async (left, handle, isOk) => {
    const fakes = createFakes({
      challenges: codes(null, ofDora),
      registrationHandles: { read: async () => (handle === 'its own' ? 'handle-1' : 'handle-9') },
      limits: {
        consume: async (key) =>
          key.includes('registration') === (left === 'handle')
            ? { admitted: true }
            : { admitted: false, retryAtMs: 99 },
      },
    });
    expect((await verify(fakes)).ok).toBe(isOk);
    expect(fakes.given('limits.reserve')[0]?.[0]).toBe(
      handle === 'its own'
        ? 'lockout of registration handle-1'
        : 'lockout of registration handle-9',
    );
    expect(fakes.settled()).toEqual([isOk ? 'right' : 'wrong']);
  });

  it.each([
    ['right', { limits: { consume: outage } }, ['void']],
    ['wrong', { limits: { consume: outage } }, []],
    ['right', { registrations: { admit: outage } }, ['void']],
  ])('voids the ticket of a %s password in the outage %o', async (password, changes, settled) => {
    const fakes = createFakes({ challenges: codes(null, ofDora), ...changes });
    await expect(verify(fakes, { password })).rejects.toThrow('outage');
    expect(fakes.settled()).toEqual(settled);
  });
});
