import { describe, expect, it } from 'vitest';
import type { ChallengeOwner } from '../../../src/flows/model/challenge.ts';
import { forgotPassword, resetPassword } from '../../../src/flows/reset-password.ts';
import {
  NOW_MS,
  alice,
  aliceWith,
  context,
  createFakes,
  dora,
  limited,
  limitedAddress,
  no,
  outage,
  tooCommon,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const user = { is: 'user', account: alice } as const;
const registration = { is: 'registration', registration: dora } as const;
describe('forgot-password', () => {
  const identifier = { kind: 'email', value: 'alice@example.com' } as const;
  const ask = ({ request }: Fakes) => forgotPassword({ ...request, identifier, handle: null });
  const owned = (owner: ChallengeOwner | null) => ({ findOwner: async () => owner });

  const recipients = [
    [user, 'alice@example.com', 'key of user 7'],
    [registration, 'dora@example.com', 'key of email dora@example.com'],
  ] as const;

  it.each(recipients)(
    'issues a link for an hour and sends it behind the answer',
    async (owner, to, key) => {
      const fakes = createFakes({ challenges: owned(owner) });
      expect(await ask(fakes)).toEqual({ ok: true, value: null });
      await fakes.finish();
      expect(fakes.names().slice(4)).toEqual([
        'randomDelay',
        'emailLimits.consumeInTotal',
        'limits.consume',
        'secrets.newToken',
        'challenges.issue',
        'mailer.send',
      ]);
      expect(fakes.given('limits.consume')).toEqual([
        [`links to ${to}`, { attempts: 3, windowSeconds: 3600 }],
      ]);
      const challenge = {
        id: 'id-1',
        secretHash: 'link hash',
        email: null,
        purpose: 'reset-password',
        expiresAtMs: NOW_MS + 3_600_000,
      };
      expect(fakes.given('challenges.issue')).toEqual([[owner, challenge, context(key)]]);
      const template = { kind: 'password-reset', token: 'link token', minutes: 60 };
      expect(fakes.given('mailer.send')).toEqual([[{ to, contract: 'email-cookie', template }]]);
    },
  );

  it.each([
    ['an unknown name', null],
    ['an inactive user', { is: 'user', account: aliceWith({ status: 'inactive' }) }],
    ['a user without an address', { is: 'user', account: aliceWith({ email: null }) }],
  ] as const)('answers %s alike, counts the e-mail alike, and issues nothing', async (_, owner) => {
    const fakes = createFakes({ challenges: owned(owner) });
    expect(await ask(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('emailLimits.consumeInTotal').length).toBe(1);
    expect([fakes.given('challenges.issue'), fakes.sent()]).toEqual([[], []]);
  });

  it('sends nothing over the address’s limit', async () => {
    const fakes = createFakes({ challenges: owned(user), limits: { consume: limited } });
    expect(await ask(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect([fakes.given('challenges.issue'), fakes.sent()]).toEqual([[], []]);
  });

  it('refuses a limited sender', async () => {
    const fakes = createFakes({ limits: { consumeAddress: limited } });
    expect(await ask(fakes)).toEqual(limitedAddress);
    expect(fakes.given('randomDelay')).toEqual([]);
  });
});

describe('reset-password', () => {
  const challenge = { id: 'challenge-1', secretHash: 'hash of link', email: null };
  const linked = (owner: ChallengeOwner) => ({ findBySecret: async () => ({ owner, challenge }) });
  const reset = ({ request }: Fakes) =>
    resetPassword({ ...request, token: 'link', password: 'a new one' });
  const invalidLink = { ok: false, refusal: { reason: 'invalid-link' } };

  it('sets the password, clears every lockout, and tells the mailbox behind the answer', async () => {
    const fakes = createFakes({ challenges: linked(user) });
    expect(await reset(fakes)).toEqual({ ok: true, value: null });
    expect(fakes.names()).toEqual([
      'secrets.hashOfToken',
      'limits.consumeAddress',
      'challenges.findBySecret',
      'passwordRules.flawOf',
      'passwords.hash',
      'accountChanges.resetPassword',
      'limits.clear',
      'limits.clear',
      'limits.clear',
      'mailer.send',
    ]);
    expect(fakes.given('challenges.findBySecret')).toEqual([
      ['hash of link', 'reset-password', NOW_MS],
    ]);
    expect(fakes.given('accountChanges.resetPassword')).toEqual([
      [alice, challenge, { ...context(), passwordHash: 'new hash of a new one' }],
    ]);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual([
      'lockout of email alice@example.com',
      'lockout of username alice',
      'lockout of sessions 7',
    ]);
    expect(fakes.sent()).toEqual(['password-changed to alice@example.com']);
  });

  it('makes a user of a registration, with the new password', async () => {
    const fakes = createFakes({ challenges: linked(registration) });
    expect(await reset(fakes)).toEqual({ ok: true, value: null });
    const how = { publicId: 'id-1', passwordHash: 'new hash of a new one' };
    expect(fakes.given('registrations.admit')).toEqual([
      [dora, challenge, { ...context('key of email dora@example.com'), ...how }],
    ]);
    expect(fakes.sent()).toEqual(['password-changed to dora@example.com']);
  });

  it('tells an inactive user nothing', async () => {
    const account = aliceWith({ status: 'inactive' });
    const fakes = createFakes({ challenges: linked({ is: 'user', account }) });
    expect((await reset(fakes)).ok).toBe(true);
    expect(fakes.sent()).toEqual([]);
  });

  it.each([
    ['an unknown link', {}],
    ['a user’s used link', { challenges: linked(user), accountChanges: { resetPassword: no } }],
    [
      'a registration’s used link',
      { challenges: linked(registration), registrations: { admit: async () => null } },
    ],
  ])('refuses %s, clears no lockout and sends nothing', async (_, changes) => {
    const fakes = createFakes(changes);
    expect(await reset(fakes)).toEqual(invalidLink);
    expect([fakes.given('limits.clear'), fakes.sent()]).toEqual([[], []]);
  });

  it('refuses a password that breaks the rules, and the link stays good', async () => {
    const fakes = createFakes({ challenges: linked(user), passwordRules: { flawOf: tooCommon } });
    const issues = [{ field: 'password', message: 'Too common', missing: false }];
    expect(await reset(fakes)).toEqual({ ok: false, refusal: { reason: 'malformed', issues } });
    expect(fakes.given('passwordRules.flawOf')).toEqual([
      ['a new one', ['Alice', 'alice@example.com', 'Alice A.']],
    ]);
    expect(fakes.given('accountChanges.resetPassword')).toEqual([]);
  });

  it('refuses a limited address before the link is looked at', async () => {
    const fakes = createFakes({ limits: { consumeAddress: limited }, challenges: linked(user) });
    expect(await reset(fakes)).toEqual(limitedAddress);
    expect(fakes.given('passwords.hash')).toEqual([]);
  });

  it('is done, and the failure logged, where a lockout cannot be cleared', async () => {
    const fakes = createFakes({ challenges: linked(user), limits: { clear: outage } });
    expect(await reset(fakes)).toEqual({ ok: true, value: null });
    expect(await fakes.finish()).toEqual(['outage', 'outage', 'outage']);
  });
});
