import type {
  AssertionCredential,
  Ceremony,
  CreationOptions,
  NewPasskey,
  Passkey,
  PasskeyFlaw,
  PasskeyUse,
  RegistrationCredential,
  RequestOptions,
  SignedChallenge,
  StoredPasskey,
} from '../model/passkey.ts';

type Verified<Value> = ({ ok: true } & Value) | { ok: false; flaw: PasskeyFlaw };

/** The session that asks for a passkey: no other one registers with the challenge. */
interface RegistrationScope {
  contract: string;
  sessionId: string;
}

/**
 * The ceremonies of WebAuthn Level 3 (7.1, 7.2): options for the browser, and verification of what it
 * answers. Nothing is stored between the two; a challenge is used up by the store.
 */
export interface PasskeyCeremonies {
  /** Options of a sign-in, or of a proof of identity. They name no account. */
  requestOptions(contract: string): Promise<Ceremony<RequestOptions>>;
  creationOptions(
    scope: RegistrationScope,
    owner: {
      /** Random; base64url. */
      userHandle: string;
      name: string;
      displayName: string;
      passkeys: readonly Passkey[];
    },
  ): Promise<Ceremony<CreationOptions>>;
  /** Draws a user handle: 256 bits in base64url. */
  newUserHandle(): string;
  verifyRegistration(
    scope: RegistrationScope,
    credential: RegistrationCredential,
  ): Promise<Verified<{ passkey: NewPasskey; challenge: SignedChallenge }>>;
  /**
   * Takes the same work whether there is such a passkey. `hasCountedBack`: the authenticator is bound to
   * a device, and counts no more signatures than before, as a copy of it would.
   */
  verifyAssertion(
    contract: string,
    credential: AssertionCredential,
    owned: { passkey: StoredPasskey; userHandle: string } | null,
  ): Promise<Verified<{ use: PasskeyUse; hasCountedBack: boolean }>>;
}
