/** Authorization codes: sealed, for one client, one address and one minute. */
import { describe, expect, it } from 'vitest';
import { createAuthorizationCodes } from '../../src/crypto/authorization-codes.ts';

const NOW_MS = 1_700_000_000_000;
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const grant = {
  id: 'grant-1',
  contract: 'username-pair',
  sessionId: 'session-1',
  userId: 7,
  credentialVersion: 3,
  /** RFC 7636, Appendix B. */
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  issuedAtMs: NOW_MS,
};
const returnTo = 'https://app.example/callback?a=b';
const codesAt = (nowMs: number, byte = 1) =>
  createAuthorizationCodes({
    serverKey: new Uint8Array(32).fill(byte),
    nowMs: () => nowMs,
    lifetimeMs: 60_000,
  });
const issue = (changes = {}) => codesAt(NOW_MS).issue({ ...grant, returnTo, ...changes });

describe('an authorization code', () => {
  it('is good for its client and address, until its minute is over', async () => {
    const code = await issue();
    const client = { codeVerifier, returnTo };
    expect(await codesAt(NOW_MS + 59_999).verify(code, client)).toEqual(grant);
    expect(await codesAt(NOW_MS + 60_000).verify(code, client)).toBeNull();
  });

  it('tells its holder nothing, by its length neither', async () => {
    const [short, long] = [
      await issue(),
      await issue({ contract: 'email-remember', userId: 1e15 }),
    ];
    expect(short).toMatch(/^[\w-]+$/);
    expect(atob(short.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain('session-1');
    expect(long).toHaveLength(short.length);
  });

  it.each([
    ['another verifier', { codeVerifier: 'x'.repeat(43) }],
    ['the challenge as its verifier', { codeVerifier: grant.codeChallenge }],
    ['another address', { returnTo: 'https://app.example/callback' }],
    ['an address that is none', { returnTo: 'callback' }],
  ])('is refused with %s', async (_name, changes) => {
    const client = { codeVerifier, returnTo, ...changes };
    expect(await codesAt(NOW_MS).verify(await issue(), client)).toBeNull();
  });

  it.each([
    ['https://app.example', 'https://app.example/'],
    ['https://APP.example:443/x', 'https://app.example/x'],
  ])('takes the address %s as browsers write it', async (written, asBrowsersDo) => {
    const code = await issue({ returnTo: asBrowsersDo });
    const verified = await codesAt(NOW_MS).verify(code, { codeVerifier, returnTo: written });
    expect(verified).toEqual(grant);
  });

  it('is refused where it was changed, or sealed by another deployment', async () => {
    const code = await issue();
    const client = { codeVerifier, returnTo };
    const changed = (code.startsWith('A') ? 'B' : 'A') + code.slice(1);
    expect(await codesAt(NOW_MS).verify(changed, client)).toBeNull();
    expect(await codesAt(NOW_MS, 2).verify(code, client)).toBeNull();
  });
});
