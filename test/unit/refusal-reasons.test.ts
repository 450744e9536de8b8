/** The pages tell each contract's refusals apart by what its clients see. */
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { NO_CONTEXT, routeOf } from '../../src/contracts/routes.ts';
import type { Operation } from '../../src/flows/operations.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { refusalResponse } from '../../src/http/responses.ts';
import { describeContract } from '../../src/pages/contract-descriptor.ts';
import { sampleGranted, sampleUser } from '../../tools/openapi/samples.ts';
import type { Reason } from '../../src/pages/page-data.ts';
import { fieldsNamed, reasonOf, stepIn, waitOf } from '../../src/pages/refusal-reason.ts';

const NOW = 1_000_000;
const lock = { reason: 'locked', untilMs: NOW + 600_000 } as const;
const malformed = { field: 'email', message: 'No' };
/** Each refusal, the reason that pages take it for, and the seconds that they count down. */
const rows: [refusal: Refusal, expected: Reason, waitSeconds: number][] = [
  [{ reason: 'invalid', because: 'unknown-user' }, 'invalid', 0],
  [
    { reason: 'limited', limit: { attempts: 3, windowSeconds: 60 }, retryAtMs: NOW + 9500 },
    'limited',
    10,
  ],
  [{ ...lock, untilReset: false }, 'locked', 600],
  // Has a Retry-After, though waiting does not help.
  [{ ...lock, untilReset: true }, 'locked-until-reset', 0],
  [{ reason: 'inactive' }, 'inactive', 0],
  [{ reason: 'unverified' }, 'unverified', 0],
  [{ reason: 'internal' }, 'internal', 0],
  [{ reason: 'taken', field: 'username' }, 'taken', 0],
  [{ reason: 'invalid-code' }, 'invalid-code', 0],
  [{ reason: 'invalid-link' }, 'invalid-link', 0],
  [{ reason: 'invalid-factor' }, 'invalid-factor', 0],
  [{ reason: 'expired-step' }, 'expired-step', 0],
  [{ reason: 'reauthentication-required', methods: ['password'] }, 'reauthentication-required', 0],
  [{ reason: 'too-many-factors' }, 'too-many-factors', 0],
  [{ reason: 'invalid-passkey', because: 'wrong-signature' }, 'invalid-passkey', 0],
  [{ reason: 'expired-challenge' }, 'expired-challenge', 0],
  [{ reason: 'unacceptable-passkey' }, 'unacceptable-passkey', 0],
  [{ reason: 'too-many-passkeys' }, 'too-many-passkeys', 0],
  [{ reason: 'last-way-in' }, 'last-way-in', 0],
  [{ reason: 'insecure' }, 'insecure', 0],
  [{ reason: 'malformed', issues: [{ ...malformed, missing: false }] }, 'malformed', 0],
  [{ reason: 'malformed', issues: [{ ...malformed, missing: true }] }, 'malformed', 0],
];

describe.each(contracts)('$name', (contract) => {
  const descriptor = describeContract(contract);
  const seen = async (refusal: Refusal, operation: Operation) => {
    const context = { nowMs: NOW, traceId: crypto.randomUUID(), operation, headers: {} };
    const response = refusalResponse(contract, refusal, context);
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as unknown };
  };
  const possible = rows.filter(
    ([{ reason }]) =>
      (reason !== 'unverified' || contract.requiresVerifiedEmail) &&
      (reason !== 'taken' || contract.identifier === 'username'),
  );

  it.each(possible)('tells %j from all others', async (refusal, expected, waitSeconds) => {
    const answer = await seen(refusal, 'login');
    const reason = reasonOf(descriptor, answer, ['invalid', 'inactive', 'locked', 'malformed']);
    expect([reason, waitOf(answer.headers, reason)]).toEqual([expected, waitSeconds]);
  });

  it.each([
    ['email', 'Email must be a valid email address'],
    ['password', 'Password is too common'],
    ['code', 'Code must be six digits'],
    ['currentPassword', 'Current password is required'],
  ])('names the field %s, and no other', async (field, message) => {
    const fields = ['email', 'username', 'password', 'code', 'currentPassword', 'newPassword'];
    for (const missing of [false, true]) {
      const issues = [{ field, message, missing }] as const;
      const answer = await seen({ reason: 'malformed', issues }, 'verify-email');
      expect(reasonOf(descriptor, answer, [])).toBe('malformed');
      expect(fieldsNamed(answer.body, fields)).toEqual([field]);
    }
  });

  it.each([
    ['enrolment-required', ['totp'], true],
    ['second-factor-required', ['totp', 'recovery-code'], false],
    ['second-factor-required', ['recovery-code', 'passkey'], false],
  ] as const)('goes on with %s', async (reason, methods, enrols) => {
    const times = { issuedAtMs: NOW, expiresAtMs: NOW + 300_000 };
    const step = { handle: 'a handle', methods, user: sampleUser, token: null, ...times };
    const route = routeOf(contract, 'login');
    const { body } =
      contract.steps.login?.render(step, NO_CONTEXT) ?? (await seen({ reason, step }, 'login'));
    expect(stepIn({ body }, descriptor)).toEqual({ enrols, challenge: 'a handle', methods });
    const granted = route.response.render(sampleGranted as never, NO_CONTEXT);
    const wrong = await seen({ reason: 'invalid', because: 'wrong-password' }, 'login');
    for (const other of [granted, wrong]) expect(stepIn(other, descriptor)).toBe(null);
  });

  it.each([502, 401])('knows no reason for a %i that the contract does not give', (status) => {
    const answer = { status, headers: new Headers(), body: { error: 'proxy', message: 'No' } };
    expect(reasonOf(descriptor, answer, ['invalid'])).toBe(null);
  });
});

it('waits for no date', () => {
  const headers = new Headers({ 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' });
  expect(waitOf(headers, 'limited')).toBe(0);
});
