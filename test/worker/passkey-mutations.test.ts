/**
 * Changes to a credential, bit by bit: all are refused where a signature covers the bytes. A
 * registration without an attestation has none; the bytes that may change unnoticed are listed.
 */
import { describe, expect, it } from 'vitest';
import type { NewPasskey } from '../../src/flows/model/passkey.ts';
import { createAuthenticator, type PasskeyAlgorithm } from '../support/passkey-authenticator.ts';
import { bitFlips, resized, respelled } from '../support/passkey-mutations.ts';
import {
  assertionOf,
  registrationOf,
  verifyAssertion,
  verifyRegistration,
  type Assertion,
  type Registration,
} from '../support/webauthn-verifier.ts';

const CHALLENGE = 'Y2hhbGxlbmdlIG9mIGEgdGVzdA';
const HANDLE = 'dXNlci1oYW5kbGU';

async function registered(
  algorithm: PasskeyAlgorithm,
  attestation: 'none' | 'packed',
): Promise<Registration> {
  const authenticator = createAuthenticator({ algorithm, origin: 'https://example.org' });
  const options = { challenge: CHALLENGE, rp: { id: 'example.org' }, user: { id: HANDLE } };
  const { id, response } = await authenticator.create(options, { attestation });
  return { challenge: CHALLENGE, credential: { id, ...response } };
}

async function asserted(algorithm: PasskeyAlgorithm): Promise<Assertion> {
  const authenticator = createAuthenticator({ algorithm, origin: 'https://example.org' });
  const options = { challenge: CHALLENGE, rp: { id: 'example.org' }, user: { id: HANDLE } };
  const { id, response } = await authenticator.create(options);
  const passkey = await accepted({ challenge: CHALLENGE, credential: { id, ...response } });
  const assertion = await authenticator.get({ challenge: CHALLENGE, rpId: 'example.org' });
  const stored = { id: 'passkey-1', name: null, createdAtMs: 1, lastUsedAtMs: null };
  return {
    challenge: CHALLENGE,
    credential: { id, ...assertion.response, userHandle: HANDLE },
    owned: { passkey: { ...stored, ...passkey }, userHandle: HANDLE },
  };
}

async function accepted(registration: Registration): Promise<NewPasskey> {
  const result = await verifyRegistration(registration);
  if (!result.ok) throw new Error(result.flaw);
  return result.passkey;
}

const ASSERTIONS: [string, () => Promise<Assertion>][] = [
  ['the vector packed-es256', () => assertionOf('packed-es256')],
  ['the vector tpm-es256', () => assertionOf('tpm-es256')],
  ['the vector none-es256-long-credential-id', () => assertionOf('none-es256-long-credential-id')],
  ['a passkey of EdDSA', () => asserted('EdDSA')],
  ['a passkey of RS256', () => asserted('RS256')],
];

describe.each(ASSERTIONS)('an assertion of %s', (_title, make) => {
  it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
    'is refused with any change to its %s',
    async (field) => {
      const assertion = await make();
      const verify = (text: string) =>
        verifyAssertion({ ...assertion, credential: { ...assertion.credential, [field]: text } });
      const { [field]: text } = assertion.credential;
      expect(await verify(text)).toMatchObject({ ok: true });
      for (const { offset, bit, text: changed } of bitFlips(text)) {
        expect((await verify(changed)).ok, `bit ${bit} of byte ${offset}`).toBe(false);
      }
      for (const changed of resized(text)) expect((await verify(changed)).ok, changed).toBe(false);
      for (const changed of respelled(text)) {
        expect(await verify(changed), changed).toEqual({ ok: false, flaw: 'malformed' });
      }
    },
  );
});

const SELF_ATTESTED: [string, () => Promise<Registration>][] = [
  ['the vector packed-self-es256', async () => registrationOf('packed-self-es256')],
  ['a passkey of EdDSA', () => registered('EdDSA', 'packed')],
  ['a passkey of RS256', () => registered('RS256', 'packed')],
];

describe.each(SELF_ATTESTED)('a registration with a self attestation of %s', (_title, make) => {
  it.each(['clientDataJSON', 'attestationObject', 'id'] as const)(
    'is refused with any change to its %s',
    async (field) => {
      const registration = await make();
      const verify = (text: string) =>
        verifyRegistration({
          ...registration,
          credential: { ...registration.credential, [field]: text },
        });
      const { [field]: text } = registration.credential;
      expect(await verify(text)).toMatchObject({ ok: true });
      for (const { offset, bit, text: changed } of bitFlips(text)) {
        expect((await verify(changed)).ok, `bit ${bit} of byte ${offset}`).toBe(false);
      }
      for (const changed of resized(text)) expect((await verify(changed)).ok, changed).toBe(false);
      for (const changed of respelled(text)) {
        expect(await verify(changed), changed).toEqual({ ok: false, flaw: 'malformed' });
      }
    },
  );
});
