/** The functions that verify legacy hashes, against independent implementations. */
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { bcrypt } from '../../src/crypto/legacy/bcrypt.ts';
import { parseLegacyHash } from '../../src/crypto/legacy/formats.ts';
import { pbkdf2InSlices } from '../../src/crypto/legacy/pbkdf2.ts';
import { fractionOfPi } from '../../src/crypto/legacy/pi.ts';
import { scrypt } from '../../src/crypto/legacy/scrypt.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

function run<T>(work: Generator<void, T>): { result: T; slices: number } {
  for (let slices = 1; ; slices += 1) {
    const { done, value } = work.next();
    if (done) return { result: value, slices };
  }
}

const passwords = ['', 'a', 'Pässwörd 🔑', 'x'.repeat(71), 'x'.repeat(72), 'ü'.repeat(100)];

it('starts Blowfish from the fraction of pi', () => {
  const words = 18 + 4 * 256;
  const one = 1n << BigInt(words * 32 + 64);
  const arcTangentOfOneOver = (x: bigint) => {
    let power = one / x;
    let sum = power;
    for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
      power /= x * x;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const pi = 4n * (4n * arcTangentOfOneOver(5n) - arcTangentOfOneOver(239n));
  const fraction = ((pi - 3n * one) >> 64n).toString(16).padStart(words * 8, '0');
  const hex = Array.from(fractionOfPi(words), (word) => (word >>> 0).toString(16).padStart(8, '0'));
  expect(hex.join('')).toBe(fraction);
});

describe('bcrypt', () => {
  it.each(passwords)('of %j is what bcryptjs makes', (password) => {
    const stored = hashSync(password, 4);
    const parsed = parseLegacyHash(stored);
    if (parsed === null) throw new Error(stored);
    expect(run(bcrypt(utf8(password), parsed, 2 ** 4)).result).toEqual(parsed.hash);
    expect(run(bcrypt(utf8(`${password} `), parsed, 2 ** 4)).result).not.toEqual(
      password.length < 72 ? parsed.hash : null,
    );
  });

  it('gives the same result when it is topped up to a higher cost', () => {
    const parsed = parseLegacyHash(hashSync('the password', 5));
    if (parsed === null) throw new Error('not parsed');
    const { result, slices } = run(bcrypt(utf8('the password'), parsed, 2 ** 9));
    expect(result).toEqual(parsed.hash);
    expect(slices).toBe(2 ** 9 / 128 + 1);
  });
});

describe.each(['sha256', 'sha512'] as const)('PBKDF2 with %s', (digest) => {
  it.each(passwords)('of %j is what node:crypto derives', (password) => {
    const salt = utf8('some salt, and more');
    for (const iterations of [1, 2, 777]) {
      const expected = pbkdf2Sync(
        password,
        salt,
        iterations,
        digest === 'sha256' ? 32 : 64,
        digest,
      );
      for (const total of [iterations, 1000]) {
        const work = pbkdf2InSlices(utf8(password), { digest, salt, iterations }, total);
        expect(run(work).result).toEqual(new Uint8Array(expected));
      }
    }
  });

  it('is cut into slices', () => {
    const how = { digest, salt: utf8('salt'), iterations: 1 };
    const { slices } = run(pbkdf2InSlices(utf8('x'), how, 21_000));
    expect(slices).toBe(digest === 'sha256' ? 5 : 6);
  });
});

describe('scrypt', () => {
  it.each([
    { n: 2, r: 1, p: 1 },
    { n: 16, r: 1, p: 1 },
    { n: 64, r: 8, p: 3 },
    { n: 1024, r: 8, p: 16 },
    { n: 256, r: 3, p: 2 },
    { n: 32_768, r: 8, p: 1 },
  ])('with $n, $r, $p is what node:crypto derives', ({ n, r, p }) => {
    const salt = utf8('NaCl');
    const expected = scryptSync('pässword', salt, 64, { N: n, r, p, maxmem: 2 ** 27 });
    const { result } = run(scrypt(utf8('pässword'), { n, r, p, salt }));
    expect(result).toEqual(new Uint8Array(expected));
  });

  it('runs one at a time, in one buffer, however many there are', () => {
    const parameters = { n: 8192, r: 8, p: 1 };
    const work = ['one', 'two', 'three'].map((password) => ({
      password,
      steps: scrypt(utf8(password), { ...parameters, salt: utf8(password) }),
    }));
    const results = new Map<string, Uint8Array>();
    while (results.size < work.length) {
      for (const { password, steps } of work) {
        const { done, value } = results.has(password) ? { done: false } : steps.next();
        if (done && value !== undefined) results.set(password, value);
      }
    }
    for (const [password, result] of results) {
      const expected = scryptSync(password, password, 64, { N: 8192, r: 8, p: 1 });
      expect(result).toEqual(new Uint8Array(expected));
    }
    expect([...results.keys()]).toEqual(['one', 'two', 'three']);
  });

  it('takes the buffer over from a holder without progress, which restarts if it goes on', () => {
    const salt = utf8('salt');
    const stalled = scrypt(utf8('one'), { n: 8192, r: 8, p: 1, salt });
    stalled.next();
    const { result, slices } = run(scrypt(utf8('two'), { n: 8192, r: 8, p: 1, salt }));
    expect(slices).toBeGreaterThan(1000);
    expect(result).toEqual(new Uint8Array(scryptSync('two', salt, 64, { N: 8192, r: 8, p: 1 })));
    const late = run(stalled).result;
    expect(late).toEqual(new Uint8Array(scryptSync('one', salt, 64, { N: 8192, r: 8, p: 1 })));
  });

  it('releases the buffer when it is aborted', () => {
    const salt = utf8('salt');
    const aborted = scrypt(utf8('one'), { n: 8192, r: 8, p: 1, salt });
    aborted.next();
    aborted.return(new Uint8Array());
    expect(run(scrypt(utf8('two'), { n: 8192, r: 8, p: 1, salt })).slices).toBeLessThan(10);
  });
});
