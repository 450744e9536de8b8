/** Challenges of passkeys: their form, their lifetime, and what they are good for. */
import { base64url } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { createMac } from '../../src/crypto/keys.ts';
import {
  createPasskeyChallenges,
  type ChallengeScope,
} from '../../src/crypto/passkeys/challenges.ts';

const ISSUED_MS = 1_700_000_000_000;
const EXPIRES_MS = 1_700_000_300_000;
let nowMs = ISSUED_MS;
afterEach(() => {
  nowMs = ISSUED_MS;
});

const challengesOf = (serverKey: number) =>
  createPasskeyChallenges({
    mac: createMac(new Uint8Array(32).fill(serverKey)),
    nowMs: () => nowMs,
    lifetimeMs: 300_000,
  });
const challenges = challengesOf(1);

const SIGN_IN: ChallengeScope = ['sign-in', 'email-cookie'];
const REGISTRATION: ChallengeScope = ['registration', 'email-cookie', 'session-1'];

/** Made apart from the product with HKDF and HMAC of Python, of one UUID and ISSUED_MS. */
const KNOWN_SIGN_IN = 'ABEiM0RVRneImaq7zN3u_wGLz-VoAIuDdjS9Qs0TNNomFb_YHVFjoY3Mt3KBs07L0wAkUTAy';
const KNOWN_REGISTRATION =
  'ABEiM0RVRneImaq7zN3u_wGLz-VoAJ2g5LlLw1aUub7agBYhaCV4_OQdXnn2FWXtQ0L_5M7k';
const KNOWN_FACTS = { id: '00112233-4455-4677-8899-aabbccddeeff', expiresAtMs: EXPIRES_MS };
const wrong = expect.objectContaining({ flaw: 'wrong-challenge' });
const expired = expect.objectContaining({ flaw: 'expired-challenge' });

describe.each([
  [SIGN_IN, KNOWN_SIGN_IN],
  [REGISTRATION, KNOWN_REGISTRATION],
])('a challenge for %j', (scope, known) => {
  it('has a UUID, a time and a MAC of both', async () => {
    expect(await challenges.verify(known, scope)).toEqual(KNOWN_FACTS);
  });

  it('is verified as it was issued', async () => {
    const { text, ...facts } = await challenges.issue(scope);
    expect(facts).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      expiresAtMs: EXPIRES_MS,
    });
    expect(base64url.decode(text)).toHaveLength(54);
    expect(await challenges.verify(text, scope)).toEqual(facts);
  });

  it.each([
    [EXPIRES_MS - 1, true],
    [EXPIRES_MS, false],
    [EXPIRES_MS + 1, false],
    [EXPIRES_MS + 1e12, false],
    // Another isolate's clock may be ahead.
    [ISSUED_MS - 1000, true],
  ])('at %i is good: %s', async (atMs, isGood) => {
    nowMs = atMs;
    const verdict = await challenges.verify(known, scope).catch((error: unknown) => error);
    expect(verdict).toEqual(isGood ? KNOWN_FACTS : expired);
  });

  it('of another deployment is refused, old or not', async () => {
    const { text } = await challengesOf(2).issue(scope);
    await expect(challenges.verify(text, scope)).rejects.toEqual(wrong);
    nowMs = EXPIRES_MS;
    await expect(challenges.verify(text, scope)).rejects.toEqual(wrong);
  });

  it('with any bit changed is refused', async () => {
    const bytes = base64url.decode(known);
    for (const [index, byte] of bytes.entries()) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const text = base64url.encode(bytes.with(index, byte ^ bit));
        await expect(challenges.verify(text, scope), `${index}:${bit}`).rejects.toEqual(wrong);
      }
    }
  });

  it('that is shorter, longer or written otherwise is refused', async () => {
    const texts = [
      ...Array.from(known, (_, length) => known.slice(0, length)),
      `${known}A`,
      `${known}AAAA`,
      `A${known}`,
      `${known}=`,
      `${known}\n`,
      ` ${known}`,
      known.replaceAll('_', '/').replaceAll('-', '+'),
    ];
    for (const text of texts) {
      await expect(challenges.verify(text, scope), text).rejects.toEqual(wrong);
    }
  });
});

it.each<[string, ChallengeScope]>([
  ['another contract', ['registration', 'oauth2', 'session-1']],
  ['another session', ['registration', 'email-cookie', 'session-2']],
  ['no session', ['registration', 'email-cookie', '']],
  ['a longer contract and a shorter session', ['registration', 'email-cookie","session', '1']],
  ['signing in', SIGN_IN],
])('a challenge for a registration is refused for %s', async (_title, scope) => {
  await expect(challenges.verify(KNOWN_REGISTRATION, scope)).rejects.toEqual(wrong);
});

it.each<[string, ChallengeScope]>([
  ['another contract', ['sign-in', 'oauth2']],
  ['a registration', REGISTRATION],
  ['a registration without a session', ['registration', 'email-cookie', '']],
])('a challenge for signing in is refused for %s', async (_title, scope) => {
  await expect(challenges.verify(KNOWN_SIGN_IN, scope)).rejects.toEqual(wrong);
});
