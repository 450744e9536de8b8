/** One-time passwords against RFC 4226 and RFC 6238, and the time in which a code is accepted. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hotp, matchingStep, newSecret, totpUri } from '../../src/crypto/factors/totp.ts';

afterEach(() => vi.restoreAllMocks());

/** The secret of both documents. */
const secret = new TextEncoder().encode('12345678901234567890');

it.each([
  [0, '755224'],
  [1, '287082'],
  [2, '359152'],
  [3, '969429'],
  [4, '338314'],
  [5, '254676'],
  [6, '287922'],
  [7, '162583'],
  [8, '399871'],
  [9, '520489'],
])('makes the code of RFC 4226, appendix D: counter %i', async (counter, code) => {
  expect(await hotp(secret, counter)).toBe(code);
});

describe.each([
  [59, 1, '94287082'],
  [1_111_111_109, 37_037_036, '07081804'],
  [1_111_111_111, 37_037_037, '14050471'],
  [1_234_567_890, 41_152_263, '89005924'],
  [2_000_000_000, 66_666_666, '69279037'],
  [20_000_000_000, 666_666_666, '65353130'],
])('RFC 6238, appendix B, at %i seconds', (seconds, step, code) => {
  it('has the code of eight digits', async () => expect(await hotp(secret, step, 8)).toBe(code));

  it('has the step that the last six of them match', async () => {
    expect(await matchingStep(secret, code.slice(2), seconds * 1000)).toBe(step);
  });
});

/** Of the step 56,666,666, which begins at 1,699,999,980 seconds. */
const CODE = '921300';
const STEP = 56_666_666;

it.each([
  ['not in the last millisecond two steps before', 1_699_999_949_999, null],
  ['in the first millisecond of the step before', 1_699_999_950_000, STEP],
  ['in the last millisecond of the step before', 1_699_999_979_999, STEP],
  ['in its first millisecond', 1_699_999_980_000, STEP],
  ['in its last millisecond', 1_700_000_009_999, STEP],
  ['in the first millisecond of the step after', 1_700_000_010_000, STEP],
  ['in the last millisecond of the step after', 1_700_000_039_999, STEP],
  ['not in the first millisecond two steps after', 1_700_000_040_000, null],
])('matches a code %s', async (_, nowMs, step) => {
  expect(await matchingStep(secret, CODE, nowMs)).toBe(step);
});

it.each([
  ['of two steps ago', '713364'],
  ['of two steps ahead', '136087'],
  ['of another secret', '526458'],
  ['with five digits', '92130'],
  ['with seven digits', '0921300'],
  ['with eight digits', '34921300'],
  ['with nothing in it', ''],
])('matches no code %s', async (_, code) => {
  expect(await matchingStep(secret, code, 1_700_000_000_000)).toBeNull();
});

it('returns the latest of two steps with the same code, so that none of them is left', async () => {
  expect(await hotp(secret, 153_567)).toBe('468457');
  expect(await hotp(secret, 153_569)).toBe('468457');
  expect(await matchingStep(secret, '468457', 153_568 * 30_000)).toBe(153_569);
});

it.each([
  ['the first', '276857'],
  ['the last', '732303'],
  ['none', '000000'],
])('compares with all three codes where %s matches', async (_, code) => {
  const compared = vi.spyOn(crypto.subtle, 'timingSafeEqual');
  await matchingStep(secret, code, 1_700_000_000_000);
  expect(compared).toHaveBeenCalledTimes(3);
});

it('draws secrets of 160 bits from the CSPRNG', () => {
  const secrets = Array.from({ length: 100 }, newSecret);
  for (const secret of secrets) expect(secret).toHaveLength(20);
  expect(new Set(secrets.map(String)).size).toBe(100);
});

it.each([
  {
    names: 'plain names',
    issuer: 'Gatehouse',
    account: 'alice@example.com',
    uri: 'otpauth://totp/Gatehouse:alice%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Gatehouse',
  },
  {
    names: 'names with characters that have a meaning in it, and half of one',
    issuer: 'Acmé & co.',
    account: 'a:b?c#d\ud800',
    uri: 'otpauth://totp/Acm%C3%A9%20%26%20co.:a%20b%3Fc%23d%EF%BF%BD?secret=JBSWY3DPEHPK3PXP&issuer=Acm%C3%A9%20%26%20co.',
  },
])('writes the key URI of $names', ({ issuer, account, uri }) => {
  expect(totpUri({ secret: 'JBSWY3DPEHPK3PXP', issuer, account })).toBe(uri);
});
