/** A key that is restricted to one contract signs and verifies there, and opens nothing elsewhere. */
import { env } from 'cloudflare:workers';
import { base64url, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { knownContracts } from '../support/contract-cases.ts';
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

describe.each(contractCases)('$name', ({ name, contract, status, statusAt }) => {
  const others = knownContracts.map((other) => other.name).filter((other) => other !== name);

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
    expect((await profile(forged)).status).toBe(status.unauthenticated);
    if (contract.refresh !== null) {
      expect((await refresh(await forge(refreshToken))).status).toBe(
        statusAt('refresh').unauthenticated,
      );
      expect((await refresh(refreshToken)).status).toBe(status.granted);
    }
    expect((await profile(access)).status).toBe(status.granted);
    const unrestricted = client(appWith(shared, ...usual), name);
    expect((await unrestricted.profile(forged)).status).toBe(status.granted);
  });
});
