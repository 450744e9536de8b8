/** Options of passkeys, and passkeys of a software authenticator that are accepted. */
import { describe, expect, it } from 'vitest';
import type { PasskeyAlgorithm } from '../support/passkey-authenticator.ts';
import {
  authenticatorOf,
  ceremonies,
  create,
  get,
  HANDLE,
  OWNER,
  ownedBy,
  register,
  SCOPE,
  signIn,
} from '../support/passkey-ceremonies.ts';

describe('options', () => {
  it('name no account when signing in', async () => {
    const { publicKey, challengeId, expiresAtMs } = await ceremonies.requestOptions('email-cookie');
    expect(publicKey).toEqual({
      challenge: expect.stringMatching(/^[\w-]{72}$/),
      timeout: 300_000,
      rpId: 'example.org',
      allowCredentials: [],
      userVerification: 'required',
    });
    expect(challengeId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(expiresAtMs).toBe(1_700_000_300_000);
  });

  it('ask for a discoverable passkey that verifies its user', async () => {
    const stored = { id: '1', name: null, isSyncable: true, createdAtMs: 1, lastUsedAtMs: null };
    const passkeys = [{ ...stored, credentialId: 'AAAA', transports: ['usb'] }];
    const { publicKey } = await ceremonies.creationOptions(SCOPE, { ...OWNER, passkeys });
    expect(publicKey).toEqual({
      rp: { id: 'example.org', name: 'Example' },
      user: { id: HANDLE, name: 'alice@example.org', displayName: 'Alice' },
      challenge: expect.stringMatching(/^[\w-]{72}$/),
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -8 },
        { type: 'public-key', alg: -257 },
      ],
      timeout: 300_000,
      excludeCredentials: [{ type: 'public-key', id: 'AAAA', transports: ['usb'] }],
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
    });
  });

  it('draw challenges and user handles of their own', async () => {
    const drawn = await Promise.all(
      Array.from({ length: 50 }, async () => [
        (await ceremonies.requestOptions('email-cookie')).challengeId,
        ceremonies.newUserHandle(),
      ]),
    );
    expect(new Set(drawn.flat()).size).toBe(100);
    expect(ceremonies.newUserHandle()).toMatch(/^[\w-]{43}$/);
  });
});

describe('a passkey', () => {
  it.each<[PasskeyAlgorithm, boolean, 'none' | 'packed']>([
    ['ES256', false, 'none'],
    ['ES256', true, 'packed'],
    ['EdDSA', false, 'packed'],
    ['EdDSA', true, 'none'],
    ['RS256', false, 'none'],
    ['RS256', true, 'packed'],
  ])(
    'of %s signs in, syncable: %s, attestation: %s',
    async (algorithm, isSyncable, attestation) => {
      const authenticator = authenticatorOf({ algorithm, isSyncable });
      const registered = await create(authenticator, { attestation });
      expect(await register(registered)).toEqual({
        ok: true,
        passkey: {
          credentialId: authenticator.credentialId,
          isSyncable,
          transports: isSyncable ? ['hybrid', 'internal'] : ['internal'],
          publicKey: expect.stringContaining(`"alg":"${algorithm}"`),
          signCount: isSyncable ? 0 : 1,
        },
        challenge: { id: expect.stringMatching(/^[\da-f-]{36}$/), expiresAtMs: 1_700_000_300_000 },
      });
      const owned = await ownedBy(authenticator);
      expect(await signIn(await get(authenticator), owned)).toEqual({
        ok: true,
        use: {
          passkeyId: 'passkey-1',
          challenge: {
            id: expect.stringMatching(/^[\da-f-]{36}$/),
            expiresAtMs: 1_700_000_300_000,
          },
          signCount: isSyncable ? 0 : 3,
        },
        hasCountedBack: false,
      });
    },
  );

  it('is accepted from each origin', async () => {
    const authenticator = authenticatorOf({ origin: 'https://app.example.org' });
    const owned = await ownedBy(authenticator);
    expect(await signIn(await get(authenticator), owned)).toMatchObject({ ok: true });
  });

  it.each([
    [
      ['usb', 'usb', 'next-one', '', 'USB', 'a b', 'x'.repeat(17)],
      ['usb', 'next-one'],
    ],
    [[...'abcdefghijk'], [...'abcdefgh']],
  ])('keeps the transports that look like some: %j', async (transports, kept) => {
    const result = await register(await create(authenticatorOf(), { transports }));
    expect(result).toMatchObject({ passkey: { transports: kept } });
  });

  it.each([
    ['counts on', { isSyncable: false, before: 5, count: 6 }, false],
    ['counts the same', { isSyncable: false, before: 5, count: 5 }, true],
    ['counts back', { isSyncable: false, before: 5, count: 4 }, true],
    ['stays at its first count', { isSyncable: false, before: 1, count: 1 }, true],
    ['stops counting', { isSyncable: false, before: 5, count: 0 }, true],
    ['counts none', { isSyncable: false, before: 0, count: 0 }, false],
    ['begins to count', { isSyncable: false, before: 0, count: 1 }, false],
    ['counts to the end', { isSyncable: false, before: 1, count: 4_294_967_295 }, false],
    ['counts back and is syncable', { isSyncable: true, before: 5, count: 4 }, false],
    ['stops counting and is syncable', { isSyncable: true, before: 5, count: 0 }, false],
  ])('that %s signs in', async (_title, { isSyncable, before, count }, hasCountedBack) => {
    const authenticator = authenticatorOf({ isSyncable });
    const owned = await ownedBy(authenticator, before);
    expect(await signIn(await get(authenticator, { count }), owned)).toMatchObject({
      ok: true,
      use: { signCount: count },
      hasCountedBack,
    });
  });
});
