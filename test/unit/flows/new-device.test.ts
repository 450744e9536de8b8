/** The e-mail about a sign-in on a new device, and the revocation of its session. */
import { describe, expect, it } from 'vitest';
import { notifyNewDevice } from '../../../src/flows/notify-new-device.ts';
import { revokeSession } from '../../../src/flows/revoke-session.ts';
import { NOW_MS, alice, aliceWith, context, createFakes, dora, limited } from './fakes.ts';

const verified = { emailVerified: true, lastLoginAtMs: 1 };
const account = aliceWith(verified);
const DAY_MS = 86_400_000;

describe('a sign-in', () => {
  const signedIn = async (given: Parameters<typeof createFakes>[0], user: object = verified) => {
    const fakes = createFakes({ devices: { lockoutKeyFor: async () => null }, ...given });
    notifyNewDevice(fakes.request, aliceWith(user), 'session-1');
    await fakes.finish();
    return fakes;
  };
  const unknown = { audit: { knowsDevice: async () => false } };

  it('on a new device is told of by e-mail, with a link for a day', async () => {
    const fakes = await signedIn(unknown);
    expect(fakes.given('limits.consume')).toEqual([
      ['sign-ins of alice@example.com', { attempts: 5, windowSeconds: 3600 }],
    ]);
    expect(fakes.given('challenges.issue')).toEqual([
      [
        { is: 'user', account },
        {
          id: 'id-1',
          secretHash: expect.any(String),
          purpose: 'revoke-session',
          email: null,
          sessionId: 'session-1',
          to: 'alice@example.com',
          expiresAtMs: NOW_MS + DAY_MS,
        },
        context(),
      ],
    ]);
    expect(fakes.sent()).toEqual(['new-device to alice@example.com in en']);
  });

  it.each([
    ['with a valid device cookie', { devices: { lockoutKeyFor: async () => 'device' } }, verified],
    ['on a device that the audit knows', {}, verified],
    ['over the limit', { ...unknown, limits: { consume: limited } }, verified],
    [
      'of an account whose address changed',
      { ...unknown, challenges: { issue: async () => false } },
      verified,
    ],
    ['for the first time', unknown, { ...verified, lastLoginAtMs: null }],
    ['at an address that is not verified', unknown, { ...verified, emailVerified: false }],
    ['without an address', unknown, { ...verified, email: null }],
  ])('%s is not told of', async (_, given, user) => {
    expect((await signedIn(given, user)).sent()).toEqual([]);
  });
});

describe('revoke-session', () => {
  const challenge = { id: 'challenge-1', secretHash: 'hash of link', email: null };
  const owner = { is: 'user', account: alice } as const;
  const found = { challenges: { findBySecret: async () => ({ owner, challenge }) } };
  const revoke = ({ request }: ReturnType<typeof createFakes>) =>
    revokeSession({ ...request, token: 'link' });
  const invalidLink = { ok: false, refusal: { reason: 'invalid-link' } };

  it('ends the session of the link', async () => {
    const fakes = createFakes(found);
    expect(await revoke(fakes)).toEqual({ ok: true, value: null });
    expect(fakes.given('challenges.findBySecret')).toEqual([
      ['hash of link', ['revoke-session'], NOW_MS],
    ]);
    expect(fakes.given('sessions.revoke')).toEqual([[alice, challenge, context()]]);
  });

  it.each([
    ['an unknown link', {}],
    [
      'the link of a registration',
      {
        challenges: {
          findBySecret: async () => ({
            owner: { is: 'registration', registration: dora } as const,
            challenge,
          }),
        },
      },
    ],
    ['a link that became void meanwhile', { ...found, sessions: { revoke: async () => false } }],
  ])('refuses %s', async (_, given) => {
    expect(await revoke(createFakes(given))).toEqual(invalidLink);
  });

  it('refuses a limited address before it says anything of the link', async () => {
    const fakes = createFakes({ ...found, limits: { consumeAddress: limited } });
    expect(await revoke(fakes)).toMatchObject({ refusal: { reason: 'limited' } });
    expect(fakes.given('sessions.revoke')).toEqual([]);
  });
});
