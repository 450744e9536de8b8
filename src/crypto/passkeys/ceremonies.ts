/** The ceremonies of passkeys (WebAuthn Level 3, section 7): options, and verification of the answers. */
import type { PasskeyCeremonies } from '../../flows/ports/passkey-ceremonies.ts';
import type { Mac } from '../keys.ts';
import { randomText } from '../random.ts';
import { createPasskeyChallenges } from './challenges.ts';
import { COSE_ALGORITHMS } from './public-keys.ts';
import { createPasskeyVerifier } from './verification.ts';

interface CeremoniesOptions {
  mac: Mac;
  nowMs(): number;
  /** Of a challenge. */
  lifetimeMs: number;
  /** The RP id. */
  domain: string;
  /** The name of the service, as authenticators show it. */
  name: string;
  /** Origins of the pages that may ask a browser for a passkey. */
  origins: readonly string[];
}

/** Section 5.4.3 allows 64, and no personal data in them. */
const USER_HANDLE_BYTES = 32;

export function createPasskeyCeremonies({
  mac,
  nowMs,
  lifetimeMs,
  domain,
  name,
  origins,
}: CeremoniesOptions): PasskeyCeremonies {
  const challenges = createPasskeyChallenges({ mac, nowMs, lifetimeMs });
  const verify = createPasskeyVerifier({ domain, origins });

  return {
    async requestOptions(contract) {
      const { id, expiresAtMs, text } = await challenges.issue(['sign-in', contract]);
      const publicKey = {
        challenge: text,
        timeout: lifetimeMs,
        rpId: domain,
        allowCredentials: [] as [],
        userVerification: 'required' as const,
      };
      return { publicKey, challengeId: id, expiresAtMs };
    },

    async creationOptions({ contract, sessionId }, owner) {
      const scope = ['registration', contract, sessionId] as const;
      const { id, expiresAtMs, text } = await challenges.issue(scope);
      const publicKey = {
        rp: { id: domain, name },
        user: { id: owner.userHandle, name: owner.name, displayName: owner.displayName },
        challenge: text,
        pubKeyCredParams: COSE_ALGORITHMS.map((alg) => ({ type: PUBLIC_KEY, alg })),
        timeout: lifetimeMs,
        excludeCredentials: owner.passkeys.map(({ credentialId, transports }) => ({
          type: PUBLIC_KEY,
          id: credentialId,
          transports: [...transports],
        })),
        authenticatorSelection: {
          residentKey: 'required' as const,
          requireResidentKey: true as const,
          userVerification: 'required' as const,
        },
        attestation: 'none' as const,
      };
      return { publicKey, challengeId: id, expiresAtMs };
    },

    newUserHandle: () => randomText(USER_HANDLE_BYTES),

    verifyRegistration: ({ contract, sessionId }, credential) =>
      verify.registration(credential, (text) =>
        challenges.verify(text, ['registration', contract, sessionId]),
      ),

    verifyAssertion: (contract, credential, owned) =>
      verify.assertion(credential, owned, (text) => challenges.verify(text, ['sign-in', contract])),
  };
}

const PUBLIC_KEY = 'public-key' as const;
