/**
 * Seals text with AES-256-GCM (NIST SP 800-38D): nothing of it can be read, changed, or moved to a
 * place with other associated data. The IV is random, so a key is good for 2^32 texts (8.3).
 */
import { base64url, type CryptoKey } from 'jose';

const IV_BYTES = 12;

/** Returns IV, ciphertext and tag, base64url. `aad`: the place that the sealed text is bound to. */
export async function seal(key: CryptoKey, text: string, aad: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const encrypted = await crypto.subtle.encrypt(gcm(iv, aad), key, new TextEncoder().encode(text));
  const sealed = new Uint8Array(IV_BYTES + encrypted.byteLength);
  sealed.set(iv);
  sealed.set(new Uint8Array(encrypted), IV_BYTES);
  return base64url.encode(sealed);
}

/** Null: sealed under another key or for another place, or changed. */
export async function open(key: CryptoKey, sealed: string, aad: string): Promise<string | null> {
  try {
    const bytes = base64url.decode(sealed);
    // Of the spellings that decode to the same bytes only the one that was issued is accepted.
    if (base64url.encode(bytes) !== sealed) return null;
    const iv = bytes.subarray(0, IV_BYTES);
    const opened = await crypto.subtle.decrypt(gcm(iv, aad), key, bytes.subarray(IV_BYTES));
    return new TextDecoder().decode(opened);
  } catch {
    return null;
  }
}

const gcm = (iv: Uint8Array, aad: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(aad),
});
