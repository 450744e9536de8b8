/** Registrations and assertions of a software authenticator that are refused, each with its flaw. */
import { base64url } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PasskeyFlaw } from '../../src/flows/model/passkey.ts';
import {
  authenticatorOf,
  ceremonies,
  clock,
  create,
  credentialOf,
  get,
  ISSUED_MS,
  LIFETIME_MS,
  OWNER,
  ownedBy,
  register,
  SCOPE,
  signIn,
  type CreateChanges,
  type GetChanges,
} from '../support/passkey-ceremonies.ts';

beforeEach(() => {
  clock.nowMs = ISSUED_MS;
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

  it.each([
    ['another session', { ...SCOPE, sessionId: 'session-2' }],
    ['another contract', { ...SCOPE, contract: 'oauth2' }],
  ])('at %s is refused', async (_title, scope) => {
    const registered = await create(authenticatorOf());
    expect(await register(registered, scope)).toEqual({ ok: false, flaw: 'wrong-challenge' });
  });

  it('over the challenge of a sign-in is refused', async () => {
    const { challenge } = (await ceremonies.requestOptions(SCOPE.contract)).publicKey;
    const registered = await create(authenticatorOf(), { challenge });
    expect(await register(registered)).toEqual({ ok: false, flaw: 'wrong-challenge' });
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
    [15, { ok: false, flaw: 'malformed' }],
    [16, { ok: true }],
    [1023, { ok: true }],
    [1024, { ok: false, flaw: 'malformed' }],
  ])('with an id of %i bytes: %j', async (length, expected) => {
    const credentialId = base64url.encode(new Uint8Array(length));
    const registered = await create(authenticatorOf(), { credentialId });
    expect(await register(registered)).toMatchObject(expected);
  });
});

/** Told apart only where there is such a passkey. */
const OF_THE_PASSKEY = new Set<PasskeyFlaw>([
  'wrong-signature',
  'wrong-owner',
  'changed-eligibility',
]);

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
    ['the key that it is signed with', { isAttested: true }, 'malformed'],
    ['a signature with padding', { signature: 'MAYCAQECAQE=' }, 'malformed'],
    ['a signature of one character too many', { signature: 'MAYCAQECAQEAA' }, 'malformed'],
    ['a signature with stray bits', { signature: 'MAYCAQECAQF' }, 'malformed'],
  ] satisfies [string, GetChanges, PasskeyFlaw][])(
    'with %s is refused',
    async (_title, changes, flaw) => {
      const authenticator = authenticatorOf();
      const owned = await ownedBy(authenticator);
      const assertion = await get(authenticator, changes);
      expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw });
      // The challenge and the signed data are checked before anything of the passkey.
      const unknown = OF_THE_PASSKEY.has(flaw) ? 'unknown-passkey' : flaw;
      expect(await signIn(assertion, null)).toEqual({ ok: false, flaw: unknown });
    },
  );

  it('of a syncable passkey is refused when it cannot be copied any more', async () => {
    const authenticator = authenticatorOf({ isSyncable: true });
    const owned = await ownedBy(authenticator);
    const assertion = await get(authenticator, { flipFlags: BE | BS });
    expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw: 'changed-eligibility' });
  });

  it('at another contract is refused', async () => {
    const authenticator = authenticatorOf();
    const owned = await ownedBy(authenticator);
    const credential = credentialOf(await get(authenticator));
    const result = await ceremonies.verifyAssertion('oauth2', credential, owned);
    expect(result).toEqual({ ok: false, flaw: 'wrong-challenge' });
  });

  it('over the challenge of a registration is refused', async () => {
    const authenticator = authenticatorOf();
    const owned = await ownedBy(authenticator);
    const { challenge } = (await ceremonies.creationOptions(SCOPE, OWNER)).publicKey;
    const assertion = await get(authenticator, { challenge });
    expect(await signIn(assertion, owned)).toEqual({ ok: false, flaw: 'wrong-challenge' });
  });

  it.each([
    [LIFETIME_MS - 1, { ok: true }],
    [LIFETIME_MS, { ok: false, flaw: 'expired-challenge' }],
  ])('%i ms after its options: %j', async (lateMs, expected) => {
    const authenticator = authenticatorOf();
    const owned = await ownedBy(authenticator);
    const assertion = await get(authenticator);
    clock.nowMs += lateMs;
    expect(await signIn(assertion, owned)).toMatchObject(expected);
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

it('fails where the stored key cannot be read: that is no flaw of the assertion', async () => {
  const authenticator = authenticatorOf();
  const owned = await ownedBy(authenticator);
  const publicKey = owned.passkey.publicKey.replace('"ES256"', '"ES999"');
  const assertion = await get(authenticator);
  await expect(
    signIn(assertion, { ...owned, passkey: { ...owned.passkey, publicKey } }),
  ).rejects.toThrow('a stored passkey has the unknown alg ES999');
});

describe('an assertion takes the same work', () => {
  async function callsOf(run: () => Promise<unknown>): Promise<string[]> {
    const calls: string[] = [];
    for (const name of ['digest', 'sign', 'importKey', 'verify'] as const) {
      const original = crypto.subtle[name];
      vi.spyOn(crypto.subtle, name).mockImplementation((...args: unknown[]) => {
        calls.push(name);
        return Reflect.apply(original, crypto.subtle, args);
      });
    }
    await run();
    vi.restoreAllMocks();
    return calls;
  }

  it.each<[string, GetChanges, boolean]>([
    ['of an unknown passkey', {}, false],
    ['of an unknown passkey, signed in another form', { signature: 'AAAA' }, false],
    ['of a known passkey, signed in another form', { signature: 'AAAA' }, true],
    ['with another signature', { signature: 'MAYCAQECAQE' }, true],
    ['of another owner', { userHandle: 'AAAA' }, true],
  ])('as an accepted one: %s', async (_title, changes, isKnown) => {
    const authenticator = authenticatorOf();
    const owned = await ownedBy(authenticator);
    const accepted = await get(authenticator);
    const refused = await get(authenticator, changes);
    await signIn(accepted, owned);
    const expected = await callsOf(() => signIn(accepted, owned));
    expect(expected).toEqual(['sign', 'digest', 'importKey', 'verify']);
    expect(await callsOf(() => signIn(refused, isKnown ? owned : null))).toEqual(expected);
  });
});
