/** Passkeys of a software authenticator: what is accepted, and the flaw of each that is not. */
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import type { PasskeyFlaw } from '../../src/flows/model/passkey.ts';
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
  type CreateChanges,
  type GetChanges,
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

  it('keeps the transports that look like some', async () => {
    const transports = ['usb', 'usb', 'next-one', '', 'USB', 'a b', 'x'.repeat(17)];
    const result = await register(await create(authenticatorOf(), { transports }));
    expect(result).toMatchObject({ passkey: { transports: ['usb', 'next-one'] } });
  });

  it.each([
    ['counts on', { isSyncable: false, before: 5, count: 6 }, false],
    ['counts the same', { isSyncable: false, before: 5, count: 5 }, true],
    ['counts back', { isSyncable: false, before: 5, count: 4 }, true],
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

const UP = 1;
const UV = 4;
const BE = 8;
const BS = 16;
const AT = 64;
const ED = 128;
const json = (text: string) => new TextEncoder().encode(text);

/** Flaws that both ceremonies refuse. */
const FLAWS: [string, GetChanges & CreateChanges, PasskeyFlaw][] = [
  ['another type', { type: 'payment.get' }, 'wrong-type'],
  ['an origin below', { origin: 'https://x.accounts.example.org' }, 'wrong-origin'],
  ['the domain as its origin', { origin: 'https://example.org' }, 'wrong-origin'],
  ['an origin without TLS', { origin: 'http://accounts.example.org' }, 'wrong-origin'],
  ['an origin with a slash', { origin: 'https://accounts.example.org/' }, 'wrong-origin'],
  ['a frame of another origin', { crossOrigin: true }, 'cross-origin'],
  ['a top origin', { topOrigin: 'https://accounts.example.org' }, 'cross-origin'],
  ['another domain', { domain: 'accounts.example.org' }, 'wrong-domain'],
  ['an absent user', { flipFlags: UP }, 'user-not-present'],
  ['an unverified user', { flipFlags: UV }, 'user-not-verified'],
  ['an absent, unverified user', { flipFlags: UP | UV }, 'user-not-present'],
  ['a key that is backed up and cannot be', { flipFlags: BS }, 'malformed'],
  ['a wrong bit for attested data', { flipFlags: AT }, 'malformed'],
  ['a bit for extensions without any', { flipFlags: ED }, 'malformed'],
  ['no challenge', { challenge: '' }, 'wrong-challenge'],
  ['client data that is no JSON', { clientDataJSON: json('{') }, 'malformed'],
  ['client data that is null', { clientDataJSON: json('null') }, 'malformed'],
  ['client data that is a list', { clientDataJSON: json('[]') }, 'malformed'],
  ['client data that is no UTF-8', { clientDataJSON: Uint8Array.of(34, 255, 34) }, 'malformed'],
  ['client data without members', { clientDataJSON: json('{}') }, 'malformed'],
];

describe('a registration', () => {
  it.each([
    ...FLAWS,
    ['the type of an assertion', { type: 'webauthn.get' }, 'wrong-type'],
  ] satisfies typeof FLAWS)('with %s is refused', async (_title, changes, flaw) => {
    for (const attestation of ['none', 'packed'] as const) {
      const registered = await create(authenticatorOf(), { ...changes, attestation });
      expect(await register(registered)).toEqual({ ok: false, flaw });
    }
  });

  it('of an algorithm that was not offered is refused', async () => {
    const registered = await create(authenticatorOf({ algorithm: 'ES384' }));
    expect(await register(registered)).toEqual({ ok: false, flaw: 'unsupported-key' });
  });

  it('under the id of another credential is refused', async () => {
    const registered = await create(authenticatorOf());
    const other = { ...registered, id: authenticatorOf().credentialId };
    expect(await register(other)).toEqual({ ok: false, flaw: 'malformed' });
  });

  it.each([
    [15, false],
    [16, true],
    [1023, true],
    [1024, false],
  ])('with an id of %i bytes: %s', async (length, ok) => {
    const credentialId = base64url.encode(new Uint8Array(length));
    expect(await register(await create(authenticatorOf(), { credentialId }))).toMatchObject({ ok });
  });
});

describe('an assertion', () => {
  it.each([
    ...FLAWS,
    ['the type of a registration', { type: 'webauthn.create' }, 'wrong-type'],
    ['another signature', { signature: 'MAYCAQECAQE' }, 'wrong-signature'],
    ['a signature that is not DER', { signature: 'AAAA' }, 'wrong-signature'],
    ['no signature', { signature: '' }, 'wrong-signature'],
    ['another user handle', { userHandle: 'AAAA' }, 'wrong-owner'],
    ['an empty user handle', { userHandle: '' }, 'wrong-owner'],
    ['no user handle', { userHandle: null }, 'wrong-owner'],
    ['a key that can be copied now', { flipFlags: BE }, 'changed-eligibility'],
    ['a signature with padding', { signature: 'MAYCAQECAQE=' }, 'malformed'],
    ['a signature with stray bits', { signature: 'MAYCAQECAQF' }, 'malformed'],
  ] satisfies [string, GetChanges, PasskeyFlaw][])(
    'with %s is refused',
    async (_title, changes, flaw) => {
      const authenticator = authenticatorOf();
      const owned = await ownedBy(authenticator);
      const assertion = await get(authenticator, changes);
      expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw });
    },
  );

  it('of a syncable passkey is refused when it cannot be copied any more', async () => {
    const authenticator = authenticatorOf({ isSyncable: true });
    const owned = await ownedBy(authenticator);
    const assertion = await get(authenticator, { flipFlags: BE | BS });
    expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw: 'changed-eligibility' });
  });

  it('of an unknown passkey is refused', async () => {
    const authenticator = authenticatorOf();
    const owned = await ownedBy(authenticator);
    const assertion = await get(authenticator);
    const other = { ...owned, passkey: { ...owned.passkey, credentialId: 'b3RoZXI' } };
    expect(await signIn(assertion, null)).toEqual({ ok: false, flaw: 'unknown-passkey' });
    expect(await signIn(assertion, other)).toEqual({ ok: false, flaw: 'unknown-passkey' });
  });

  it('signed with the key of another passkey is refused', async () => {
    const owned = await ownedBy(authenticatorOf());
    const other = authenticatorOf();
    await create(other);
    const assertion = await get(other, { credentialId: owned.passkey.credentialId });
    expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw: 'wrong-signature' });
  });
});
