/**
 * The 10,000 most used passwords are refused, as far as they are long enough to be asked about, and
 * hardly anything else is. Held against the package that the list is made from.
 */
import passwords from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCommon } from '../../src/policy/common.ts';

const mostUsed = passwords.slice(0, 10_000);
const long = mostUsed.filter((password) => password.length >= 8);

describe('common', () => {
  it('is every one of the 10,000 most used passwords with eight characters or more', () => {
    expect(mostUsed).toHaveLength(10_000);
    expect(long.length).toBeGreaterThan(3_000);
    expect(long.filter((password) => !isCommon(password))).toEqual([]);
  });

  it('is each of them in capitals, too', () => {
    const [every] = [long.filter((_, index) => index % 10 === 0)];
    expect(every.filter((password) => !isCommon(password.toUpperCase()))).toEqual([]);
  });

  it.each(['password', 'PassWord1', '12345678', 'iloveyou', 'qwertyuiop'])('is %s', (password) => {
    expect(isCommon(password)).toBe(true);
  });

  it.each([
    '',
    'A',
    'B2',
    'passwordB',
    'Apassword',
    'password ',
    ' password',
    'password\n',
    '!',
    '~',
  ])('is not %j', (password) => {
    expect(isCommon(password)).toBe(false);
  });

  it('is nothing that is not in the list', () => {
    const listed = new Set(long);
    const near = fc
      .tuple(
        fc.constantFrom(...long),
        fc.nat(16),
        fc.string({ unit: 'binary-ascii', maxLength: 2 }),
      )
      .map(([password, at, put]) => password.slice(0, at) + put + password.slice(at + put.length));
    fc.assert(
      fc.property(near, (password) => {
        expect(isCommon(password)).toBe(listed.has(password.toLowerCase()));
      }),
    );
  });
});
