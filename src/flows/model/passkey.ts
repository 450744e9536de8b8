/**
 * Passkeys: discoverable credentials of WebAuthn Level 3, as they are stored, shown and used. A passkey
 * whose authenticator has verified its user is both factors of a sign-in.
 */

/** A passkey as its owner may list it. */
export interface Passkey {
  id: string;
  /** The authenticator's id of the credential, in base64url. */
  credentialId: string;
  /** Null: its owner gave none. */
  name: string | null;
  /** Its private key may be copied to other devices of its owner (backup eligible, 6.1.3). */
  isSyncable: boolean;
  /** The ways in which a browser reaches its authenticator; hints for the browser alone. */
  transports: readonly string[];
  createdAtMs: number;
  lastUsedAtMs: number | null;
}

/** A passkey with what an assertion is verified against. */
export interface StoredPasskey extends Passkey {
  /** A JWK with `alg`, as JSON. */
  publicKey: string;
  /** The number of signatures that the authenticator reported last; 0: it counts none. */
  signCount: number;
}

/** A new passkey, as its authenticator has reported it. */
export type NewPasskey = Pick<
  StoredPasskey,
  'credentialId' | 'isSyncable' | 'transports' | 'publicKey' | 'signCount'
>;

/** A challenge that was signed. It is used up in the batch that stores what the signature proves. */
export interface SignedChallenge {
  id: string;
  expiresAtMs: number;
}

/** A passkey that has signed a challenge. */
export interface PasskeyUse {
  passkeyId: string;
  challenge: SignedChallenge;
  signCount: number;
}

/** The answer of `navigator.credentials.create()`; texts in base64url. */
export interface RegistrationCredential {
  id: string;
  clientDataJSON: string;
  attestationObject: string;
  transports: readonly string[];
}

/** The answer of `navigator.credentials.get()`; texts in base64url. */
export interface AssertionCredential {
  id: string;
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  /** Null: the authenticator reported none. */
  userHandle: string | null;
}

/** The reason why a credential was not accepted: for log and audit, and for clients that register one. */
export type PasskeyFlaw =
  | 'malformed'
  | 'wrong-type'
  | 'wrong-challenge'
  /** The challenge is older than its lifetime, or used up. */
  | 'expired-challenge'
  | 'wrong-origin'
  | 'cross-origin'
  | 'wrong-domain'
  | 'user-not-present'
  | 'user-not-verified'
  | 'unsupported-key'
  | 'unknown-passkey'
  | 'wrong-owner'
  | 'wrong-signature'
  /** `isSyncable` is not what it was when it was registered. */
  | 'changed-eligibility';

/** PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3, 5.1.8). */
export interface CreationOptions {
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  challenge: string;
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
  timeout: number;
  excludeCredentials: CredentialDescriptor[];
  authenticatorSelection: {
    residentKey: 'required';
    requireResidentKey: true;
    userVerification: 'required';
  };
  attestation: 'none';
}

interface CredentialDescriptor {
  type: 'public-key';
  id: string;
  transports: string[];
}

/** PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3, 5.1.9). */
export interface RequestOptions {
  challenge: string;
  timeout: number;
  rpId: string;
  allowCredentials: [];
  userVerification: 'required';
}

/** Options for the browser, with the facts of their challenge. */
export interface Ceremony<Options> {
  publicKey: Options;
  /** A UUID. */
  challengeId: string;
  expiresAtMs: number;
}
