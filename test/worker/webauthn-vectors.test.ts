/**
 * The test vectors of WebAuthn Level 3, section 16. All signatures of algorithms that are offered are
 * verified. Most vectors lack user verification, which is demanded here: they are refused for that.
 */
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/digest.ts';
import { concatBytes } from '../../src/crypto/passkeys/bytes.ts';
import { verifySignature } from '../../src/crypto/passkeys/public-keys.ts';
import type { PasskeyFlaw } from '../../src/flows/model/passkey.ts';
import { WEBAUTHN_VECTORS, type VectorName } from '../support/webauthn-vectors.ts';
import {
  assertionOf,
  registrationOf,
  verifyAssertion,
  verifyRegistration,
  type Assertion,
} from '../support/webauthn-verifier.ts';

type Outcome = PasskeyFlaw | 'accepted';

/** By vector: the outcome of the registration, of the assertion, and the algorithm. */
const EXPECTED: Record<VectorName, [Outcome, Outcome, string]> = {
  'none-es256': ['user-not-verified', 'user-not-verified', 'ES256'],
  'packed-self-es256': ['accepted', 'user-not-verified', 'ES256'],
  'none-es256-crossOrigin': ['cross-origin', 'cross-origin', 'ES256'],
  'none-es256-topOrigin': ['cross-origin', 'cross-origin', 'ES256'],
  'none-es256-long-credential-id': ['user-not-verified', 'accepted', 'ES256'],
  'packed-es256': ['accepted', 'accepted', 'ES256'],
  'packed-rs256': ['accepted', 'user-not-verified', 'RS256'],
  'packed-eddsa': ['user-not-verified', 'user-not-verified', 'EdDSA'],
  'tpm-es256': ['accepted', 'accepted', 'ES256'],
  'android-key-es256': ['accepted', 'user-not-verified', 'ES256'],
  'apple-es256': ['user-not-verified', 'user-not-verified', 'ES256'],
  'fido-u2f-es256': ['user-not-verified', 'user-not-verified', 'ES256'],
  // WebCrypto has these two, and the options do not offer them: no authenticator has them alone.
  'packed-es384': ['user-not-verified', 'unsupported-key', 'none'],
  'packed-es512': ['unsupported-key', 'unsupported-key', 'none'],
  // WebCrypto has no Ed448.
  'packed-ed448': ['user-not-verified', 'unsupported-key', 'none'],
};

const names = Object.keys(EXPECTED) as VectorName[];
const outcomeOf = (result: { ok: true } | { ok: false; flaw: PasskeyFlaw }): Outcome =>
  result.ok ? 'accepted' : result.flaw;

async function isSigned({ credential, owned }: Assertion): Promise<boolean> {
  const clientData = base64url.decode(credential.clientDataJSON);
  const data = base64url.decode(credential.authenticatorData);
  const signed = concatBytes(data, await sha256(clientData));
  const signature = base64url.decode(credential.signature);
  return verifySignature(owned.passkey.publicKey, signature, signed);
}

it('has an expectation for every vector', () => {
  expect(names.toSorted()).toEqual(Object.keys(WEBAUTHN_VECTORS).toSorted());
  expect(names).toHaveLength(15);
});

it.each(names)('registers %s, or says why not', async (name) => {
  const [expected] = EXPECTED[name];
  expect(outcomeOf(await verifyRegistration(registrationOf(name)))).toBe(expected);
});

it.each(names.filter((name) => EXPECTED[name][2] !== 'none'))(
  'verifies the signature of %s, and signs in or says why not',
  async (name) => {
    const [, expected, algorithm] = EXPECTED[name];
    const assertion = await assertionOf(name);
    expect(JSON.parse(assertion.owned.passkey.publicKey)).toMatchObject({ alg: algorithm });
    expect(await isSigned(assertion)).toBe(true);
    expect(outcomeOf(await verifyAssertion(assertion))).toBe(expected);
  },
);

it.each(names.filter((name) => EXPECTED[name][2] === 'none'))(
  'accepts no key of the algorithm of %s',
  async (name) => {
    await expect(assertionOf(name)).rejects.toMatchObject({ flaw: 'unsupported-key' });
  },
);

/** Replaces text in client data, without a new signature. */
const edit = (clientDataJSON: string, from: string, to: string): string => {
  const text = new TextDecoder().decode(base64url.decode(clientDataJSON));
  expect(text).toContain(from);
  return base64url.encode(new TextEncoder().encode(text.replace(from, to)));
};

interface Edit {
  name: VectorName;
  from: string;
  to: string;
  /** The outcome of the registration, which is not signed. */
  registered: Outcome;
  asserted: Outcome;
}

describe.each<Edit>([
  {
    name: 'none-es256-crossOrigin',
    from: '"crossOrigin":true',
    to: '"crossOrigin":false',
    registered: 'accepted',
    asserted: 'wrong-signature',
  },
  {
    name: 'none-es256-topOrigin',
    from: '"crossOrigin":true',
    to: '"crossOrigin":false',
    registered: 'cross-origin',
    asserted: 'cross-origin',
  },
  {
    name: 'none-es256-topOrigin',
    from: '"crossOrigin":true,"topOrigin":"https://example.com"',
    to: '"crossOrigin":false',
    registered: 'user-not-verified',
    asserted: 'wrong-signature',
  },
])('$name with $to in place of $from', ({ name, from, to, registered, asserted }) => {
  it(`registers: ${registered}`, async () => {
    const { credential, challenge } = registrationOf(name);
    const clientDataJSON = edit(credential.clientDataJSON, from, to);
    const edited = { challenge, credential: { ...credential, clientDataJSON } };
    expect(outcomeOf(await verifyRegistration(edited))).toBe(registered);
  });

  it(`signs in: ${asserted}`, async () => {
    const assertion = await assertionOf(name);
    const clientDataJSON = edit(assertion.credential.clientDataJSON, from, to);
    const edited = { ...assertion, credential: { ...assertion.credential, clientDataJSON } };
    expect(outcomeOf(await verifyAssertion(edited))).toBe(asserted);
  });
});
