/** Words of refusals that no case in test/golden holds, as each document or each wire's original has them. */
import { expect, it } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import { contracts as served } from '../../src/contracts/index.ts';
import { valueAt } from '../../src/pages/json-path.ts';
import { refusalContext, sampleOf, type Reason } from '../../tools/openapi/samples.ts';

const STAYS = 'This account needs a passkey that stays on its device';

/** username-pair names a class in place of a code. */
const unseen: Partial<Record<Reason, readonly [number, string, string, string]>> = {
  unauthenticated: [
    401,
    'UNAUTHENTICATED',
    'UnauthorizedError',
    'Missing, invalid or expired token',
  ],
  taken: [409, 'USERNAME_TAKEN', 'ConflictError', 'Username is already taken'],
  'invalid-code': [
    400,
    'INVALID_CODE',
    'ValidationError',
    'Code or password is wrong, or the code has expired',
  ],
  'invalid-link': [
    400,
    'INVALID_TOKEN',
    'ValidationError',
    'The link has been used or has expired',
  ],
  insecure: [403, 'HTTPS_REQUIRED', 'ForbiddenError', 'HTTPS is required'],
  'cross-site': [403, 'CROSS_SITE_REQUEST', 'ForbiddenError', 'Origin is not allowed'],
  unverified: [403, 'EMAIL_NOT_VERIFIED', 'ForbiddenError', 'Email is not verified'],
  'unacceptable-passkey': [403, 'PASSKEY_NOT_ALLOWED', 'ForbiddenError', STAYS],
};

type Words = Partial<Record<Reason, readonly [number, string, string]>>;

/** RFC 6749 5.2 and RFC 6750 3.1, where they have a code. */
const OAUTH: Words = {
  unauthenticated: [401, 'invalid_token', 'Missing, invalid or expired token'],
  taken: [409, 'already_registered', 'This username is taken'],
  'invalid-code': [400, 'invalid_code', 'Code or password is wrong, or the code has expired'],
  'invalid-link': [400, 'invalid_link', 'The link has been used or has expired'],
  insecure: [403, 'https_required', 'HTTPS is required'],
  'cross-site': [403, 'access_denied', 'Origin is not allowed'],
  unverified: [400, 'invalid_grant', 'Email is not verified'],
  'unacceptable-passkey': [403, 'passkey_not_allowed', STAYS],
};

/** The same in the words of wires that others wrote. */
const unseenOf: Readonly<Record<string, Words>> = {
  oauth2: OAUTH,
  keycloak: OAUTH,
  gotrue: {
    unauthenticated: [403, 'bad_jwt', 'Invalid JWT'],
    taken: [422, 'user_already_exists', 'User already registered'],
    'invalid-code': [403, 'otp_expired', 'Token has expired or is invalid'],
    'invalid-link': [403, 'otp_expired', 'Email link is invalid or has expired'],
    insecure: [403, 'HTTPS_REQUIRED', 'HTTPS is required'],
    unverified: [400, 'email_not_confirmed', 'Email not confirmed'],
    'unacceptable-passkey': [403, 'PASSKEY_NOT_ALLOWED', STAYS],
  },
  strapi: {
    unauthenticated: [401, 'UnauthorizedError', 'Missing or invalid credentials'],
    taken: [400, 'ApplicationError', 'Email or Username are already taken'],
    'invalid-code': [400, 'ValidationError', 'Invalid token'],
    'invalid-link': [400, 'ValidationError', 'Incorrect code provided'],
    insecure: [403, 'ForbiddenError', 'HTTPS is required'],
    unverified: [400, 'ApplicationError', 'Your account email is not confirmed'],
    'unacceptable-passkey': [403, 'ForbiddenError', STAYS],
  },
};

it.each(Object.entries(unseenOf))('%s words rare refusals as its original', (name, expected) => {
  const contract = contractNamed(name);
  const { paths } = contract.errors;
  for (const [reason, answer] of Object.entries(expected)) {
    const { status, body } = refusalWire(contract, sampleOf(reason as Reason), refusalContext);
    const seen = [status, valueAt(body, paths.code), valueAt(body, paths.message)];
    expect([reason, ...seen]).toEqual([reason, ...answer]);
  }
});

/** RealWorld puts a field in front of its messages; golden pairs and test/clients hold them. */
const inHouseWords = served.filter(({ name }) => !(name in unseenOf) && name !== 'realworld');

it.each(inHouseWords)('$name words as written the refusals that are rarely seen', (contract) => {
  const { paths } = contract.errors;
  for (const [reason, [status, code, errorClass, message]] of Object.entries(unseen)) {
    const wire = refusalWire(contract, sampleOf(reason as Reason), refusalContext);
    const expected = contract.name === 'username-pair' ? errorClass : code;
    expect(valueAt(wire.body, paths.message)).toBe(message);
    expect([reason, wire.status, valueAt(wire.body, paths.code)]).toEqual([
      reason,
      status,
      expected,
    ]);
  }
});

it('realworld puts the words of a passkey that may be copied behind its field', () => {
  const refusal = sampleOf('unacceptable-passkey');
  const { status, body } = refusalWire(contractNamed('realworld'), refusal, refusalContext);
  expect([status, body]).toEqual([403, { errors: { passkey: ['has to stay on its device'] } }]);
});

function contractNamed(name: string): Contract {
  const contract = served.find((candidate) => candidate.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return contract;
}
