/** Formats of legacy hashes: those that are parsed, and those that are refused before any work. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAST_COST, MOST_COST } from '../../src/crypto/legacy/costs.ts';
import { parseLegacyHash } from '../../src/crypto/legacy/formats.ts';
import vectors from '../fixtures/legacy-hashes.json' with { type: 'json' };
import { complaint, settingsWith } from './sample-env.ts';

const B64 = `${'A'.repeat(43)}=`;
const AB64 = 'A'.repeat(43);
const HEX = 'a'.repeat(64);
const LONG_HEX = 'a'.repeat(128);
const bcrypt = (head: string, tail = 'a'.repeat(53)) => `${head}$${tail}`;

describe('a hash of another system', () => {
  it.each(vectors)('of $by is parsed: $hash', ({ hash }) => {
    const { salt, hash: digest, kind } = parseLegacyHash(hash) ?? {};
    expect(kind).toBeDefined();
    expect(salt?.length).toBeGreaterThan(7);
    expect(digest?.length).toBeGreaterThan(22);
  });

  it.each([
    ['$2b$12', bcrypt('$2b$12'), 'bcrypt', 12],
    ['$2a$04', bcrypt('$2a$04'), 'bcrypt', 4],
    ['$2y$15', bcrypt('$2y$15'), 'bcrypt', 15],
    ['Django', `pbkdf2_sha256$1200000$salt$${B64}`, 'pbkdf2-sha256', 1_200_000],
    ['passlib', `$pbkdf2-sha256$29000$AAAA$${AB64}`, 'pbkdf2-sha256', 29_000],
    ['passlib without a salt', `$pbkdf2-sha256$29000$$${AB64}`, 'pbkdf2-sha256', 29_000],
    ['passlib, 512', `$pbkdf2-sha512$25000$AAAA$${'A'.repeat(86)}`, 'pbkdf2-sha512', 25_000],
    ['Werkzeug', `pbkdf2:sha256:1000000$salt$${HEX}`, 'pbkdf2-sha256', 1_000_000],
    ['Werkzeug, scrypt', `scrypt:32768:8:1$salt$${LONG_HEX}`, 'scrypt', 262_144],
    ['scrypt in all memory there is', `scrypt:262144:1:8$salt$${LONG_HEX}`, 'scrypt', 2_097_152],
  ])('of %s has its kind and cost', (...[, stored, kind, cost]) => {
    expect(parseLegacyHash(stored)).toMatchObject({ kind, cost });
  });

  it.each([
    ['bcrypt below 4', bcrypt('$2b$03')],
    ['bcrypt above 15', bcrypt('$2b$16')],
    ['bcrypt at 31', bcrypt('$2b$31')],
    ['bcrypt at 99', bcrypt('$2b$99')],
    ['crypt_blowfish’s faulty bcrypt', bcrypt('$2x$12')],
    ['bcrypt without a version', bcrypt('$2$12')],
    ['a short bcrypt hash', bcrypt('$2b$12', 'a'.repeat(52))],
    ['a long bcrypt hash', bcrypt('$2b$12', 'a'.repeat(54))],
    ['bcrypt in base64', bcrypt('$2b$12', '+'.repeat(53))],
    ['Django, 2,000,001 iterations', `pbkdf2_sha256$2000001$salt$${B64}`],
    ['Django, iterations beyond all numbers', `pbkdf2_sha256$${'9'.repeat(400)}$salt$${B64}`],
    ['Django, no iterations', `pbkdf2_sha256$0$salt$${B64}`],
    ['Django, negative iterations', `pbkdf2_sha256$-1$salt$${B64}`],
    ['Django, iterations in hex', `pbkdf2_sha256$0x10$salt$${B64}`],
    ['Django without a salt', `pbkdf2_sha256$1000$$${B64}`],
    ['Django with a long salt', `pbkdf2_sha256$1000$${'s'.repeat(65)}$${B64}`],
    ['Django with a short hash', `pbkdf2_sha256$1000$salt$${'A'.repeat(42)}==`],
    ['Django’s unusable password', '!mZkDKIVHfgoWKTBTLpJ5VXNzxN8YoUhZ'],
    ['Django’s SHA-1', `pbkdf2_sha1$1000$salt$${B64}`],
    ['passlib with a digest too short', `$pbkdf2-sha512$1000$AAAA$${AB64}`],
    ['passlib with a digest too long', `$pbkdf2-sha256$1000$AAAA$${'A'.repeat(86)}`],
    ['passlib, 512, 1,000,001', `$pbkdf2-sha512$1000001$AAAA$${'A'.repeat(86)}`],
    ['passlib, a salt of one letter', `$pbkdf2-sha256$1000$A$${AB64}`],
    ['passlib, a salt of many', `$pbkdf2-sha256$1000$${'A'.repeat(1400)}$${AB64}`],
    ['Werkzeug, half a byte', `pbkdf2:sha256:1000$salt$${HEX}a`],
    ['Werkzeug, no digest', `pbkdf2:sha256:1000$salt$`],
    ['Werkzeug, SHA-1', `pbkdf2:sha1:1000$salt$${'a'.repeat(40)}`],
    ['scrypt over 32 MiB', `scrypt:65536:8:1$salt$${LONG_HEX}`],
    ['scrypt with an N that is no power of two', `scrypt:32767:8:1$salt$${LONG_HEX}`],
    ['scrypt with an N of one', `scrypt:1:8:1$salt$${LONG_HEX}`],
    ['scrypt with a p that costs too much', `scrypt:32768:8:9$salt$${LONG_HEX}`],
    ['scrypt with an absurd p', `scrypt:2:1:99999$salt$${LONG_HEX}`],
    ['scrypt with an absurd r', `scrypt:2:9999999:1$salt$${LONG_HEX}`],
    ['scrypt with a short hash', `scrypt:32768:8:1$salt$${HEX}`],
    ['Firebase’s scrypt', 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz'],
    ['Argon2', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b27OlKS'],
    ['a line break at its end', `${bcrypt('$2b$12')}\n`],
    ['nothing', ''],
    ['a plain password', 'MySecure123!'],
  ])('is refused: %s', (_, stored) => {
    expect(parseLegacyHash(stored)).toBeNull();
  });

  it('is parsed or refused whatever it is, and never beyond its bounds', () => {
    const pieces = fc.constantFrom(
      '$',
      ':',
      '2b',
      'pbkdf2',
      '_sha256',
      '-sha512',
      'scrypt',
      HEX,
      B64,
    );
    const junk = fc
      .array(fc.oneof(pieces, fc.nat().map(String), fc.string()))
      .map((all) => all.join(''));
    const like = fc
      .tuple(fc.nat(), fc.nat(64), fc.nat(64))
      .map(([a, b, c]) =>
        a % 2 === 0
          ? `pbkdf2:sha256:${a}$s$${HEX}`
          : `scrypt:${2 ** (a % 40)}:${b}:${c}$s$${LONG_HEX}`,
      );
    fc.assert(
      fc.property(fc.oneof(junk, like), (text) => {
        const parsed = parseLegacyHash(text);
        if (parsed === null) return;
        expect(parsed.cost).toBeGreaterThanOrEqual(LEAST_COST[parsed.kind]);
        expect(parsed.cost).toBeLessThanOrEqual(MOST_COST[parsed.kind]);
        if (parsed.kind === 'scrypt')
          expect(parsed.n * parsed.r * 128).toBeLessThanOrEqual(2 ** 25);
      }),
      { numRuns: 3000 },
    );
    expect.hasAssertions();
  });
});

describe('FOREIGN_HASH_COST', () => {
  it.each([
    ['nothing', undefined, []],
    ['null', 'null', []],
    ['one cost', '{"kind":"bcrypt","cost":12}', [{ kind: 'bcrypt', cost: 12 }]],
    ['a list', [{ kind: 'scrypt', cost: 262_144 }], [{ kind: 'scrypt', cost: 262_144 }]],
  ])('may be %s', (_, value, costs) => {
    expect(settingsWith({ FOREIGN_HASH_COST: value }).passwords.legacyCosts).toEqual(costs);
  });

  it.each([
    ['an unknown kind', '{"kind":"md5","cost":1}'],
    ['an absurd cost', '{"kind":"bcrypt","cost":31}'],
    ['a fraction', '{"kind":"bcrypt","cost":12.5}'],
    ['one kind twice', '[{"kind":"bcrypt","cost":12},{"kind":"bcrypt","cost":10}]'],
    ['no JSON', 'bcrypt'],
  ])('may not be %s', (_, value) => {
    expect(complaint({ FOREIGN_HASH_COST: value })).toContain('FOREIGN_HASH_COST');
  });
});
