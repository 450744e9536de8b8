import { describe, expect, it } from 'vitest';
import type { PasskeyFlaw } from '../../../src/flows/model/passkey.ts';
import {
  addPasskey,
  listPasskeys,
  passkeyLoginOptions,
  passkeyOptions,
  removePasskey,
  renamePasskey,
} from '../../../src/flows/passkeys.ts';
import {
  alice,
  aliceWith,
  aliceWithPasskey,
  createFakes,
  NOW_MS,
  passkey,
  registrationCredential,
  totp,
} from './fakes.ts';
import {
  notFound,
  expired,
  lastWayIn,
  reauthenticate,
  off,
  deviceBound,
  requestOf,
  sessionOf,
  fakesOf,
} from './proven-session.ts';

describe('the methods of a proof', () => {
  const codes = { recoveryCodesLeft: 3 };
  const app = { factors: [{ ...totp, kind: 'totp' as const }] };
  it.each([
    [['password', 'passkey'], aliceWithPasskey, {}],
    [['password'], aliceWithPasskey, off],
    [['passkey'], { ...aliceWithPasskey, passwordHash: null }, {}],
    [['recovery-code', 'passkey'], aliceWith({ ...aliceWithPasskey.user, ...codes }), {}],
    [
      ['totp', 'recovery-code', 'passkey'],
      aliceWith({ ...aliceWithPasskey.user, ...app, ...codes }),
      {},
    ],
    [['totp', 'recovery-code'], aliceWith({ ...app, ...codes }), {}],
  ])('are %j', async (methods, account, more) => {
    const fakes = fakesOf(sessionOf(account, { provenAtMs: 0 }));
    const request = requestOf(fakes, more);
    expect(await removePasskey({ ...request, id: passkey.id })).toEqual(reauthenticate(...methods));
  });
});

describe('adding a passkey', () => {
  const add = (fakes: ReturnType<typeof createFakes>, more: object = {}) =>
    addPasskey({ ...requestOf(fakes, more), name: 'Phone', credential: registrationCredential });

  it('draws the user handle once, and shows the owner’s passkeys to the browser', async () => {
    const fakes = fakesOf(sessionOf(alice), {
      passkeyCeremonies: { newUserHandle: () => 'fresh' },
      passkeys: { handleOf: async () => 'stored' },
    });
    expect(await passkeyOptions(requestOf(fakes))).toMatchObject({ ok: true });
    expect(fakes.given('passkeys.handleOf')).toEqual([[7, 'fresh']]);
    const owner = { name: 'alice@example.com', displayName: 'Alice A.', passkeys: [] };
    expect(fakes.given('passkeyCeremonies.creationOptions')).toEqual([
      [
        { contract: 'email-cookie', sessionId: 'session-1' },
        { userHandle: 'stored', ...owner },
      ],
    ]);
    const again = fakesOf(sessionOf(aliceWithPasskey));
    await passkeyOptions(requestOf(again));
    expect(again.given('passkeys.handleOf')).toEqual([]);
  });

  it('stores it and tells the owner', async () => {
    const fakes = fakesOf(sessionOf(alice));
    expect(await add(fakes)).toEqual({
      ok: true,
      value: {
        id: 'id-1',
        name: 'Phone',
        credentialId: 'credential-1',
        isSyncable: true,
        transports: ['internal'],
        createdAtMs: NOW_MS,
        lastUsedAtMs: null,
      },
    });
    await fakes.finish();
    const template = { kind: 'passkey-added', name: 'Phone' };
    expect(fakes.given('mailer.send')).toMatchObject([[{ template }]]);
  });

  it.each([
    ['stale', expired],
    ['full', { ok: false, refusal: { reason: 'too-many-passkeys' } }],
    ['taken', { ok: false, refusal: { reason: 'malformed' } }],
  ] as const)('is refused, and told in no e-mail, where it is %s', async (stored, refusal) => {
    const fakes = fakesOf(sessionOf(alice), { passkeys: { add: async () => stored } });
    expect(await add(fakes)).toMatchObject(refusal);
    await fakes.finish();
    expect(fakes.sent()).toEqual([]);
  });

  it('names the flaw of a credential, and an expired challenge apart from it', async () => {
    const flawed = (flaw: PasskeyFlaw) =>
      fakesOf(sessionOf(alice), {
        passkeyCeremonies: { verifyRegistration: async () => ({ ok: false, flaw }) },
      });
    expect(await add(flawed('user-not-verified'))).toEqual({
      ok: false,
      refusal: {
        reason: 'malformed',
        issues: [
          {
            field: 'credential',
            message: 'Credential was made without verification of its user',
            missing: false,
          },
        ],
      },
    });
    expect(await add(flawed('expired-challenge'))).toEqual(expired);
  });

  it.each([
    ['not-found', alice, off],
    ['unverified', aliceWith({ emailVerified: false }), {}],
    ['too-many-passkeys', aliceWith({ passkeys: Array.from({ length: 20 }, () => passkey) }), {}],
  ] as const)(
    'is refused before anything is asked of the browser: %s',
    async (reason, account, more) => {
      const refusal = { ok: false, refusal: { reason } };
      expect(await passkeyOptions(requestOf(fakesOf(sessionOf(account)), more))).toEqual(refusal);
      expect(await add(fakesOf(sessionOf(account)), more)).toEqual(refusal);
    },
  );

  it('refuses one that may be copied where the policy asks for a device', async () => {
    const fakes = fakesOf(sessionOf(alice));
    expect(await add(fakes, deviceBound)).toEqual({
      ok: false,
      refusal: { reason: 'unacceptable-passkey' },
    });
    expect(fakes.given('passkeys.add')).toEqual([]);
  });
});

