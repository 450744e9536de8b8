/**
 * Tokens of login steps, for clients that take a step for a session. They look like JWTs because such
 * clients read claims in them, and only this service reads them back. They are signed with a key that
 * no other service has: one that verifies tokens by the deployment's keys, and looks at neither type nor
 * audience, must not take a step for a signed-in user.
 */
import { base64url } from 'jose';
import type { Tokens } from '../flows/ports/tokens.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';

const HEADER = encode({ alg: 'HS256', typ: 'step+jwt' });
const AUDIENCE = 'second-factor';

export const createStepTokens = (mac: Mac): Pick<Tokens, 'signStep' | 'readStep'> => ({
  async signStep({ handle, sub, jti, issuedAtMs, expiresAtMs, extra }, { issuer }) {
    const payload = encode({
      ...extra,
      iss: issuer,
      aud: AUDIENCE,
      sub,
      jti,
      iat: issuedAtMs / 1000,
      exp: expiresAtMs / 1000,
      step: handle,
    });
    const signed = `${HEADER}.${payload}`;
    return `${signed}.${await mac('step-token', signed)}`;
  },

  async readStep(token, { issuer }) {
    const [, signed = '', payload = '', signature = ''] = TOKEN.exec(token) ?? [];
    if (!equalTexts(signature, await mac('step-token', signed))) return null;
    const { iss, step } = JSON.parse(decode(payload)) as { iss: string; step: string };
    return iss === issuer ? step : null;
  },
});

const TOKEN = /^([\w-]+\.([\w-]+))\.([\w-]{43})$/;

function encode(part: object): string {
  return base64url.encode(new TextEncoder().encode(JSON.stringify(part)));
}

const decode = (part: string): string => new TextDecoder().decode(base64url.decode(part));
