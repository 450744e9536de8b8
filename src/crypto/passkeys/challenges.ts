/**
 * Challenges that passkeys sign. Nothing is stored until one is used: its MAC says that it was issued
 * here, when, and for what, so that it is good at no other contract and registers for no other session.
 */
import { base64url } from 'jose';
import type { SignedChallenge } from '../../flows/model/passkey.ts';
import { equalBytes } from '../equal.ts';
import type { Mac } from '../keys.ts';
import { concatBytes } from './bytes.ts';
import { check } from './flaw.ts';

export type ChallengeScope =
  | readonly ['sign-in', contract: string]
  | readonly ['registration', contract: string, sessionId: string];

interface ChallengesOptions {
  mac: Mac;
  nowMs(): number;
  lifetimeMs: number;
}

/** A UUID, the Unix time in ms (48 bits, big endian) and the MAC of both: 54 bytes in base64url. */
const CHALLENGE = /^[\w-]{72}$/;
const HEAD_BYTES = 22;

export function createPasskeyChallenges({ mac, nowMs, lifetimeMs }: ChallengesOptions) {
  const sign = async (head: Uint8Array, scope: ChallengeScope) => {
    const terms = JSON.stringify([...scope, base64url.encode(head)]);
    return base64url.decode(await mac('passkey-challenge', terms));
  };

  return {
    async issue(scope: ChallengeScope): Promise<SignedChallenge & { text: string }> {
      const id = crypto.randomUUID();
      const issuedAtMs = nowMs();
      const head = writeHead(id, issuedAtMs);
      const text = base64url.encode(concatBytes(head, await sign(head, scope)));
      return { id, expiresAtMs: issuedAtMs + lifetimeMs, text };
    },

    /** Throws a Flaw: `expired-challenge` for an old one of its own alone. */
    async verify(text: string, scope: ChallengeScope): Promise<SignedChallenge> {
      check(CHALLENGE.test(text), 'wrong-challenge');
      const bytes = base64url.decode(text);
      const head = bytes.subarray(0, HEAD_BYTES);
      const isOurs = equalBytes(bytes.subarray(HEAD_BYTES), await sign(head, scope));
      check(isOurs, 'wrong-challenge');
      const { id, issuedAtMs } = readHead(head);
      const expiresAtMs = issuedAtMs + lifetimeMs;
      check(nowMs() < expiresAtMs, 'expired-challenge');
      return { id, expiresAtMs };
    },
  };
}

function writeHead(id: string, issuedAtMs: number): Uint8Array {
  const hex = id.replaceAll('-', '') + issuedAtMs.toString(16).padStart(12, '0');
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function readHead(head: Uint8Array): { id: string; issuedAtMs: number } {
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const id = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { id, issuedAtMs: Number.parseInt(hex.slice(32), 16) };
}
