/**
 * Recovery codes: ten, of 120 bits each (ASVS 5.0 V6.5.2 asks for 112 where no password hash is used),
 * in Crockford's base32, which has no I, L, O and U. What is stored is a keyed hash of the user's code.
 */
import type { Mac } from '../keys.ts';
import { encodeBase32 } from './base32.ts';
import { normaliseCodeText } from './code-text.ts';

export const RECOVERY_CODES = 10;
const CODE_BYTES = 15;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Draws a code of 24 characters, shown in groups of four. */
export function newRecoveryCode(): string {
  const code = encodeBase32(crypto.getRandomValues(new Uint8Array(CODE_BYTES)), ALPHABET);
  return code.replaceAll(/.{4}(?!$)/g, '$&-');
}

/** Undoes grouping, lower case, and letters that were read for digits. */
export const normaliseRecoveryCode = (code: string): string =>
  normaliseCodeText(code).toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');

export const hashRecoveryCode = (mac: Mac, userId: number, code: string): Promise<string> =>
  mac('recovery', `${userId}:${normaliseRecoveryCode(code)}`);
