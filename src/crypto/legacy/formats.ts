/**
 * Parses hashes that other systems made: form, lengths and cost are checked before any work.
 *
 *     $2a$ $2b$ $2y$<cost>$<salt, hash>                  bcrypt
 *     pbkdf2_sha256$<iterations>$<salt>$<base64>         Django
 *     $pbkdf2-sha256$ $pbkdf2-sha512$<rounds>$<salt>$<hash>   passlib, its own base64
 *     pbkdf2:sha256: pbkdf2:sha512:<iterations>$<salt>$<hex>   Werkzeug
 *     scrypt:<N>:<r>:<p>$<salt>$<hex>                    Werkzeug
 *
 * `$2x$` marks hashes made with crypt_blowfish's old fault, and is none of these.
 */
import { LEAST_COST, MOST_COST, MOST_SCRYPT_BLOCKS, type LegacyCost } from './costs.ts';

export type LegacyHash =
  | (Stored & { kind: 'bcrypt' | 'pbkdf2-sha256' | 'pbkdf2-sha512' })
  | (Stored & { kind: 'scrypt'; n: number; r: number; p: number });

interface Stored extends LegacyCost {
  salt: Uint8Array;
  hash: Uint8Array;
}

const BCRYPT = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const DJANGO =
  /^pbkdf2_sha256\$([1-9]\d{0,7})\$([\x21-\x23\x25-\x7e]{1,64})\$([A-Za-z0-9+/]{43}=)$/;
const PASSLIB =
  /^\$pbkdf2-(sha256|sha512)\$([1-9]\d{0,7})\$([./A-Za-z0-9]{0,1366})\$([./A-Za-z0-9]+)$/;
const WERKZEUG =
  /^pbkdf2:(sha256|sha512):([1-9]\d{0,7})\$([\x21-\x23\x25-\x7e]{1,64})\$((?:[0-9a-f]{2})+)$/;
const SCRYPT =
  /^scrypt:([1-9]\d{0,7}):([1-9]\d{0,3}):([1-9]\d{0,3})\$([\x21-\x23\x25-\x7e]{1,64})\$([0-9a-f]{128})$/;

const BYTES = { sha256: 32, sha512: 64 };
const BCRYPT_SALT_BYTES = 16;
const BCRYPT_HASH_BYTES = 23;

/** Returns null for any other format, and for a cost out of bounds. */
export function parseLegacyHash(stored: string): LegacyHash | null {
  const parsed = parseBcrypt(stored) ?? parsePbkdf2(stored) ?? parseScrypt(stored);
  if (parsed === null) return null;
  const { kind, cost } = parsed;
  return cost < LEAST_COST[kind] || cost > MOST_COST[kind] ? null : parsed;
}

function parseBcrypt(stored: string): LegacyHash | null {
  const [, cost, salt, hash] = BCRYPT.exec(stored) ?? [];
  if (cost === undefined || salt === undefined || hash === undefined) return null;
  return {
    kind: 'bcrypt',
    cost: Number(cost),
    salt: decodeBcrypt(salt).subarray(0, BCRYPT_SALT_BYTES),
    hash: decodeBcrypt(hash).subarray(0, BCRYPT_HASH_BYTES),
  };
}

function parsePbkdf2(stored: string): LegacyHash | null {
  const django = DJANGO.exec(stored);
  if (django !== null) {
    const [, cost = '', salt = '', hash = ''] = django;
    return checkedPbkdf2({ digest: 'sha256', cost, salt: utf8(salt), hash: decode(hash) });
  }
  const passlib = PASSLIB.exec(stored);
  if (passlib !== null) {
    const [, digest = '', cost = '', salt = '', hash = ''] = passlib;
    // No base64 has a length of 1 mod 4: six bits are less than a byte.
    if (salt.length % 4 === 1 || hash.length % 4 === 1) return null;
    const ab64 = (text: string) => decode(text.replaceAll('.', '+'));
    return checkedPbkdf2({ digest, cost, salt: ab64(salt), hash: ab64(hash) });
  }
  const [, digest, cost = '', salt = '', hash = ''] = WERKZEUG.exec(stored) ?? [];
  if (digest === undefined) return null;
  return checkedPbkdf2({ digest, cost, salt: utf8(salt), hash: unhex(hash) });
}

function checkedPbkdf2(read: {
  digest: string;
  cost: string;
  salt: Uint8Array;
  hash: Uint8Array;
}): LegacyHash | null {
  const { salt, hash } = read;
  const digest = read.digest === 'sha512' ? 'sha512' : 'sha256';
  // A shorter hash is easier to hit, a longer one takes other work than its cost says.
  if (hash.length !== BYTES[digest]) return null;
  return { kind: `pbkdf2-${digest}`, cost: Number(read.cost), salt, hash };
}

function parseScrypt(stored: string): LegacyHash | null {
  const [, ...parts] = SCRYPT.exec(stored) ?? [];
  const [n = 0, r = 0, p = 0] = parts.slice(0, 3).map(Number);
  const [, , , salt, hash] = parts;
  if (salt === undefined || hash === undefined) return null;
  if (n < 2 || (n & (n - 1)) !== 0 || n * r > MOST_SCRYPT_BLOCKS) return null;
  return { kind: 'scrypt', cost: n * r * p, n, r, p, salt: utf8(salt), hash: unhex(hash) };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const decode = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const unhex = (hex: string) =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BCRYPT_BASE64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ignores bits past the last whole byte, as every implementation does. */
function decodeBcrypt(text: string): Uint8Array {
  return decode([...text].map((char) => BASE64[BCRYPT_BASE64.indexOf(char)]).join(''));
}
