import { describe, expect, it } from 'vitest';
import { register, type RegistrationInput } from '../../../src/flows/register.ts';
import {
  NOW_MS,
  context,
  createFakes,
  flawIn,
  limited,
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
const registerWith = ({ request }: Fakes, change: Partial<RegistrationInput> = {}) =>
  register({ ...request, input: { ...application, ...change } });
const accepted = {
  ok: true,
  value: {
    placeholderId: expect.stringMatching(/^id-\d$/) as string,
    acceptedAtMs: NOW_MS,
    email: 'dora@example.com',
    name: 'Dora D.',
    handle: 'a new handle',
  },
};

describe('a registration', () => {
  it('counts, hashes, stores, and writes behind the answer, after a random delay', async () => {
    const fakes = createFakes();
    expect(await registerWith(fakes)).toEqual(accepted);
    await fakes.finish();
    expect(fakes.names()).toEqual([
      'registrationHandles.read',
      'registrationHandles.issue',
      'limits.consumeAddress',
      'registrations.isUsernameTaken',
      'passwordRules.flawOf',
      'emailLimits.consume',
      'passwords.hash',
      'limits.consume',
      'secrets.newCode',
      'registrations.add',
      'randomDelay',
      'emailLimits.consumeInTotal',
      'mailer.send',
    ]);
  });

  it('is stored with a code for ten minutes, itself for a day', async () => {
    const fakes = createFakes();
    await registerWith(fakes);
    expect(fakes.given('registrations.add')).toEqual([
      [
        {
          id: 'id-2',
          handleId: 'handle-2',
          username: 'Dora',
          usernameKey: 'dora',
          email: 'dora@example.com',
          name: 'Dora D.',
          language: 'fr',
          passwordHash: 'new hash of a password',
          expiresAtMs: NOW_MS + 86_400_000,
          challenge: {
            id: 'id-1',
            secretHash: 'code hash of id-1',
            expiresAtMs: NOW_MS + 600_000,
          },
        },
        context('key of email dora@example.com'),
      ],
    ]);
    expect(fakes.given('limits.consume')).toEqual([
      ['registrations of dora@example.com', { attempts: 5, windowSeconds: 3600 }],
    ]);
  });

  it.each([
    ['added', 'added', 'fr', { kind: 'registration-code', code: '123456', minutes: 10 }],
    ['known', { known: { language: 'nl' } }, 'nl', { kind: 'registration-attempt' }],
  ] as const)(
    'of an address that was %s differs in the mailbox alone',
    async (...[, added, language, template]) => {
      const fakes = createFakes({ registrations: { add: async () => added } });
      expect(await registerWith(fakes)).toEqual(accepted);
      await fakes.finish();
      const mail = {
        to: { email: 'dora@example.com', language },
        contract: 'email-cookie',
        template,
      };
      expect(fakes.given('mailer.send')).toEqual([[mail]]);
    },
  );

  it('keeps the id of its earlier handle, from the body before the cookie', async () => {
    const fakes = createFakes();
    const cookie = { ...fakes.request.meta, registration: 'cookie' };
    const request = { ...fakes.request, meta: cookie };
    await register({ ...request, input: { ...application, handle: 'body' } });
    await register({ ...request, input: application });
    const handleIds = fakes.given('registrations.add').map(([added]) => added);
    expect(handleIds).toMatchObject([{ handleId: 'id of body' }, { handleId: 'id of cookie' }]);
  });

  it('asks for no username where the contract has none', async () => {
    const fakes = createFakes();
    await registerWith(fakes, { username: null });
    expect(fakes.given('registrations.isUsernameTaken')).toEqual([]);
    expect(fakes.given('registrationHandles.issue')).toEqual([
      [[{ kind: 'email', value: 'dora@example.com' }], null],
    ]);
  });

  it('over the address’s limit is accepted, and neither stored nor sent', async () => {
    const fakes = createFakes({ limits: { consume: limited } });
    expect(await registerWith(fakes)).toEqual(accepted);
    await fakes.finish();
    expect([fakes.given('registrations.add'), fakes.sent()]).toEqual([[], []]);
  });

  it('is sent nothing once the deployment’s limit is reached', async () => {
    const fakes = createFakes({ emailLimits: { consumeInTotal: async () => false } });
    expect(await registerWith(fakes)).toEqual(accepted);
    await fakes.finish();
    expect(fakes.sent()).toEqual([]);
  });

  it('does not wait for the e-mail, nor fail with it', async () => {
    const fakes = createFakes({ mailer: { send: outage } });
    expect(await registerWith(fakes)).toEqual(accepted);
    expect(await fakes.finish()).toEqual(['outage']);
  });

  it('is not accepted where it could not be stored', async () => {
    const fakes = createFakes({ registrations: { add: outage } });
    await expect(registerWith(fakes)).rejects.toThrow('outage');
    await fakes.finish();
    expect(fakes.sent()).toEqual([]);
  });
});

describe('a refusal', () => {
  it('of a password names its field, and uses up no e-mail', async () => {
    const fakes = createFakes({ passwordRules: { flawOf: tooCommon } });
    expect(await registerWith(fakes)).toEqual(flawIn('password'));
    expect(fakes.given('passwordRules.flawOf')).toEqual([
      ['a password', ['Dora', 'dora@example.com', 'Dora D.']],
    ]);
    expect(fakes.given('emailLimits.consume')).toEqual([]);
  });

  it('of a taken username uses up no e-mail', async () => {
    const fakes = createFakes({ registrations: { isUsernameTaken: async () => true } });
    expect(await registerWith(fakes)).toEqual({
      ok: false,
      refusal: { reason: 'taken', field: 'username' },
    });
    expect([fakes.given('emailLimits.consume'), fakes.given('limits.consume')]).toEqual([[], []]);
  });

  it('of a username taken meanwhile sends nothing', async () => {
    const fakes = createFakes({ registrations: { add: async () => 'username-taken' } });
    expect(await registerWith(fakes)).toEqual({
      ok: false,
      refusal: { reason: 'taken', field: 'username' },
    });
    await fakes.finish();
    expect(fakes.sent()).toEqual([]);
  });

  it('of a sender over its e-mail limit uses up none of the address’s registrations', async () => {
    const fakes = createFakes({ emailLimits: { consume: limited } });
    expect(await registerWith(fakes)).toEqual(limitedEmail);
    expect([fakes.given('limits.consume'), fakes.given('registrations.add')]).toEqual([[], []]);
  });
});
