/** The words of contracts for a lock, with and without an end. */
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import { contracts } from '../../src/contracts/index.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { valueAt } from '../../src/pages/json-path.ts';
import { NOW_MS, refusalContext } from '../../tools/openapi/samples.ts';

const wireOf = (contract: Contract, refusal: Refusal) =>
  refusalWire(contract, refusal, refusalContext);

function contractNamed(name: string): Contract {
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return contract;
}

it.each([
  { leftMs: 900_000, says: 'Try again in 15 minutes.' },
  { leftMs: 840_001, says: 'Try again in 15 minutes.' },
  { leftMs: 840_000, says: 'Try again in 14 minutes.' },
  { leftMs: 60_001, says: 'Try again in 2 minutes.' },
  { leftMs: 60_000, says: 'Try again in 1 minute.' },
  { leftMs: 1, says: 'Try again in 1 minute.' },
  { leftMs: -5000, says: 'Try again in 1 minute.' },
  { leftMs: 86_400_000, says: 'Try again in 1440 minutes.' },
])('a lock of email-remember with $leftMs ms left says "$says"', ({ leftMs, says }) => {
  const refusal: Refusal = { reason: 'locked', untilMs: NOW_MS + leftMs, untilReset: false };
  const message = `Account locked due to too many failed attempts. ${says}`;
  const { body } = wireOf(contractNamed('email-remember'), refusal);
  expect(body).toEqual({ error: { code: 'ACCOUNT_LOCKED', message } });
});

describe('a lock that only a password reset ends', () => {
  const untilReset: Refusal = { reason: 'locked', untilMs: NOW_MS + 900_000, untilReset: true };
  const signIn = 'Too many attempts. Reset your password to sign in.';
  it.each([
    ['username-coded', 429, 'RATE_LIMITED', signIn],
    ['username-pair', 429, 'TooManyRequestsError', signIn],
    [
      'email-envelope',
      403,
      'ACCOUNT_INACTIVE',
      'Account is locked. Reset your password to unlock it.',
    ],
    [
      'email-remember',
      423,
      'ACCOUNT_LOCKED',
      'Account locked due to too many failed attempts. Reset your password to unlock it.',
    ],
    ['email-cookie', 429, 'TOO_MANY_REQUESTS', signIn],
  ])('is told by %s with %i %s, and without a time', (name, ...expected) => {
    const contract = contractNamed(name);
    const { status, body } = wireOf(contract, untilReset);
    const { paths } = contract.errors;
    expect([status, valueAt(body, paths.code), valueAt(body, paths.message)]).toEqual(expected);
  });
});
