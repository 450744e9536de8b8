/** Supabase's client ends its session after any 4xx of a refresh, and tries again after a 5xx. */
import { expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { assurance } from '../../src/contracts/gotrue-factors.ts';
import type { PasswordFlaw } from '../../src/flows/model/outcome.ts';
import { refusalContext, sampleOf } from '../../tools/openapi/samples.ts';

it.each([
  ['refresh', 503],
  ['login', 429],
] as const)('answers a limit and a busy account at %s with %i', (operation, status) => {
  for (const reason of ['limited', 'busy', 'locked'] as const) {
    const wire = refusalWire(gotrue, sampleOf(reason), { ...refusalContext, operation });
    expect([reason, wire.status]).toEqual([reason, status]);
  }
});

it.each<[PasswordFlaw, string]>([
  ['too-short', 'length'],
  ['too-long', 'length'],
  ['ambiguous', 'characters'],
  ['common', 'pwned'],
  ['personal', 'pwned'],
  ['breached', 'pwned'],
])('gives a password that is %s the reason %s', (flaw, reason) => {
  const issue = { field: 'password', message: 'No', missing: false, flaw };
  const { body } = refusalWire(gotrue, { reason: 'malformed', issues: [issue] }, refusalContext);
  expect(body).toEqual({
    code: 422,
    error_code: 'weak_password',
    msg: 'No',
    weak_password: { reasons: [reason] },
  });
});

const [OPENED, LATER] = [1_700_000_000, 1_700_000_060];
const password = { method: 'password', timestamp: OPENED };
const passkey = { method: 'passkey', timestamp: OPENED };

it.each([
  ['password', null, { aal: 'aal1', amr: [password] }],
  ['password', LATER, { aal: 'aal2', amr: [{ method: 'totp', timestamp: LATER }, password] }],
  ['passkey', OPENED, { aal: 'aal2', amr: [passkey] }],
  ['passkey', LATER, { aal: 'aal2', amr: [passkey] }],
] as const)('has for a session by %s, proven again at %s, %j', (openedBy, provenAt, expected) => {
  const secondFactorAtMs = provenAt === null ? null : provenAt * 1000;
  const context = { openedBy, authenticatedAtMs: OPENED * 1000, secondFactorAtMs };
  expect(assurance(context)).toEqual(expected);
});

it.each([
  ['credential', true, 'validation_failed'],
  ['credential', false, 'webauthn_verification_failed'],
])('tells a flaw of a %s from one that is missing (%s)', (field, missing, error_code) => {
  const refusal = {
    reason: 'malformed',
    issues: [{ field, message: 'Credential is no good', missing }],
  } as const;
  for (const operation of ['passkey-login', 'add-passkey'] as const) {
    expect(refusalWire(gotrue, refusal, { ...refusalContext, operation })).toMatchObject({
      status: 400,
      body: { error_code, msg: 'Credential is no good' },
    });
  }
});
