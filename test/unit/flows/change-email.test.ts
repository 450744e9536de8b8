import { describe, expect, it } from 'vitest';
import { changeEmail, confirmEmail } from '../../../src/flows/change-email.ts';
import type { ChallengeOwner } from '../../../src/flows/model/challenge.ts';
import {
  NOW_MS,
  alice,
  aliceWith,
  context,
  createFakes,
  dora,
  limited,
  limitedEmail,
  no,
  outage,
  sessionEnded,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const token = 'access';
const askForEmail = ({ request }: Fakes) =>
  changeEmail({ ...request, token, password: 'right', email: 'NEW@example.com' });

describe('change-email', () => {
  const owned = (owner: ChallengeOwner | null) => ({ findOwner: async () => owner });
  const email = 'new@example.com';
  const stored = { purpose: 'change-email', email, to: email, sessionId: null };
  const expiresAtMs = NOW_MS + 600_000;
  const decoy = { ...stored, id: 'id-2', secretHash: '-'.repeat(43), expiresAtMs };

  it.each([
    ['free', null],
    ['a registration’s', { is: 'registration', registration: dora }],
  ] as const)(
    'sends a code to an address that is %s, and a notice to the old one',
    async (_, owner) => {
      const fakes = createFakes({ challenges: owned(owner) });
      expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
      await fakes.finish();
      expect(fakes.given('challenges.issue')).toEqual([
        [{ is: 'user', account: alice }, { ...decoy, secretHash: 'code hash of id-2' }, context()],
      ]);
      expect(fakes.sent().toSorted()).toEqual([
        'email-change-code to new@example.com in en',
        'email-change-notice to alice@example.com in en',
      ]);
      expect(fakes.given('limits.consume').toSorted()).toEqual([
        ['codes to new@example.com', { attempts: 5, windowSeconds: 3600 }],
        ['notices to alice@example.com', { attempts: 3, windowSeconds: 3600 }],
      ]);
    },
  );

  it('answers alike for another user’s address, stores a decoy, and tells its mailbox', async () => {
    const fakes = createFakes({
      challenges: owned({ is: 'user', account: aliceWith({ language: 'nl' }) }),
    });
    expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('challenges.issue')).toEqual([
      [{ is: 'user', account: alice }, decoy, context()],
    ]);
    expect(fakes.sent().toSorted()).toEqual([
      'email-change-notice to alice@example.com in en',
      'registration-attempt to new@example.com in nl',
    ]);
    expect(fakes.given('limits.consume').map(([key]) => key)).not.toContain(
      'codes to new@example.com',
    );
  });

  it('stores a decoy and sends nothing over the addresses’ limits', async () => {
    const fakes = createFakes({ challenges: owned(null), limits: { consume: limited } });
    expect(await askForEmail(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('challenges.issue').map(([, challenge]) => challenge)).toEqual([decoy]);
    expect(fakes.sent()).toEqual([]);
  });

  it('refuses a sender over its e-mail limit before the password is checked', async () => {
    const fakes = createFakes({ emailLimits: { consume: limited } });
    expect(await askForEmail(fakes)).toEqual(limitedEmail);
    expect(fakes.given('limits.reserve')).toEqual([]);
  });
});

describe('confirm-email', () => {
  const challenge = {
    id: 'challenge-1',
    secretHash: 'hash of code 123456',
    email: 'new@example.com',
  };
  const asked = { ofUser: async () => challenge };
  const confirm = ({ request }: Fakes, code = '123456') =>
    confirmEmail({ ...request, token, code });

  it('changes the address, clears the failures at it, and tells the old mailbox', async () => {
    const fakes = createFakes({ challenges: asked });
    expect(await confirm(fakes)).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.names()).toEqual([
      'limits.consumeAddress',
      'tokens.verify',
      'sessions.live',
      'challenges.ofUser',
      'limits.consume',
      'secrets.isCode',
      'accountChanges.changeEmail',
      'mailer.send',
      'limits.clear',
    ]);
    expect(fakes.given('accountChanges.changeEmail')).toEqual([[alice, challenge, context()]]);
    expect(fakes.given('limits.consume')).toEqual([
      ['tries at change-email of key of user 7', { attempts: 5, windowSeconds: 600 }],
    ]);
    expect(fakes.given('limits.clear')[0]?.[0]).toBe('lockout of email new@example.com');
    expect(fakes.sent()).toEqual(['email-changed to alice@example.com in en']);
  });

  it.each([
    ['a wrong code', {}, '999999'],
    ['no challenge', { challenges: { ofUser: async () => null } }, '123456'],
    ['used-up tries', { limits: { consume: limited } }, '123456'],
    ['an address taken meanwhile', { accountChanges: { changeEmail: no } }, '123456'],
  ])('refuses %s, after a comparison in every case, and records it', async (_, changes, code) => {
    const fakes = createFakes({ challenges: asked, ...changes });
    expect(await confirm(fakes, code)).toEqual({ ok: false, refusal: { reason: 'invalid-code' } });
    expect(fakes.given('secrets.isCode').length).toBe(1);
    expect(fakes.given('audit.record')).toEqual([
      [{ ...context(), action: 'CODE_CHECK_FAILED', reason: 'invalid-code', userId: 7 }],
    ]);
    expect([fakes.sent(), fakes.given('limits.clear')]).toEqual([[], []]);
  });

  it('refuses an ended session without a try', async () => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await confirm(fakes)).toEqual(sessionEnded);
    expect(fakes.given('limits.consume')).toEqual([]);
  });

  it('is not done where the change fails', async () => {
    const fakes = createFakes({ challenges: asked, accountChanges: { changeEmail: outage } });
    await expect(confirm(fakes)).rejects.toThrow('outage');
    expect(fakes.sent()).toEqual([]);
  });
});
