/** Requests that have a code or a link sent: answered alike for everyone. */
import { describe, expect, it } from 'vitest';
import type { ChallengeOwner } from '../../../src/flows/model/challenge.ts';
import { forgotPassword } from '../../../src/flows/reset-password.ts';
import { sendCode } from '../../../src/flows/verify-email.ts';
import {
  NOW_MS,
  aliceWith,
  context,
  createFakes,
  dora,
  limited,
  limitedEmail,
  outage,
} from './fakes.ts';

const user: ChallengeOwner = { is: 'user', account: aliceWith({ emailVerified: false }) };
const registration: ChallengeOwner = { is: 'registration', registration: dora };
const userWith = (change: object): ChallengeOwner => ({
  is: 'user',
  account: aliceWith({ emailVerified: false, ...change }),
});
const ownedBy = (owner: ChallengeOwner | null) => ({ findOwner: async () => owner });
const accepted = { ok: true, value: null };

const code = { code: '123456', minutes: 10 };
const codeRules = {
  key: 'codes to',
  limit: { attempts: 5, windowSeconds: 3600 },
  secretHash: 'code hash of id-1',
  purpose: 'verify-email',
  lifetimeMs: 600_000,
};
const linkRules = {
  key: 'links to',
  limit: { attempts: 3, windowSeconds: 3600 },
  secretHash: 'link hash',
  purpose: 'reset-password',
  lifetimeMs: 3_600_000,
  template: { kind: 'password-reset', token: 'link token', minutes: 60 },
};
const toUser = {
  owner: user,
  language: 'en',
  to: 'alice@example.com',
  accountKey: 'key of user 7',
};
const toDora = {
  owner: registration,
  to: 'dora@example.com',
  language: 'it',
  accountKey: 'key of email dora@example.com',
};

it.each([
  [sendCode, { ...codeRules, ...toUser, template: { kind: 'verification-code', ...code } }],
  [sendCode, { ...codeRules, ...toDora, template: { kind: 'registration-code', ...code } }],
  [forgotPassword, { ...linkRules, ...toUser }],
  [forgotPassword, { ...linkRules, ...toDora }],
])('%o issues and sends behind the answer, after a random delay', async (useCase, expected) => {
  const { owner, to, language, accountKey, key, limit, secretHash, purpose, lifetimeMs, template } =
    expected;
  const fakes = createFakes({ challenges: ownedBy(owner) });
  const identifier = { kind: 'email', value: 'SOME@example.com' } as const;
  expect(await useCase({ ...fakes.request, identifier, handle: 'handle' })).toEqual(accepted);
  await fakes.finish();
  expect(fakes.names()).toEqual([
    'registrationHandles.read',
    'limits.consumeAddress',
    'emailLimits.consume',
    'challenges.findOwner',
    'randomDelay',
    'emailLimits.consumeInTotal',
    'limits.consume',
    useCase === sendCode ? 'secrets.newCode' : 'secrets.newToken',
    'challenges.issue',
    'mailer.send',
  ]);
  expect(fakes.given('challenges.findOwner')).toEqual([
    [
      { kind: 'email', value: 'some@example.com' },
      { handleId: 'id of handle', nowMs: NOW_MS },
    ],
  ]);
  expect(fakes.given('limits.consume')).toEqual([[`${key} ${to}`, limit]]);
  const expiresAtMs = NOW_MS + lifetimeMs;
  const sent = { purpose, expiresAtMs, sessionId: null, to };
  const challenge = { id: 'id-1', secretHash, email: null, ...sent };
  expect(fakes.given('challenges.issue')).toEqual([[owner, challenge, context(accountKey)]]);
  expect(fakes.given('mailer.send')).toEqual([
    [{ to: { email: to, language }, contract: 'email-cookie', template }],
  ]);
});

describe.each([
  ['send-code', sendCode],
  ['forgot-password', forgotPassword],
])('%s', (_name, useCase) => {
  const ask = ({ request }: ReturnType<typeof createFakes>) =>
    useCase({ ...request, identifier: { kind: 'email', value: 'a@b.example' }, handle: null });

  const ineligible: [string, ChallengeOwner | null][] = [
    ['an unknown name', null],
    ['an inactive user', userWith({ status: 'inactive' })],
    ['a user without an address', userWith({ email: null })],
  ];
  if (useCase === sendCode) {
    ineligible.push(['a verified user', userWith({ emailVerified: true })]);
  }

  it.each(ineligible)(
    'answers %s alike, counts the e-mail alike, and issues nothing',
    async (_, owner) => {
      const fakes = createFakes({ challenges: ownedBy(owner) });
      expect(await ask(fakes)).toEqual(accepted);
      await fakes.finish();
      expect(fakes.given('emailLimits.consumeInTotal').length).toBe(1);
      expect([fakes.given('challenges.issue'), fakes.sent()]).toEqual([[], []]);
    },
  );

  it('issues nothing over the address’s limit', async () => {
    const fakes = createFakes({ challenges: ownedBy(user), limits: { consume: limited } });
    expect(await ask(fakes)).toEqual(accepted);
    await fakes.finish();
    expect([fakes.given('challenges.issue'), fakes.sent()]).toEqual([[], []]);
  });

  it('sends nothing that could not be stored', async () => {
    const fakes = createFakes({ challenges: { ...ownedBy(user), issue: outage } });
    expect(await ask(fakes)).toEqual(accepted);
    expect([await fakes.finish(), fakes.sent()]).toEqual([['outage'], []]);
  });

  it('refuses a sender over its limit of e-mail, and starts nothing', async () => {
    const fakes = createFakes({ emailLimits: { consume: limited } });
    expect(await ask(fakes)).toEqual(limitedEmail);
    expect(fakes.given('randomDelay')).toEqual([]);
  });
});
