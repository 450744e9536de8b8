/** Supabase's client ends its session after any 4xx of a refresh, and tries again after a 5xx. */
import { expect, it } from 'vitest';
import { refusalWire } from '../../src/contracts/errors.ts';
import { gotrue } from '../../src/contracts/gotrue.ts';
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
