import { describe, expect, it } from 'vitest';
import { loginWithPasskey } from '../../../src/flows/login-with-passkey.ts';
import type { PasskeyFlaw } from '../../../src/flows/model/passkey.ts';
import { proveIdentity } from '../../../src/flows/prove-identity.ts';
import {
  alice,
  aliceWith,
  aliceWithPasskey,
  assertion,
  createFakes,
  NOW_MS,
  ownedPasskey,
  passkeyUse,
} from './fakes.ts';
import {
  notFound,
  expired,
  off,
  deviceBound,
  type Changes,
  requestOf,
  sessionOf,
  fakesOf,
} from './proven-session.ts';

const refusedFor = (because: string) => ({
  ok: false,
  refusal: { reason: 'invalid-passkey', because },
});

describe('a sign-in with a passkey', () => {
  const fakesWith = (account: typeof alice, changes: Changes = {}) =>
    createFakes({
      users: { findByPasskey: async () => ({ account, passkey: ownedPasskey.passkey }) },
      ...changes,
    });
  const signIn = (fakes: ReturnType<typeof createFakes>, more: object = {}) =>
    loginWithPasskey({ ...requestOf(fakes, more), credential: assertion, remember: false });

  it('opens a session by the passkey, and asks no lockout', async () => {
    const fakes = fakesWith(aliceWithPasskey);
    expect(await signIn(fakes)).toMatchObject({ ok: true });
    const opened = {
      account: aliceWithPasskey,
      passkey: passkeyUse,
      secondFactor: null,
      stepIssuedAtMs: null,
      renewedHash: null,
    };
    expect(fakes.given('sessions.open')).toMatchObject([[opened]]);
    for (const call of ['reserve', 'take', 'settle', 'wait']) {
      expect(fakes.given(`limits.${call}`)).toEqual([]);
    }
  });

  it('counts the address, and looks nothing up where passkeys are off', async () => {
    const fakes = fakesWith(aliceWithPasskey);
    expect(await signIn(fakes, off)).toEqual(notFound);
    expect(fakes.given('limits.consumeAddress')).toHaveLength(1);
    expect(fakes.given('users.findByPasskey')).toEqual([]);
  });

  it('is refused where the address has used up its attempts', async () => {
    const refused = async () => ({ admitted: false, retryAtMs: NOW_MS + 1 }) as const;
    const fakes = fakesWith(aliceWithPasskey, { limits: { consumeAddress: refused } });
    expect(await signIn(fakes)).toMatchObject({ ok: false, refusal: { reason: 'limited' } });
    expect(fakes.given('passkeyCeremonies.verifyAssertion')).toEqual([]);
  });

  it.each<PasskeyFlaw>(['wrong-signature', 'user-not-verified', 'wrong-origin', 'wrong-owner'])(
    'is refused for a credential that is flawed: %s',
    async (flaw) => {
      const verifyAssertion = async () => ({ ok: false, flaw }) as const;
      const fakes = fakesWith(aliceWithPasskey, { passkeyCeremonies: { verifyAssertion } });
      expect(await signIn(fakes)).toEqual(refusedFor(flaw));
      await fakes.finish();
      expect(fakes.given('audit.record')).toMatchObject([
        [{ action: 'LOGIN_FAILED', reason: flaw, userId: 7, accountKey: 'key of user 7' }],
      ]);
      expect(fakes.given('sessions.open')).toEqual([]);
    },
  );

  it('is verified against nothing, and audited by the credential, where that is unknown', async () => {
    const verifyAssertion = async () => ({ ok: false, flaw: 'unknown-passkey' }) as const;
    const fakes = createFakes({ passkeyCeremonies: { verifyAssertion } });
    expect(await signIn(fakes)).toEqual(refusedFor('unknown-passkey'));
    await fakes.finish();
    expect(fakes.given('audit.record')).toMatchObject([
      [{ userId: null, accountKey: `key of passkey ${assertion.id}` }],
    ]);
  });

  it('is told that the challenge has expired, and where it was used meanwhile', async () => {
    const verifyAssertion = async () => ({ ok: false, flaw: 'expired-challenge' }) as const;
    expect(
      await signIn(fakesWith(aliceWithPasskey, { passkeyCeremonies: { verifyAssertion } })),
    ).toEqual(expired);
    const stale = fakesWith(aliceWithPasskey, { sessions: { open: async () => false } });
    expect(await signIn(stale)).toEqual(expired);
  });

  it.each([
    ['inactive', aliceWith({ ...aliceWithPasskey.user, status: 'inactive' }), {}],
    ['unverified', aliceWith({ ...aliceWithPasskey.user, emailVerified: false }), {}],
    ['unacceptable-passkey', aliceWithPasskey, deviceBound],
  ] as const)('is refused after a right signature: %s', async (reason, account, more) => {
    const fakes = fakesWith(account);
    expect(await signIn(fakes, more)).toEqual({ ok: false, refusal: { reason } });
    await fakes.finish();
    expect(fakes.recorded()).toEqual([`LOGIN_FAILED ${reason}`]);
    expect(fakes.given('sessions.open')).toEqual([]);
  });

  it('tells operators and owner of a counter that went back', async () => {
    const verifyAssertion = async () =>
      ({ ok: true, use: passkeyUse, hasCountedBack: true }) as const;
    const fakes = fakesWith(aliceWithPasskey, { passkeyCeremonies: { verifyAssertion } });
    expect(await signIn(fakes)).toMatchObject({ ok: true });
    await fakes.finish();
    expect(fakes.recorded()).toEqual(['PASSKEY_COUNTED_BACK done']);
    expect(fakes.sent()).toEqual(['passkey-counted-back to alice@example.com in en']);
  });
});

