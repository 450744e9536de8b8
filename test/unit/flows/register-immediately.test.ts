import { describe, expect, it } from 'vitest';
import { registerImmediately } from '../../../src/flows/register-immediately.ts';
import type { RegistrationInput } from '../../../src/flows/register.ts';
import {
  NOW_MS,
  aliceWith,
  context,
  createFakes,
  flawIn,
  limited,
  limitedAddress,
  limitedEmail,
  outage,
  tooCommon,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const application: RegistrationInput = {
  username: 'Dora',
  email: 'DORA@example.com',
  password: 'a password',
  name: 'Dora D.',
  handle: null,
};
const dora = aliceWith({
  id: 8,
  publicId: 'public-8',
  username: 'Dora',
  email: 'dora@example.com',
  language: 'it',
});
const createAccount = async () => ({ account: dora });
const registerWith = ({ request }: Fakes, change: Partial<RegistrationInput> = {}) =>
  registerImmediately({ ...request, input: { ...application, ...change } });
const taken = (field: string) => ({ ok: false, refusal: { reason: 'taken', field } });

/** The calls before the outcome is known. */
const STEPS = [
  'registrationHandles.read',
  'limits.consumeAddress',
  'registrations.isUsernameTaken',
  'passwordRules.flawOf',
  'emailLimits.consume',
  'passwords.hash',
  'tokens.refreshId',
  'registrations.createAccount',
];

describe('a registration that grants at once', () => {
  it('counts, hashes, stores in one call, and writes behind the answer', async () => {
    const fakes = createFakes({ registrations: { createAccount } });
    expect(await registerWith(fakes)).toEqual({
      ok: true,
      value: {
        user: { ...dora.user, lastLoginAtMs: NOW_MS },
        sessionId: 'id-1',
        issuedAtMs: 1_700_000_000_000,
        access: { token: 'access token', expiresAtMs: 1_700_000_900_000 },
        refresh: { token: 'refresh token', expiresAtMs: 1_700_086_400_000 },
        deviceCookie: 'device of 8, version 5',
      },
    });
    await fakes.finish();
    const names = fakes.names();
    expect(names.slice(0, STEPS.length)).toEqual(STEPS);
    expect(names.slice(STEPS.length).toSorted()).toEqual([
      'challenges.issue',
      'devices.issue',
      'emailLimits.consumeInTotal',
      'limits.clear',
      'limits.clear',
      'limits.consume',
      'mailer.send',
      'randomDelay',
      'secrets.newCode',
      'tokens.signAccess',
      'tokens.signRefresh',
    ]);
  });

  it('is stored with normalised names, its hash and its first session', async () => {
    const fakes = createFakes({ registrations: { createAccount } });
    await registerWith(fakes);
    expect(fakes.given('registrations.createAccount')).toEqual([
      [
        {
          ...context('key of email dora@example.com'),
          username: 'Dora',
          usernameKey: 'dora',
          email: 'dora@example.com',
          name: 'Dora D.',
          language: 'fr',
          handleId: '',
          passwordHash: 'new hash of a password',
          publicId: 'id-2',
          sessionId: 'id-1',
          expiries: {
            issuedAtMs: 1_700_000_000_000,
            accessExpiresAtMs: 1_700_000_900_000,
            refreshExpiresAtMs: 1_700_086_400_000,
            sessionExpiresAtMs: 1_700_086_400_000,
          },
          refreshHash: 'hash 0',
        },
      ],
    ]);
  });

  it('sends its code to the new user, and forgets failures at the new names', async () => {
    const fakes = createFakes({ registrations: { createAccount } });
    await registerWith(fakes);
    await fakes.finish();
    expect(fakes.given('challenges.issue')).toMatchObject([
      [
        { is: 'user', account: dora },
        { purpose: 'verify-email', email: null },
        context('key of user 8'),
      ],
    ]);
    expect(fakes.sent()).toEqual(['verification-code to dora@example.com in it']);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual([
      'lockout of email dora@example.com',
      'lockout of username dora',
    ]);
  });

  it('may take the username that its earlier registration holds', async () => {
    const fakes = createFakes();
    await registerWith(fakes, { handle: 'body' });
    expect(fakes.given('registrations.isUsernameTaken')).toMatchObject([
      [{ handleId: 'id of body' }, NOW_MS],
    ]);
    expect(fakes.given('registrations.createAccount')).toMatchObject([
      [{ handleId: 'id of body' }],
    ]);
  });

  it('needs no username', async () => {
    const fakes = createFakes();
    await registerWith(fakes, { username: null });
    expect(fakes.given('registrations.isUsernameTaken')).toEqual([]);
    expect(fakes.given('registrations.createAccount')).toMatchObject([[{ usernameKey: null }]]);
  });

  it('does not fail with its e-mail', async () => {
    const fakes = createFakes({ mailer: { send: outage } });
    expect((await registerWith(fakes)).ok).toBe(true);
    expect(await fakes.finish()).toEqual(['outage']);
  });
});

describe('a refusal', () => {
  it('of a taken address follows the same calls, and writes to the address', async () => {
    const fakes = createFakes({
      registrations: { createAccount: async () => ({ taken: 'email' as const, language: 'nl' }) },
    });
    expect(await registerWith(fakes)).toEqual(taken('email'));
    await fakes.finish();
    expect(fakes.names()).toEqual([
      ...STEPS,
      'randomDelay',
      'emailLimits.consumeInTotal',
      'limits.consume',
      'mailer.send',
    ]);
    expect(fakes.sent()).toEqual(['registration-attempt to dora@example.com in nl']);
  });

  it('of a username that was taken meanwhile sends nothing', async () => {
    const fakes = createFakes({
      registrations: { createAccount: async () => ({ taken: 'username' as const }) },
    });
    expect(await registerWith(fakes)).toEqual(taken('username'));
    await fakes.finish();
    expect(fakes.sent()).toEqual([]);
  });

  it.each([
    ['over the address’s limit', { limits: { consumeAddress: limited } }, limitedAddress],
    ['over its e-mail limit', { emailLimits: { consume: limited } }, limitedEmail],
    ['of a password', { passwordRules: { flawOf: tooCommon } }, flawIn('password')],
    [
      'of a taken username',
      { registrations: { isUsernameTaken: async () => true } },
      taken('username'),
    ],
  ])('%s stores and sends nothing', async (_, changes, expected) => {
    const fakes = createFakes(changes);
    expect(await registerWith(fakes)).toEqual(expected);
    await fakes.finish();
    expect([fakes.given('registrations.createAccount'), fakes.sent()]).toEqual([[], []]);
  });

  it.each([
    ['of a password', { passwordRules: { flawOf: tooCommon } }],
    ['of a taken username', { registrations: { isUsernameTaken: async () => true } }],
  ])('%s uses up no e-mail', async (_, changes) => {
    const fakes = createFakes(changes);
    await registerWith(fakes);
    expect(fakes.given('emailLimits.consume')).toEqual([]);
  });
});

it('issues nothing for an account that could not be stored', async () => {
  const fakes = createFakes({ registrations: { createAccount: outage } });
  await expect(registerWith(fakes)).rejects.toThrow('outage');
  await fakes.finish();
  expect([fakes.given('tokens.signAccess'), fakes.sent()]).toEqual([[], []]);
});
