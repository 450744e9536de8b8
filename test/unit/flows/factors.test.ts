import { describe, expect, it } from 'vitest';
import { changeEmail } from '../../../src/flows/change-email.ts';
import { changePassword } from '../../../src/flows/change-password.ts';
import {
  confirmTotp,
  enrollTotp,
  listFactors,
  newRecoveryCodes,
  removeFactor,
} from '../../../src/flows/factors.ts';
import type { LiveSession } from '../../../src/flows/model/session.ts';
import { addPasskey, passkeyOptions, removePasskey } from '../../../src/flows/passkeys.ts';
import { proveIdentity } from '../../../src/flows/prove-identity.ts';
import {
  NOW_MS,
  alice,
  aliceWith,
  busy,
  createFakes,
  registrationCredential,
  unauthenticated,
  aliceWithFactor,
  totp,
  use,
} from './fakes.ts';
import {
  FIVE_MINUTES,
  notFound,
  reauthenticate,
  type Changes,
  requestOf,
  sessionOf,
} from './proven-session.ts';

const enrolled = aliceWithFactor(totp);
const byPassword = sessionOf(alice, { provenAtMs: NOW_MS - FIVE_MINUTES + 1 });
const byFactor = sessionOf(enrolled, { secondFactorAtMs: NOW_MS - FIVE_MINUTES + 1 });
const invalidFactor = { ok: false, refusal: { reason: 'invalid-factor' } };

const fakesOf = (live: LiveSession, changes: Changes = {}) =>
  createFakes({
    sessions: { live: async () => live },
    factorSecrets: { match: async () => use },
    ...changes,
  });

const enroll = { challenge: null, name: null };
const CHANGES = {
  enrol: (fakes: ReturnType<typeof createFakes>) => enrollTotp({ ...requestOf(fakes), ...enroll }),
  confirm: (fakes: ReturnType<typeof createFakes>) =>
    confirmTotp({ ...requestOf(fakes), code: '1' }),
  'make recovery codes': (fakes: ReturnType<typeof createFakes>) =>
    newRecoveryCodes(requestOf(fakes)),
  remove: (fakes: ReturnType<typeof createFakes>) =>
    removeFactor({ ...requestOf(fakes), id: 'factor-1' }),
  'ask for a new passkey': (fakes: ReturnType<typeof createFakes>) =>
    passkeyOptions(requestOf(fakes)),
  'add a passkey': (fakes: ReturnType<typeof createFakes>) =>
    addPasskey({ ...requestOf(fakes), name: null, credential: registrationCredential }),
  'remove a passkey': (fakes: ReturnType<typeof createFakes>) =>
    removePasskey({ ...requestOf(fakes), id: 'passkey-1' }),
  'change the address': (fakes: ReturnType<typeof createFakes>) =>
    changeEmail({ ...requestOf(fakes), email: 'new@example.com', password: null }),
};

describe.each(Object.entries(CHANGES))('a proof of identity to %s', (_, change) => {
  it.each([
    ['the password', byPassword],
    ['the factor', byFactor],
  ])('is recent enough within five minutes: %s', async (_, live) => {
    const outcome = await change(fakesOf(live));
    expect(outcome).not.toMatchObject({ refusal: { reason: 'reauthentication-required' } });
  });

  it.each([
    {
      given: 'the password of five minutes ago',
      live: sessionOf(alice, { provenAtMs: NOW_MS - FIVE_MINUTES }),
      methods: ['password'],
    },
    {
      given: 'the factor of five minutes ago',
      live: sessionOf(enrolled, {
        provenAtMs: NOW_MS,
        secondFactorAtMs: NOW_MS - FIVE_MINUTES,
      }),
      methods: ['totp', 'recovery-code'],
    },
    {
      given: 'the password alone, where there is a factor',
      live: sessionOf(enrolled, { provenAtMs: NOW_MS }),
      methods: ['totp', 'recovery-code'],
    },
  ])('is asked for again: $given', async ({ live, methods }) => {
    const fakes = fakesOf(live);
    expect(await change(fakes)).toEqual(reauthenticate(...methods));
    expect(fakes.names()).toEqual(expect.not.arrayContaining(['mailer.send']));
  });
});

