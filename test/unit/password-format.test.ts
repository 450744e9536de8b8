/**
 * Stored password hashes: the format, what it refuses, and that new hashes are those of an
 * independent PBKDF2. Verification is tested where it runs, in test/worker/password.test.ts.
 */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHash, type PasswordCost } from '../../src/crypto/passwords/format.ts';
import { createPasswords, type Pepper } from '../../src/crypto/passwords/hash.ts';
import { MOST_ITERATIONS } from '../../src/crypto/pbkdf2.ts';
import { settingsWith } from './sample-env.ts';

const CHEAP: PasswordCost = { iterations: 10, rounds: 3 };
const PEPPER: Pepper = { id: 'p-1', key: new Uint8Array(32).fill(1) };
const OLD_PEPPER: Pepper = { id: 'p-0', key: new Uint8Array(32).fill(2) };

const SALT = 'A'.repeat(22);
const HASH = 'B'.repeat(43);
const stored = (parameters: string, salt = SALT, hash = HASH) =>
  `$gh-pbkdf2-sha256$${parameters}$${salt}$${hash}`;

const passwordsOf = (cost: PasswordCost, ...peppers: Pepper[]) =>
  createPasswords({ cost, peppers }, async () => undefined);

/** Derives as documented, by another implementation. */
function deriveIndependently(
  password: string,
  cost: PasswordCost & { salt: Uint8Array },
  key?: Pepper,
) {
  const bytes = Buffer.from(password.normalize('NFC'), 'utf8');
  let derived: Uint8Array = key ? createHmac('sha256', key.key).update(bytes).digest() : bytes;
  for (let round = 0; round < cost.rounds; round += 1) {
    derived = pbkdf2Sync(derived, cost.salt, cost.iterations, 32, 'sha256');
  }
  return new Uint8Array(derived);
}

async function hashed(password: string, cost = CHEAP, ...peppers: Pepper[]) {
  const text = await passwordsOf(cost, ...peppers).hash(password);
  const parsed = parseHash(text);
  if (parsed === null) throw new Error(`not parsable: ${text}`);
  return { text, parsed };
}

describe('a stored hash', () => {
  it.each([
    { parameters: 'i=100000,n=6', is: { iterations: 100_000, rounds: 6, pepperId: null } },
    { parameters: 'i=1,n=1', is: { iterations: 1, rounds: 1, pepperId: null } },
    { parameters: 'i=100000,n=32', is: { iterations: 100_000, rounds: 32, pepperId: null } },
    { parameters: 'i=10,n=3,k=p.1_a-b', is: { iterations: 10, rounds: 3, pepperId: 'p.1_a-b' } },
  ])('of $parameters is read', ({ parameters, is }) => {
    expect(parseHash(stored(parameters))).toEqual({
      ...is,
      salt: new Uint8Array(16),
      hash: new Uint8Array(Buffer.from(HASH, 'base64url')),
    });
  });

  it.each([
    ['more iterations than the platform does in a call', stored('i=100001,n=6')],
    ['600,000 iterations in one call', stored('i=600000,n=1')],
    ['iterations beyond all numbers', stored(`i=${'9'.repeat(400)},n=1`)],
    ['33 rounds', stored('i=1000,n=33')],
    ['100 rounds', stored('i=1000,n=100')],
    ['no iterations', stored('i=0,n=6')],
    ['no rounds', stored('i=1000,n=0')],
    ['a leading zero', stored('i=01000,n=6')],
    ['a sign', stored('i=-1000,n=6')],
    ['an exponent', stored('i=1e5,n=6')],
    ['a space', stored('i=1000, n=6')],
    ['parameters the wrong way round', stored('n=6,i=1000')],
    ['a parameter too few', stored('i=1000')],
    ['a parameter too many', stored('i=1000,n=6,x=1')],
    ['an empty pepper id', stored('i=1000,n=6,k=')],
    ['a long pepper id', stored(`i=1000,n=6,k=${'p'.repeat(65)}`)],
    ['a short salt', stored('i=1000,n=6', SALT.slice(1))],
    ['a long salt', stored('i=1000,n=6', `${SALT}A`)],
    ['a short hash', stored('i=1000,n=6', SALT, HASH.slice(1))],
    ['a long hash', stored('i=1000,n=6', SALT, `${HASH}A`)],
    ['plain base64', stored('i=1000,n=6', `${SALT.slice(1)}+`)],
    ['padding', stored('i=1000,n=6', SALT, `${HASH}=`)],
    ['a line break at its end', `${stored('i=1000,n=6')}\n`],
    ['a space before it', ` ${stored('i=1000,n=6')}`],
    ['nothing in it', ''],
    ['no format', 'MySecure123!'],
    ['a bcrypt hash', `$2b$12$${'a'.repeat(53)}`],
    ['a plain PBKDF2 hash', `$pbkdf2-sha256$i=1000,n=6$${SALT}$${HASH}`],
    ['the name in capitals', stored('i=1000,n=6').toUpperCase()],
    ['a NUL at its end', `${stored('i=1000,n=6')}\0`],
  ])('is none of ours with %s', (_name, text) => {
    expect(parseHash(text)).toBeNull();
  });

  it('is parsed or refused, whatever it is, and never beyond the limits', () => {
    const scraps = fc.constantFrom(
      '$',
      'i=',
      ',n=',
      ',k=',
      '9',
      '0',
      'gh-pbkdf2-sha256',
      SALT,
      HASH,
    );
    const junk = fc.oneof(
      fc.string(),
      fc.array(scraps).map((parts) => parts.join('')),
    );
    const like = fc
      .record({ i: fc.nat(200_000), n: fc.nat(120), k: fc.option(fc.string({ maxLength: 5 })) })
      .map(({ i, n, k }) => stored(`i=${i},n=${n}${k === null ? '' : `,k=${k}`}`));
    fc.assert(
      fc.property(fc.oneof(junk, like), (text) => {
        const { iterations = 1, rounds = 1 } = parseHash(text) ?? {};
        expect(iterations).toBeGreaterThan(0);
        expect(iterations).toBeLessThanOrEqual(100_000);
        expect(rounds).toBeGreaterThan(0);
        expect(rounds).toBeLessThanOrEqual(32);
      }),
      { numRuns: 2000 },
    );
    expect.hasAssertions();
  });
});

