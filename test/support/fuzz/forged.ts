/** Tokens that were never issued: drawn as data, made of a real one. */
import * as fc from 'fast-check';
import { base64url, importJWK, type JWK } from 'jose';
import { MARK } from './edits.ts';

export interface Forgery {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  signedBy: Signer;
}

type Signer = 'our key' | 'a key of the caller’s' | 'HMAC with our public key' | 'another token';

/** In place of what is there; undefined takes it away. */
const GONE = undefined;
const OTHERS = ['https://elsewhere.example', '', 5, null, [], {}, MARK, GONE];
const NAMES = [
  'someone-elses',
  '',
  '../../dev/null',
  '__proto__',
  'constructor',
  5,
  [],
  null,
  GONE,
];
const FAR_S = 32_503_680_000;

/** One of each is enough to be refused, even under our own signature. */
const headerFault = fc.oneof(
  one('typ', ['JWT', 'jwt', '', 'at+jwt ', 'at jwt', 'dv+jwt', 'rt', 5, null, ['at+jwt'], GONE]),
  one('alg', ['none', 'None', 'HS256', 'ES256', 'RS256', 'PS512', 'dir', '', 5, null, GONE]),
  one('kid', NAMES),
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

/** What a verifier must not listen to. */
const bait = fc.oneof(
  fc.constant({}),
  one('jwk', [{ kty: 'oct', k: 'AAAA' }, MARK]),
  one('jku', ['https://evil.example/jwks.json', 'file:///etc/passwd']),
  one('x5u', ['https://evil.example/x5u.pem']),
  one('x5c', [['MIIB'], MARK]),
  one('zip', ['DEF']),
  one('cty', ['JWT']),
  one('padding', ['x'.repeat(6000)]),
);

function one(name: string, values: readonly unknown[]) {
  return fc.constantFrom(...values).map((value): Record<string, unknown> => ({ [name]: value }));
}

/** No two of a kind, so that no fault takes another back. */
export const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  fc
    .tuple(headerFault, bait)
    .map(([fault, bait]): Forgery => made({ ...bait, ...fault }, {}, 'our key')),
  fc.tuple(claimFault, bait).map(([claims, bait]): Forgery => made(bait, claims, 'our key')),
  fc
    .tuple(
      fc.oneof(fc.constant({}), headerFault),
      bait,
      fc.constantFrom<Signer>('a key of the caller’s', 'HMAC with our public key', 'another token'),
    )
    .map(([fault, bait, signer]): Forgery => made({ ...bait, ...fault }, { gen: 7 }, signer)),
);

function made(header: Forgery['header'], claims: Forgery['claims'], signedBy: Signer): Forgery {
  return { header, claims, signedBy };
}

const decoded = (part: string) =>
  JSON.parse(new TextDecoder().decode(base64url.decode(part))) as Record<string, unknown>;
const encoded = (value: object) => base64url.encode(JSON.stringify(value));

/** `real`, but for what the forgery changes. */
export async function forged(
  { header, claims, signedBy }: Forgery,
  { real, own }: { real: string; own: JWK },
): Promise<string> {
  const [head = '', body = '', signature = ''] = real.split('.');
  const hmac = signedBy === 'HMAC with our public key' ? { alg: 'HS256' } : {};
  const parts = [
    encoded({ ...decoded(head), ...hmac, ...header }),
    encoded({ ...decoded(body), ...claims }),
  ].join('.');
  if (signedBy === 'another token') return `${parts}.${signature}`;
  return `${parts}.${base64url.encode(await signed(new TextEncoder().encode(parts), signedBy, own))}`;
}

async function signed(data: Uint8Array, signer: Signer, own: JWK): Promise<Uint8Array> {
  if (signer === 'HMAC with our public key') {
    const shared = base64url.decode(own.x ?? '');
    const how = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', shared, how, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign(how, key, data));
  }
  const key =
    signer === 'our key' ? await importJWK(own, 'EdDSA') : (await strangersKey()).privateKey;
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key as CryptoKey, data));
}

let stranger: Promise<CryptoKeyPair> | undefined;
function strangersKey(): Promise<CryptoKeyPair> {
  stranger ??= crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ]) as Promise<CryptoKeyPair>;
  return stranger;
}
