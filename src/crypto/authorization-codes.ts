/**
 * Authorization codes with PKCE (RFC 6749 4.1, RFC 7636; S256 alone): what a code stands for, sealed.
 * Nothing is stored until one is used.
 */
import type { AuthorizationCodes, AuthorizationGrant } from '../flows/ports/authorization-codes.ts';
import { sha256Text } from './digest.ts';
import { equalTexts } from './equal.ts';
import { createSealedHandles } from './sealed-handles.ts';

interface CodesOptions {
  serverKey: Uint8Array;
  nowMs(): number;
  lifetimeMs: number;
}

export function createAuthorizationCodes(options: CodesOptions): AuthorizationCodes {
  const handles = createSealedHandles<AuthorizationGrant & { returnToHash: string }>({
    ...options,
    purpose: 'authorization-code',
    aad: 'authorization code',
    paddedLength: 384,
  });
  return {
    async issue({ returnTo, ...grant }) {
      return handles.issue({ ...grant, returnToHash: await hashOfAddress(returnTo) });
    },

    async verify(code, { codeVerifier, returnTo }) {
      const grant = await handles.read(code);
      if (grant === null) return null;
      const { returnToHash, ...granted } = grant;
      const isClient = equalTexts(await sha256Text(codeVerifier), granted.codeChallenge);
      const isReturned = equalTexts(await hashOfAddress(returnTo), returnToHash);
      return isClient && isReturned ? granted : null;
    },
  };
}

/** The page has `https://app.example` as `https://app.example/`, and the application as it wrote it. */
const hashOfAddress = (address: string) =>
  sha256Text(URL.canParse(address) ? new URL(address).href : address);
