/** Access tokens that Gatehouse never issued, or issues no more, made with its keys. */
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { generateKey } from '../../tools/key-set.ts';

export const AUDIENCE = 'https://services.example';
export const current = generateKey('EdDSA');
export const former = generateKey('EdDSA');
export const foreign = generateKey('EdDSA');
export const ofGotrue = generateKey('ES256', { contracts: ['gotrue'] });

interface Differences {
  key?: object;
  header?: object;
  claims?: object;
}

/** A token like those of `username-pair`, but for what `other` says. */
export function forged(issuer: string, other: Differences = {}): Promise<string> {
  const { kid, ...jwk } = { ...current, ...other.key };
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = { sub: 'u', sid: 's', jti: 'j', iat: nowSeconds, exp: nowSeconds + 900 };
  return new SignJWT({ iss: issuer, aud: AUDIENCE, ...claims, ...other.claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: kid as string, ...other.header })
    .sign(createPrivateKey({ key: jwk as never, format: 'jwk' }));
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const SECOND = Math.floor(Date.now() / 1000);

/** A signature of 64 bytes ends with two bits and four of padding, which decoders ignore. */
const LAST_BITS: Record<string, string> = { A: 'B', Q: 'R', g: 'h', w: 'x' };

/** Every token that is refused, and the code that says why. */
export const REFUSED: [name: string, code: string, token: (issuer: string) => Promise<string>][] = [
  ['an expired token', 'expired', (issuer) => forged(issuer, { claims: { exp: SECOND - 1 } })],
  [
    'a token of another issuer',
    'wrong-issuer',
    (issuer) => forged(issuer, { claims: { iss: 'https://a.b' } }),
  ],
  [
    'a token for another audience',
    'wrong-audience',
    (issuer) => forged(issuer, { claims: { aud: 'other' } }),
  ],
  ['a token of another type', 'wrong-kind', (issuer) => forged(issuer, { header: { typ: 'JWT' } })],
  ['a token with a generation', 'wrong-kind', (issuer) => forged(issuer, { claims: { gen: 1 } })],
  [
    'a token without a session',
    'malformed',
    (issuer) => forged(issuer, { claims: { sid: undefined } }),
  ],
  ['a token of an unknown key', 'unknown-key', (issuer) => forged(issuer, { key: foreign })],
  [
    'a token of a key for another contract',
    'unknown-key',
    (issuer) => forged(issuer, { key: ofGotrue, header: { alg: 'ES256' } }),
  ],
  [
    'a token of an unknown key under a known name',
    'wrong-signature',
    (issuer) => forged(issuer, { key: { ...foreign, kid: current.kid } }),
  ],
  [
    'a tampered token',
    'wrong-signature',
    async (issuer) => {
      const [header, , signature] = (await forged(issuer)).split('.');
      const claims = { iss: issuer, aud: AUDIENCE, sub: 'admin', sid: 's', jti: 'j' };
      return `${header}.${encoded({ ...claims, iat: SECOND, exp: SECOND + 900 })}.${signature}`;
    },
  ],
  [
    'an unsigned token',
    'unknown-key',
    async (issuer) => {
      const [, payload] = (await forged(issuer)).split('.');
      return `${encoded({ alg: 'none', typ: 'at+jwt', kid: current.kid })}.${payload}.AA`;
    },
  ],
  [
    'a token that is signed with the public key as a secret',
    'unknown-key',
    async (issuer) =>
      new SignJWT({ iss: issuer, aud: AUDIENCE, sub: 'u', sid: 's', jti: 'j' })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: current.kid as string })
        .setIssuedAt(SECOND)
        .setExpirationTime(SECOND + 900)
        .sign(new TextEncoder().encode(String(current.x).padEnd(32, '='))),
  ],
  [
    'a token without a type',
    'wrong-kind',
    (issuer) => forged(issuer, { header: { typ: undefined } }),
  ],
  [
    'a token that is not good yet',
    'malformed',
    (issuer) => forged(issuer, { claims: { nbf: SECOND + 900 } }),
  ],
  [
    'a token of 13,000 characters',
    'malformed',
    (issuer) => forged(issuer, { claims: { extra: 'a'.repeat(9_500) } }),
  ],
  [
    'a token with an extension that is critical',
    'malformed',
    async (issuer) => {
      const [, payload, signature] = (await forged(issuer)).split('.');
      const header = { alg: 'EdDSA', typ: 'at+jwt', kid: current.kid, crit: ['x'], x: 1 };
      return `${encoded(header)}.${payload}.${signature}`;
    },
  ],
  ['another spelling of a token', 'malformed', async (issuer) => `${await forged(issuer)}=`],
  [
    'a token with other bits behind its last byte',
    'malformed',
    async (issuer) => (await forged(issuer)).replace(/.$/, (end) => LAST_BITS[end] ?? end),
  ],
  ['a text', 'malformed', async () => 'no.token'],
];
