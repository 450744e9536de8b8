/**
 * Time-based one-time passwords (RFC 6238) as authenticator apps make them: HMAC-SHA-1, six digits,
 * time steps of 30 seconds. A code of the step before or after is accepted (5.2), for clocks that are
 * off and codes that were typed late.
 */
import type { CryptoKey } from 'jose';
import { equalTexts } from '../equal.ts';

const TIME_STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226, section 4, R6. */
const SECRET_BYTES = 20;

export const newSecret = (): Uint8Array => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

/** HMAC-based one-time password (RFC 4226, section 5.3). */
export async function hotp(secret: Uint8Array, counter: number, digits = DIGITS): Promise<string> {
  return codeAt(await importSecret(secret), counter, digits);
}

/**
 * Returns the time step that the code belongs to; of several the latest, so that using it up leaves
 * none of them. Null: none of the three. Compares all three in constant time.
 */
export async function matchingStep(
  secret: Uint8Array,
  code: string,
  nowMs: number,
): Promise<number | null> {
  const key = await importSecret(secret);
  const current = Math.floor(nowMs / TIME_STEP_MS);
  let matching: number | null = null;
  for (const step of [current - 1, current, current + 1]) {
    if (equalTexts(await codeAt(key, step, DIGITS), code)) matching = step;
  }
  return matching;
}

/** Key URI format of authenticator apps. Algorithm, digits and period are its defaults. */
export function totpUri({
  secret,
  issuer,
  account,
}: {
  /** Base32. */
  secret: string;
  issuer: string;
  account: string;
}): string {
  const label = [issuer, account].map(encodeLabel).join(':');
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeLabel(issuer)}`;
}

/** A colon separates issuer and account, so neither may have one of its own. */
const encodeLabel = (text: string) => encodeURIComponent(text.toWellFormed().replaceAll(':', ' '));

const importSecret = (secret: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);

async function codeAt(key: CryptoKey, counter: number, digits: number): Promise<string> {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, message));
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const truncated = mac.getUint32(offset) & 0x7fff_ffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}
