/** Bytes of a credential. */
import { base64url } from 'jose';
import { check } from './flaw.ts';

/**
 * Reads base64url (RFC 4648, section 5) in its canonical encoding alone: no padding, no white space,
 * no stray bits at the end. Throws a Flaw.
 */
export function readBase64url(text: string): Uint8Array {
  check(/^[\w-]*$/.test(text) && text.length % 4 !== 1, 'malformed');
  const bytes = base64url.decode(text);
  check(base64url.encode(bytes) === text, 'malformed');
  return bytes;
}

export function concatBytes(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
