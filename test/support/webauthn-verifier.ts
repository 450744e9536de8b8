/**
 * Credentials at the domain of the test vectors of WebAuthn: these vectors and ones of a software
 * authenticator, with a verifier that expects the challenge of each.
 */
import { base64url } from 'jose';
import { readAttestation } from '../../src/crypto/passkeys/attestation.ts';
import { check } from '../../src/crypto/passkeys/flaw.ts';
import { storedKeyFrom } from '../../src/crypto/passkeys/public-keys.ts';
import { createPasskeyVerifier } from '../../src/crypto/passkeys/verification.ts';
import type {
  AssertionCredential,
  NewPasskey,
  RegistrationCredential,
  StoredPasskey,
} from '../../src/flows/model/passkey.ts';
import { createAuthenticator, type PasskeyAlgorithm } from './passkey-authenticator.ts';
import { WEBAUTHN_VECTORS, type VectorName } from './webauthn-vectors.ts';

const USER_HANDLE = 'dXNlci1oYW5kbGU';

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const base64urlOf = (text: string): string => base64url.encode(hex(text));

const verifier = createPasskeyVerifier({
  domain: 'example.org',
  origins: ['https://example.org'],
});

/** Expects one challenge, in place of one that has been issued. */
const expecting = (challenge: string) => async (text: string) => {
  check(text === challenge, 'wrong-challenge');
  return { id: 'challenge-1', expiresAtMs: 1 };
};

export interface Registration {
  credential: RegistrationCredential;
  challenge: string;
}

export const verifyRegistration = ({ credential, challenge }: Registration) =>
  verifier.registration(credential, expecting(challenge));

export interface Assertion {
  credential: AssertionCredential;
  challenge: string;
  owned: { passkey: StoredPasskey; userHandle: string };
}

export const verifyAssertion = ({ credential, challenge, owned }: Assertion) =>
  verifier.assertion(credential, owned, expecting(challenge));

export function registrationOf(name: VectorName): Registration {
  const [challenge, clientDataJSON, attestationObject] = WEBAUTHN_VECTORS[name].registration;
  const { credentialId } = attestedOf(name);
  return {
    challenge: base64urlOf(challenge),
    credential: {
      id: base64url.encode(credentialId),
      clientDataJSON: base64urlOf(clientDataJSON),
      attestationObject: base64urlOf(attestationObject),
      transports: [],
    },
  };
}

/** Throws a Flaw where the key is of an algorithm that is not offered. */
export async function assertionOf(name: VectorName): Promise<Assertion> {
  const [challenge, clientDataJSON, authenticatorData, signature] =
    WEBAUTHN_VECTORS[name].assertion;
  const { credentialId, publicKey, isSyncable } = attestedOf(name);
  const id = base64url.encode(credentialId);
  const stored = { id: 'passkey-1', name: null, createdAtMs: 1, lastUsedAtMs: null };
  const key = { publicKey: await storedKeyFrom(publicKey), signCount: 0, transports: [] };
  return {
    challenge: base64urlOf(challenge),
    credential: {
      id,
      clientDataJSON: base64urlOf(clientDataJSON),
      authenticatorData: base64urlOf(authenticatorData),
      signature: base64urlOf(signature),
      userHandle: USER_HANDLE,
    },
    owned: {
      passkey: { ...stored, ...key, credentialId: id, isSyncable },
      userHandle: USER_HANDLE,
    },
  };
}

export const CHALLENGE = 'Y2hhbGxlbmdlIG9mIGEgdGVzdA';

/** Registers a software authenticator's passkey at the domain of the vectors. */
export async function registered(
  algorithm: PasskeyAlgorithm,
  attestation: 'none' | 'packed',
): Promise<Registration> {
  const authenticator = createAuthenticator({ algorithm, origin: 'https://example.org' });
  const options = { challenge: CHALLENGE, rp: { id: 'example.org' }, user: { id: USER_HANDLE } };
  const { id, response } = await authenticator.create(options, { attestation });
  return { challenge: CHALLENGE, credential: { id, ...response } };
}

export async function asserted(algorithm: PasskeyAlgorithm): Promise<Assertion> {
  const authenticator = createAuthenticator({ algorithm, origin: 'https://example.org' });
  const options = { challenge: CHALLENGE, rp: { id: 'example.org' }, user: { id: USER_HANDLE } };
  const { id, response } = await authenticator.create(options);
  const passkey = await accepted({ challenge: CHALLENGE, credential: { id, ...response } });
  const assertion = await authenticator.get({ challenge: CHALLENGE, rpId: 'example.org' });
  const stored = { id: 'passkey-1', name: null, createdAtMs: 1, lastUsedAtMs: null };
  return {
    challenge: CHALLENGE,
    credential: { id, ...assertion.response, userHandle: USER_HANDLE },
    owned: { passkey: { ...stored, ...passkey }, userHandle: USER_HANDLE },
  };
}

export async function accepted(registration: Registration): Promise<NewPasskey> {
  const result = await verifyRegistration(registration);
  if (!result.ok) throw new Error(result.flaw);
  return result.passkey;
}

function attestedOf(name: VectorName) {
  const { data } = readAttestation(hex(WEBAUTHN_VECTORS[name].registration[2]));
  return { ...data.attested, isSyncable: data.isSyncable };
}