describe('an enrolment', () => {
  it('stores the sealed secret, and shows it to its owner', async () => {
    const fakes = fakesOf(byPassword);
    expect(await enrollTotp({ ...requestOf(fakes), ...enroll })).toEqual({
      ok: true,
      value: { id: 'id-1', name: null, secret: 'secret', uri: expect.stringMatching('^otpauth:') },
    });
    const stored = { id: 'id-1', secret: 'sealed secret of id-1', name: null };
    expect(fakes.given('factors.enroll')).toMatchObject([[alice, stored, {}]]);
  });

  it('is not offered where second factors are off', async () => {
    const request = requestOf(fakesOf(byPassword), { secondFactor: 'off' });
    expect(await enrollTotp({ ...request, ...enroll })).toEqual(notFound);
    expect(await confirmTotp({ ...request, code: '1' })).toEqual(notFound);
  });

  it('is refused to an account whose address is not verified, since a stranger may have made it', async () => {
    const unverified = { ok: false, refusal: { reason: 'unverified' } };
    const enrolOf = (user: Partial<typeof alice.user>) =>
      CHANGES.enrol(fakesOf(sessionOf(aliceWith(user), { provenAtMs: NOW_MS })));
    expect(await enrolOf({ emailVerified: false })).toEqual(unverified);
    expect(await enrolOf({ emailVerified: false, email: null })).toMatchObject({ ok: true });
  });

  it('is refused beyond five factors', async () => {
    const many = aliceWith({
      factors: Array.from({ length: 5 }, () => ({ ...totp, kind: 'totp' })),
    });
    const fakes = fakesOf(sessionOf(many, { secondFactorAtMs: NOW_MS }));
    const refused = { ok: false, refusal: { reason: 'too-many-factors' } };
    expect(await enrollTotp({ ...requestOf(fakes), ...enroll })).toEqual(refused);
  });

  it('is confirmed with a code, and shows ten recovery codes with the first factor alone', async () => {
    const first = fakesOf(byPassword);
    expect(await CHANGES.confirm(first)).toEqual({
      ok: true,
      value: { recoveryCodes: ['recovery code'] },
    });
    expect(first.given('factors.confirm')).toMatchObject([
      [byPassword, use, { recoveryCodes: [{ id: 'recovery-1', secret: 'hash of recovery code' }] }],
    ]);
    expect(first.given('mailer.send')).toMatchObject([[{ template: { kind: 'factor-added' } }]]);
    expect(await CHANGES.confirm(fakesOf(byFactor))).toEqual({
      ok: true,
      value: { recoveryCodes: [] },
    });
  });

  it.each([
    ['is wrong', { factorSecrets: { match: async () => null } }],
    ['was used meanwhile', { factors: { confirm: async () => false } }],
  ])('is not confirmed with a code that %s', async (_, changes) => {
    const fakes = fakesOf(byPassword, changes);
    expect(await CHANGES.confirm(fakes)).toEqual(invalidFactor);
    expect(fakes.names()).not.toContain('mailer.send');
  });
});

it('lists confirmed factors alone', async () => {
  const pending = { ...totp, id: 'factor-2', kind: 'totp' as const, confirmedAtMs: null };
  const account = aliceWith({ factors: [...enrolled.user.factors, pending], recoveryCodesLeft: 3 });
  const outcome = await listFactors(requestOf(fakesOf(sessionOf(account, {}))));
  expect(outcome).toMatchObject({
    ok: true,
    value: { factors: [{ id: 'factor-1' }], recoveryCodesLeft: 3 },
  });
});

it('makes recovery codes for an account with a factor alone', async () => {
  expect(await CHANGES['make recovery codes'](fakesOf(byPassword))).toEqual(notFound);
  const fakes = fakesOf(byFactor);
  expect(await CHANGES['make recovery codes'](fakes)).toMatchObject({ ok: true });
  const expected = { template: { kind: 'recovery-codes-replaced' } };
  expect(fakes.given('mailer.send')).toMatchObject([[expected]]);
});

it('tells the mailbox of a factor that was removed, and of no other', async () => {
  const fakes = fakesOf(byFactor);
  expect(await CHANGES.remove(fakes)).toEqual({ ok: true, value: { id: 'factor-1' } });
  expect(fakes.given('mailer.send')).toMatchObject([[{ template: { kind: 'factor-removed' } }]]);
  const none = fakesOf(byFactor, { factors: { remove: async () => false } });
  expect(await CHANGES.remove(none)).toEqual(notFound);
  expect(none.names()).not.toContain('mailer.send');
});

describe('a proof of identity within a session', () => {
  const prove = (fakes: ReturnType<typeof createFakes>, given: object) =>
    proveIdentity({ ...requestOf(fakes), password: null, code: null, ...given });

  it('by the password moves the time of the session', async () => {
    const fakes = fakesOf(byPassword);
    expect(await prove(fakes, { password: 'right' })).toEqual({ ok: true, value: null });
    expect(fakes.given('sessions.provePassword')).toEqual([
      [{ id: 'session-1', userId: 7 }, NOW_MS],
    ]);
    expect(fakes.settled()).toEqual(['right']);
  });

  it('by a code uses the factor up', async () => {
    const fakes = fakesOf(byFactor);
    expect(await prove(fakes, { code: '123456' })).toEqual({ ok: true, value: null });
    expect(fakes.given('factors.prove')).toMatchObject([[byFactor, use, {}]]);
    expect(fakes.settled()).toEqual(['right']);
  });

  it.each([
    ['wrong', byFactor, { factorSecrets: { match: async () => null } }],
    ['used up meanwhile', byFactor, { factors: { prove: async () => false } }],
    ['of no factor', byPassword, {}],
  ])('is refused and counted with a code that is %s', async (_, live, changes) => {
    const fakes = fakesOf(live, changes);
    expect(await prove(fakes, { code: '123456' })).toEqual(invalidFactor);
    expect(fakes.settled()).toEqual(['wrong']);
  });

  it('says busy of a wrong code whose ticket has expired', async () => {
    const fakes = fakesOf(byFactor, {
      factorSecrets: { match: async () => null },
      limits: { settle: async () => ({ settled: false, lockBegan: null }) },
    });
    expect(await prove(fakes, { code: '123456' })).toEqual(busy);
  });

  it('is refused to a session that has ended meanwhile', async () => {
    const fakes = fakesOf(byPassword, {
      sessions: { live: async () => byPassword, provePassword: async () => false },
    });
    expect(await prove(fakes, { password: 'right' })).toEqual(unauthenticated);
  });

  it('takes no password of a session that is older than the factor', async () => {
    const older = sessionOf(enrolled, { provenAtMs: NOW_MS });
    const refused = reauthenticate('totp', 'recovery-code');
    const fakes = fakesOf(older);
    expect(await prove(fakes, { password: 'right' })).toEqual(refused);
    const passwords = { currentPassword: 'right', newPassword: 'another' };
    expect(await changePassword({ ...requestOf(fakes), ...passwords })).toEqual(refused);
    expect(fakes.names()).not.toContain('passwords.verify');
  });
});