it('offers no options where passkeys are off', async () => {
  const fakes = createFakes();
  expect(await passkeyLoginOptions(requestOf(fakes, off))).toEqual(notFound);
  expect(await passkeyLoginOptions(requestOf(fakes))).toMatchObject({ ok: true });
});

describe('the passkeys of an account', () => {
  const fakes = () => fakesOf(sessionOf(aliceWithPasskey));

  it('are listed and renamed without a proof', async () => {
    const live = sessionOf(aliceWithPasskey, { provenAtMs: 0 });
    const unproven = fakesOf(live, { passkeys: { rename: async () => passkey } });
    expect(await listPasskeys(requestOf(unproven))).toEqual({ ok: true, value: [passkey] });
    const request = { ...requestOf(unproven), id: passkey.id, name: 'Laptop' };
    expect(await renamePasskey(request)).toEqual({ ok: true, value: passkey });
    const missing = fakesOf(live, { passkeys: { rename: async () => null } });
    expect(await renamePasskey({ ...requestOf(missing), id: 'x', name: 'Laptop' })).toEqual(
      notFound,
    );
  });

  it('are removed, and the owner is told', async () => {
    const one = fakes();
    const removed = { ok: true, value: { id: passkey.id } };
    expect(await removePasskey({ ...requestOf(one), id: passkey.id })).toEqual(removed);
    await one.finish();
    const template = { kind: 'passkey-removed', name: passkey.name };
    expect(one.given('mailer.send')).toMatchObject([[{ template }]]);
    expect(await removePasskey({ ...requestOf(fakes()), id: 'another' })).toEqual(notFound);
  });

  it.each([
    ['last-way-in', lastWayIn],
    ['stale', notFound],
  ] as const)('stay where the store answers %s', async (stored, refusal) => {
    const one = fakesOf(sessionOf(aliceWithPasskey), { passkeys: { remove: async () => stored } });
    expect(await removePasskey({ ...requestOf(one), id: passkey.id })).toEqual(refusal);
    await one.finish();
    expect(one.sent()).toEqual([]);
  });
});
