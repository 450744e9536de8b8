/** Tokens that were never issued: drawn as data, made of a real one. */
import * as fc from 'fast-check';
import { base64url, importJWK, type JWK } from 'jose';
import { MARK } from './arbitraries.ts';

type Signer = 'our key' | 'another key' | 'HMAC with our public key' | 'another token';
type Fields = Record<string, unknown>;

export interface Forgery {
  header: Fields;
  claims: Fields;
  signedBy: Signer;
}

/** In place of what is there: removes it. */
const GONE = undefined;
const FAR_S = 32_503_680_000;
const OTHERS = ['https://elsewhere.example', '', 5, null, [], {}, MARK, GONE];

const one = (name: string, values: readonly unknown[]) =>
  fc.constantFrom(...values).map((value): Fields => ({ [name]: value }));

/** Each of them is refused, even under our own signature. */
const headerFault = fc.oneof(
  one('typ', ['JWT', 'jwt', '', 'at+jwt ', 'at jwt', 'dv+jwt', 'rt', 5, null, ['at+jwt'], GONE]),
  one('alg', ['none', 'None', 'HS256', 'ES256', 'RS256', 'PS512', 'dir', '', 5, null, GONE]),
  one('kid', ['other', '', '../../dev/null', '__proto__', 'constructor', 5, [], null, GONE]),
  one('crit', [['x'], [], 'x', ['exp'], ['b64', 'x']]),
);
const claimFault = fc.oneof(
  one('aud', [...OTHERS, ['https://elsewhere.example']]),
  one('iss', [...OTHERS, ['https://gatehouse.example']]),
  one('exp', [0, 1, -1, '9999999999', null, {}, GONE]),
  one('nbf', [FAR_S, 'tomorrow', null, {}]),
  one('iat', ['now', null, GONE]),
  one('sid', [crypto.randomUUID(), '', 5, null, [], {}, MARK, "' OR 1=1 --", '\u0000', GONE]),
  one('jti', [5, null, [], GONE]),
  one('sub', [GONE]),
);

/** Header parameters that a verifier must not follow. */
const bait = fc.oneof(
  fc.constant<Fields>({}),
  one('jwk', [{ kty: 'oct', k: 'AAAA' }, MARK]),
  one('jku', ['https://evil.example/jwks.json', 'file:///etc/passwd']),
  one('x5u', ['https://evil.example/x5u.pem']),
  one('x5c', [['MIIB'], MARK]),
  one('zip', ['DEF']),
  one('cty', ['JWT']),
  one('padding', ['x'.repeat(6000)]),
);

const forgeryOf = (
  header: fc.Arbitrary<Fields>,
  claims: Fields | fc.Arbitrary<Fields>,
  ...by: Signer[]
) =>
  fc
    .tuple(
      header,
      bait,
      claims instanceof fc.Arbitrary ? claims : fc.constant(claims),
      fc.constantFrom(...by),
    )
    .map(([fault, bait, claims, signedBy]): Forgery => ({
      header: { ...bait, ...fault },
      claims,
      signedBy,
    }));

const none = fc.constant<Fields>({});
export const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  forgeryOf(headerFault, {}, 'our key'),
  forgeryOf(none, claimFault, 'our key'),
  forgeryOf(
    fc.oneof(none, headerFault),
    { gen: 7 },
    'another key',
    'HMAC with our public key',
    'another token',
  ),
);

const decoded = (part: string) =>
  JSON.parse(new TextDecoder().decode(base64url.decode(part))) as Fields;
const encoded = (value: object) => base64url.encode(JSON.stringify(value));

/**
 * Returns `real` with the forgery's header, claims and signature; null if that is no fault in it, as
 * the type `JWT` is not where a contract's tokens have it. `own`: the key that `real` is signed with.
 */
export async function forgeToken(
  { header, claims, signedBy }: Forgery,
  { real, own }: { real: string; own: JWK },
): Promise<string | null> {
  const [head = '', body = '', signature = ''] = real.split('.');
  const before = decoded(head);
  const fault = Object.keys(header).find((name) => FAULTS.has(name));
  if (signedBy === 'our key' && fault && isSame(header[fault], before[fault])) return null;
  const hmac = signedBy === 'HMAC with our public key' ? { alg: 'HS256' } : {};
  const parts = [
    encoded({ ...before, ...hmac, ...header }),
    encoded({ ...decoded(body), ...claims }),
  ].join('.');
  if (signedBy === 'another token') return `${parts}.${signature}`;
  const { algorithm, key } = await signingKey(signedBy, own);
  const signed = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(parts));
  return `${parts}.${base64url.encode(new Uint8Array(signed))}`;
}

const FAULTS = new Set(['typ', 'alg', 'kid', 'crit']);

/** The letters' case does not count in a type (RFC 7515 4.1.9). */
const isSame = (one: unknown, other: unknown) =>
  one === other || (typeof one === 'string' && one.toLowerCase() === String(other).toLowerCase());

async function signingKey(
  signer: Signer,
  own: JWK,
): Promise<{ algorithm: string; key: CryptoKey }> {
  const { k, x = '' } = own;
  const isShared = signer === 'our key' && k !== undefined;
  if (isShared || signer === 'HMAC with our public key') {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    const secret = base64url.decode(isShared ? k : x);
    const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign']);
    return { algorithm: 'HMAC', key };
  }
  const key = signer === 'our key' ? await importJWK(own, 'EdDSA') : (await otherKeys()).privateKey;
  return { algorithm: 'Ed25519', key: key as CryptoKey };
}

let keys: Promise<CryptoKeyPair> | undefined;
const otherKeys = () =>
  (keys ??= crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ]) as Promise<CryptoKeyPair>);