describe('a proof of identity by a passkey', () => {
  const prove = (fakes: ReturnType<typeof createFakes>, more: object = {}) =>
    proveIdentity({
      ...requestOf(fakes, more),
      password: null,
      code: null,
      credential: assertion,
    });

  it('marks the session', async () => {
    const live = sessionOf(aliceWithPasskey, { provenAtMs: 0 });
    const fakes = fakesOf(live, { users: { findByPasskey: async () => ownedPasskey } });
    expect(await prove(fakes)).toEqual({ ok: true, value: null });
    expect(fakes.given('passkeys.prove')).toMatchObject([[{ id: live.id }, passkeyUse, {}]]);
  });

  it('is refused for another account’s passkey like for an unknown one', async () => {
    const verifyAssertion = async (_: string, __: object, owned: object | null) =>
      owned === null
        ? ({ ok: false, flaw: 'unknown-passkey' } as const)
        : ({ ok: true, use: passkeyUse, hasCountedBack: false } as const);
    const account = aliceWith({ id: 8 }, { userHandle: 'other' });
    const fakes = fakesOf(sessionOf(aliceWithPasskey), {
      passkeyCeremonies: { verifyAssertion },
      users: { findByPasskey: async () => ({ ...ownedPasskey, account }) },
    });
    expect(await prove(fakes)).toEqual(refusedFor('unknown-passkey'));
    await fakes.finish();
    expect(fakes.recorded()).toEqual(['SECOND_FACTOR_FAILED unknown-passkey']);
  });

  it('is refused for one that may be copied, where the policy asks for a device', async () => {
    const fakes = fakesOf(sessionOf(aliceWithPasskey), {
      users: { findByPasskey: async () => ownedPasskey },
    });
    const policy = { isOffered: true, deviceBound: 'all' } as const;
    expect(await prove(fakes, { passkeys: policy })).toEqual({
      ok: false,
      refusal: { reason: 'unacceptable-passkey' },
    });
    expect(fakes.given('passkeys.prove')).toEqual([]);
  });

  it('is told where the challenge was used meanwhile', async () => {
    const fakes = fakesOf(sessionOf(aliceWithPasskey), {
      users: { findByPasskey: async () => ownedPasskey },
      passkeys: { prove: async () => false },
    });
    expect(await prove(fakes)).toEqual(expired);
  });
});
