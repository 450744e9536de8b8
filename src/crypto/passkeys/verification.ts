/**
 * Verifies what authenticators answer (WebAuthn Level 3, 7.1 and 7.2). Each step of the two sections
 * is here or in the reader of its bytes; the first one that fails names the flaw.
 */
import type {
  AssertionCredential,
  PasskeyFlaw,
  RegistrationCredential,
  SignedChallenge,
  StoredPasskey,
} from '../../flows/model/passkey.ts';
import { sha256 } from '../digest.ts';
import { equalBytes, equalTexts } from '../equal.ts';
import { readAttestation, verifyStatement } from './attestation.ts';
import { readAuthenticatorData, type AuthenticatorData } from './authenticator-data.ts';
import { concatBytes, readBase64url } from './bytes.ts';
import { readClientData } from './client-data.ts';
import { check, Flaw } from './flaw.ts';
import { DECOY_KEY, storedKeyFrom, verifySignature } from './public-keys.ts';

interface VerifierOptions {
  /** The RP id. */
  domain: string;
  /** Origins of the pages that may ask a browser for a passkey. */
  origins: readonly string[];
}

/** Throws a Flaw unless the challenge is one of the ceremony. */
type VerifyChallenge = (text: string) => Promise<SignedChallenge>;

export function createPasskeyVerifier({ domain, origins }: VerifierOptions) {
  let hash: Promise<Uint8Array> | undefined;
  const domainHash = () => (hash ??= sha256(new TextEncoder().encode(domain)));

  async function verifyClientData(
    bytes: Uint8Array,
    type: 'webauthn.create' | 'webauthn.get',
    verifyChallenge: VerifyChallenge,
  ): Promise<SignedChallenge> {
    const clientData = readClientData(bytes);
    check(clientData.type === type, 'wrong-type');
    const challenge = await verifyChallenge(clientData.challenge);
    check(origins.includes(clientData.origin), 'wrong-origin');
    check(!clientData.isCrossOrigin, 'cross-origin');
    return challenge;
  }

  async function verifyAuthenticatorData(data: AuthenticatorData): Promise<void> {
    check(equalBytes(data.domainHash, await domainHash()), 'wrong-domain');
    check(data.isUserPresent, 'user-not-present');
    check(data.isUserVerified, 'user-not-verified');
  }

  async function verifyRegistration(
    { id, clientDataJSON, attestationObject, transports }: RegistrationCredential,
    verifyChallenge: VerifyChallenge,
  ) {
    const clientData = readBase64url(clientDataJSON);
    const challenge = await verifyClientData(clientData, 'webauthn.create', verifyChallenge);
    const attestation = readAttestation(readBase64url(attestationObject));
    const { isSyncable, signCount, attested } = attestation.data;
    await verifyAuthenticatorData(attestation.data);
    const publicKey = await storedKeyFrom(attested.publicKey);
    await verifyStatement(attestation, publicKey, clientData);
    check(equalBytes(readBase64url(id), attested.credentialId), 'malformed');
    const passkey = { credentialId: id, isSyncable, publicKey, signCount };
    return { passkey: { ...passkey, transports: filterTransports(transports) }, challenge };
  }

  async function verifyAssertion(
    credential: AssertionCredential,
    owned: { passkey: StoredPasskey; userHandle: string } | null,
    verifyChallenge: VerifyChallenge,
  ) {
    const clientData = readBase64url(credential.clientDataJSON);
    const bytes = readBase64url(credential.authenticatorData);
    const signature = readBase64url(credential.signature);
    const challenge = await verifyClientData(clientData, 'webauthn.get', verifyChallenge);
    const data = readAuthenticatorData(bytes);
    check(data.attested === null, 'malformed');
    await verifyAuthenticatorData(data);

    // The whole work comes before anything that depends on the passkey: a decoy's where there is none.
    const key = owned?.passkey.publicKey ?? DECOY_KEY;
    const signed = concatBytes(bytes, await sha256(clientData));
    const isSigned = await verifySignature(key, signature, signed);

    check(owned !== null, 'unknown-passkey');
    const { passkey, userHandle } = owned;
    check(passkey.credentialId === credential.id, 'unknown-passkey');
    check(isSigned, 'wrong-signature');
    check(equalTexts(credential.userHandle ?? '', userHandle), 'wrong-owner');
    check(data.isSyncable === passkey.isSyncable, 'changed-eligibility');
    const { signCount } = data;
    // Counters of synced passkeys differ between devices.
    const mayCount = !passkey.isSyncable && passkey.signCount > 0;
    const hasCountedBack = mayCount && signCount <= passkey.signCount;
    return { use: { passkeyId: passkey.id, challenge, signCount }, hasCountedBack };
  }

  return {
    registration: (credential: RegistrationCredential, verifyChallenge: VerifyChallenge) =>
      answer(verifyRegistration(credential, verifyChallenge)),

    assertion: (
      credential: AssertionCredential,
      owned: { passkey: StoredPasskey; userHandle: string } | null,
      verifyChallenge: VerifyChallenge,
    ) => answer(verifyAssertion(credential, owned, verifyChallenge)),
  };
}

/** Keeps all that look like a transport (5.8.4), unknown ones as well: options give them back. */
const filterTransports = (transports: readonly string[]): string[] =>
  [...new Set(transports)].filter((name) => /^[a-z-]{1,16}$/.test(name)).slice(0, 8);

/** Answers with the flaw that ended a verification. Other errors are faults of the service. */
async function answer<Value extends object>(
  verification: Promise<Value>,
): Promise<({ ok: true } & Value) | { ok: false; flaw: PasskeyFlaw }> {
  try {
    return { ok: true, ...(await verification) };
  } catch (error) {
    if (error instanceof Flaw) return { ok: false, flaw: error.flaw };
    throw error;
  }
}