describe('a hash that is made', () => {
  it('costs by default at least 600,000 iterations, no call of them above 100,000', async () => {
    const { cost } = settingsWith().passwords;
    const { text, parsed } = await hashed('MySecure123!', cost);
    expect(text).toMatch(/^\$gh-pbkdf2-sha256\$i=100000,n=6\$[\w-]{22}\$[\w-]{43}$/);
    expect(parsed.iterations).toBeLessThanOrEqual(100_000);
    expect(parsed.iterations * parsed.rounds).toBeGreaterThanOrEqual(600_000);
    expect(parsed.hash).toEqual(deriveIndependently('MySecure123!', parsed));
  });

  it('cannot be made with more iterations a call than the platform does', async () => {
    const cost = { iterations: MOST_ITERATIONS + 1, rounds: 1 };
    await expect(passwordsOf(cost).hash('x')).rejects.toThrow(/iteration counts above 100000/);
  });

  it.each([
    { name: 'one round', cost: { iterations: 10, rounds: 1 } },
    { name: 'three rounds', cost: CHEAP },
    { name: 'a pepper', cost: CHEAP, pepper: PEPPER },
  ])('is what another implementation derives, with $name', async ({ cost, pepper }) => {
    const password = 'pässwörd 🔑'.repeat(18);
    const { parsed } = await hashed(password, cost, ...(pepper ? [pepper, OLD_PEPPER] : []));
    expect(parsed).toMatchObject({ ...cost, pepperId: pepper?.id ?? null });
    expect(parsed.hash).toEqual(deriveIndependently(password, parsed, pepper));
  });

  it('is the same for any password under its salt, composed or not, peppered or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.boolean(), async (text, peppered) => {
        const pepper = peppered ? PEPPER : undefined;
        const { parsed } = await hashed(text.normalize('NFD'), CHEAP, ...(pepper ? [pepper] : []));
        expect(parsed.hash).toEqual(deriveIndependently(text.normalize('NFC'), parsed, pepper));
      }),
      { numRuns: 50 },
    );
    expect.hasAssertions();
  });

  it.each([
    ['a space at its end', 'secret ', 'secret'],
    ['a space at its start', ' secret', 'secret'],
    ['a capital', 'Secret', 'secret'],
    ['its last character', 'secret1', 'secret2'],
    ['its 257th character', `${'a'.repeat(256)}b`, 'a'.repeat(256)],
    ['a full-width letter', 'ｓecret', 'secret'],
  ])('tells passwords apart by %s', async (_by, one, other) => {
    const { parsed } = await hashed(one);
    expect(parsed.hash).not.toEqual(deriveIndependently(other, parsed));
  });

  it('has a salt of its own each time', async () => {
    const salts = await Promise.all(
      Array.from({ length: 20 }, async () => (await hashed('same')).text.split('$')[3]),
    );
    expect(new Set(salts).size).toBe(20);
  });

  it('yields to the event loop before every round', async () => {
    let yields = 0;
    const passwords = createPasswords({ cost: CHEAP, peppers: [] }, async () => void (yields += 1));
    await passwords.hash('x');
    expect(yields).toBe(CHEAP.rounds);
  });
});

describe('a stored hash is outdated', () => {
  const cost: PasswordCost = { iterations: 1000, rounds: 6 };
  it.each([
    { name: 'not at today’s cost', text: stored('i=1000,n=6'), outdated: false },
    { name: 'not at a higher one', text: stored('i=1000,n=7'), outdated: false },
    { name: 'not at the same work in other slices', text: stored('i=3000,n=2'), outdated: false },
    { name: 'with fewer iterations', text: stored('i=999,n=6'), outdated: true },
    { name: 'with fewer rounds', text: stored('i=1000,n=5'), outdated: true },
    { name: 'where it is none of ours', text: `$2b$12$${'a'.repeat(53)}`, outdated: true },
    { name: 'where it is nothing', text: '', outdated: true },
    { name: 'under a pepper no longer used', text: stored('i=1000,n=6,k=p-1'), outdated: true },
  ])('$name', ({ text, outdated }) => {
    expect(passwordsOf(cost).isOutdated(text)).toBe(outdated);
  });

  it.each([
    { name: 'not under the first pepper', text: stored('i=1000,n=6,k=p-1'), outdated: false },
    { name: 'under an older one', text: stored('i=1000,n=6,k=p-0'), outdated: true },
    { name: 'under an unknown one', text: stored('i=1000,n=6,k=p-9'), outdated: true },
    { name: 'without one', text: stored('i=1000,n=6'), outdated: true },
    { name: 'with fewer rounds', text: stored('i=1000,n=5,k=p-1'), outdated: true },
  ])('where peppers are in use: $name', ({ text, outdated }) => {
    expect(passwordsOf(cost, PEPPER, OLD_PEPPER).isOutdated(text)).toBe(outdated);
  });
});
