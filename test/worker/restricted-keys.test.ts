/** A key that is restricted to one contract signs and verifies there, and opens nothing elsewhere. */
import { env } from 'cloudflare:workers';
import { base64url, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { claimsOf, client, tokensOf } from '../support/session.ts';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';

const usual: object[] = JSON.parse(env.TOKEN_KEYS).keys;
const secret = crypto.getRandomValues(new Uint8Array(32));
const shared = { kty: 'oct', k: base64url.encode(secret), kid: 'shared', alg: 'HS256' };

const appWith = (...keys: object[]) => createTestApp({ TOKEN_KEYS: JSON.stringify({ keys }) });

/** The token, signed anew by the secret's other holder. */
const forge = (token: string) =>
  new SignJWT(decodeJwt(token))
    .setProtectedHeader({ ...decodeProtectedHeader(token), kid: 'shared', alg: 'HS256' })
    .sign(secret);

describe.each(contractCases)('$name', ({ name, contract }) => {
  const others = contractCases.map((other) => other.name).filter((other) => other !== name);

  it('is signed for by its own key where that comes first, and by the other where not', async () => {
    const user = await addUser();
    const ofOwn = { ...shared, contracts: [name] };
    const kidOf = async (app: ReturnType<typeof appWith>) =>
      decodeProtectedHeader(tokensOf(await client(app, name).login(user)).access).kid;
    const usualKid = await kidOf(appWith(...usual));
    expect(await kidOf(appWith(ofOwn, ...usual))).toBe('shared');
    expect(await kidOf(appWith(...usual, ofOwn))).toBe(usualKid);
    expect(await kidOf(appWith({ ...shared, contracts: others }, ...usual))).toBe(usualKid);
  });

  it('refuses tokens of a live session that were signed by a key of all the others', async () => {
    const { profile, refresh, login } = client(
      appWith({ ...shared, contracts: others }, ...usual),
      name,
    );
    const { access, refresh: refreshToken } = tokensOf(await login(await addUser()));
    const forged = await forge(access);
    expect(claimsOf(forged)).toEqual(claimsOf(access));
    // As any contract answers no token of its own: 401, 400 or 403.
    const refused = (await profile('no.such.token')).status;
    expect(refused).toBeGreaterThanOrEqual(400);
    expect((await profile(forged)).status).toBe(refused);
    if (contract.refresh !== null) {
      const refusedRefresh = (await refresh('no.such.token')).status;
      expect(refusedRefresh).toBeGreaterThanOrEqual(400);
      expect((await refresh(await forge(refreshToken))).status).toBe(refusedRefresh);
      expect((await refresh(refreshToken)).status).toBe(200);
    }
    expect((await profile(access)).status).toBe(200);
    const unrestricted = client(appWith(shared, ...usual), name);
    expect((await unrestricted.profile(forged)).status).toBe(200);
  });
});
