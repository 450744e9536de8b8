import { describe, expect, it } from 'vitest';
import type { ChallengeOwner } from '../../../src/flows/model/challenge.ts';
import { resetPassword } from '../../../src/flows/reset-password.ts';
import {
  NOW_MS,
  alice,
  aliceWith,
  context,
  createFakes,
  dora,
  flawIn,
  no,
  outage,
  tooCommon,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const user = { is: 'user', account: alice } as const;
const registration = { is: 'registration', registration: dora } as const;

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
      ['hash of link', ['reset-password', 'revoke-session'], NOW_MS],
    ]);
    expect(fakes.given('accountChanges.resetPassword')).toEqual([
      [alice, challenge, { ...context(), passwordHash: 'new hash of a new one' }],
    ]);
    expect(fakes.given('limits.clear').map(([key]) => key)).toEqual([
      'lockout of email alice@example.com',
      'lockout of username alice',
      'lockout of sessions 7',
    ]);
    expect(fakes.sent()).toEqual(['password-changed to alice@example.com in en']);
  });

  it('makes a user of a registration, with the new password', async () => {
    const fakes = createFakes({ challenges: linked(registration) });
    expect(await reset(fakes)).toEqual({ ok: true, value: null });
    const how = { publicId: 'id-1', passwordHash: 'new hash of a new one' };
    expect(fakes.given('registrations.admit')).toEqual([
      [dora, challenge, { ...context('key of email dora@example.com'), ...how }],
    ]);
    expect(fakes.sent()).toEqual(['password-changed to dora@example.com in it']);
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
    expect(await reset(fakes)).toEqual(flawIn('password'));
    expect(fakes.given('passwordRules.flawOf')).toEqual([
      ['a new one', ['Alice', 'alice@example.com', 'Alice A.']],
    ]);
    expect(fakes.given('accountChanges.resetPassword')).toEqual([]);
  });

  it('is done, and the failure logged, where a lockout cannot be cleared', async () => {
    const fakes = createFakes({ challenges: linked(user), limits: { clear: outage } });
    expect(await reset(fakes)).toEqual({ ok: true, value: null });
    expect(await fakes.finish()).toEqual(['outage', 'outage', 'outage']);
  });
});
