/** Logins of users whose hashes other systems made: accepted by their password, and renewed at once. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import vectors from '../fixtures/legacy-hashes.json' with { type: 'json' };
import { addUser, contractCase, createTestApp } from '../support/test-app.ts';

const cost = { iterations: 100, rounds: 6 };
const unaborted = { shouldAbort: () => false };
const noYield = async () => undefined;

const storedHash = (id: number) =>
  env.DB.prepare('SELECT password_hash FROM users WHERE id = ?')
    .bind(id)
    .first<string>('password_hash');

const vectorOf = (kind: string) => {
  const found = vectors.find(({ hash }) => hash.startsWith(kind));
  if (found === undefined) throw new Error(kind);
  return found;
};

/** One hash of each kind, and of each way in which PBKDF2 is computed. */
const kinds = [
  vectorOf('$2b$04'),
  vectorOf('$2y$04'),
  vectorOf('$pbkdf2-sha256$1200'),
  vectorOf('$pbkdf2-sha512$1200'),
  vectorOf('pbkdf2_sha256$1500'),
  vectorOf('pbkdf2_sha256$100001'),
  vectorOf('pbkdf2:sha256:1300'),
  vectorOf('scrypt:1024:8:2'),
];

describe.each(vectors)('$hash by $by', ({ password, hash: stored }) => {
  it('accepts its password and no other', async () => {
    const { verify } = createPasswords({ cost, peppers: [] }, noYield);
    expect(await verify({ password, stored, ...unaborted })).toBe('right');
    if (stored.includes('100001')) return;
    for (const other of [`${password.slice(0, 10)}`, password.toUpperCase(), ` ${password}`]) {
      if (other === password) continue;
      expect([other, await verify({ password: other, stored, ...unaborted })]).toEqual([
        other,
        'wrong',
      ]);
    }
  });
});

describe.each(kinds)('a login with $hash', ({ password, hash }) => {
  it('accepts the right password, and renews the hash in the same batch', async () => {
    const { path, body } = contractCase('email-remember');
    const person = { ...(await addUser({ password_hash: hash })), password };
    const batches: number[] = [];
    const { post } = createTestApp({}, (call, proceed) => {
      if (call.method === 'batch') batches.push(call.what.length);
      return proceed();
    });
    expect((await post(path, body(person))).status).toBe(200);
    expect(batches).toEqual([5]);
    expect(await storedHash(person.id)).toMatch(/^\$gh-pbkdf2-sha256\$i=100,n=6\$/);
    expect((await post(path, body(person))).status).toBe(200);
    expect((await post(path, body({ ...person, password: 'no' }))).status).toBe(401);
  });

  it('answers a wrong password with the bytes that an unknown user gets, and keeps the hash', async () => {
    const { path, body } = contractCase('email-remember');
    const person = await addUser({ password_hash: hash });
    const { post } = createTestApp();
    const wrong = await post(path, body({ ...person, password: 'a wrong one' }));
    const unknown = await post(path, body({ ...person, email: `no-${person.email}` }));
    expect([wrong.status, wrong.text]).toEqual([unknown.status, unknown.text]);
    expect(await storedHash(person.id)).toBe(hash);
  });
});

it.each([
  ['bcrypt at cost 31', `$2b$31$${'a'.repeat(53)}`],
  ['2,000,001 iterations', `pbkdf2_sha256$2000001$salt$${'A'.repeat(43)}=`],
  ['scrypt in 64 MiB', `scrypt:65536:8:1$salt$${'a'.repeat(128)}`],
])('does no work for %s, and accepts no password', async (_, stored) => {
  let yields = 0;
  const counting = async () => void (yields += 1);
  const { verify } = createPasswords({ cost, peppers: [] }, counting);
  expect(await verify({ password: 'x', stored, ...unaborted })).toBe('wrong');
  expect(yields).toBe(cost.rounds);
});

it('refuses a bcrypt password with a NUL, even where its repeated key is the right one', async () => {
  const { verify } = createPasswords({ cost, peppers: [] }, noYield);
  const { password, hash: stored } = vectorOf('$2b$04');
  for (const longer of [`${password}\0`, `${password}\0${password}`]) {
    expect(await verify({ password: longer, stored, ...unaborted })).toBe('wrong');
  }
});

describe('the work of a guess while legacy hashes exist', () => {
  const legacyCosts = [
    { kind: 'pbkdf2-sha256', cost: 4000 },
    { kind: 'pbkdf2-sha512', cost: 3000 },
    { kind: 'bcrypt', cost: 9 },
    { kind: 'scrypt', cost: 2 ** 16 },
  ] as const;

  /** Returns the slices of a wrong guess, and the platform's iterations for it. */
  async function workOf(stored: string | null) {
    let yields = 0;
    const counting = async () => void (yields += 1);
    const { verify } = createPasswords({ cost, peppers: [], legacyCosts }, counting);
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    expect(await verify({ password: 'a wrong one', stored, ...unaborted })).toBe('wrong');
    const iterations = derive.mock.calls
      .map(([how]) => (how as { iterations: number }).iterations)
      .reduce((sum, each) => sum + each, 0);
    derive.mockRestore();
    return { yields, iterations };
  }

  it('is the same for unknown users, hashes of ours, and legacy hashes of every kind and cost', async () => {
    const ours = await createPasswords({ cost, peppers: [] }, noYield).hash('the password');
    const expected = await workOf(null);
    expect(expected.iterations).toBe(600 + 4000 + 3000);
    expect(expected.yields).toBeGreaterThan(15);
    const all = [
      ours,
      'garbage',
      ...kinds.filter(({ hash }) => !hash.includes('100001')).map(({ hash }) => hash),
    ];
    for (const stored of all) expect([stored, await workOf(stored)]).toEqual([stored, expected]);
  });

  it('aborts between any two slices', async () => {
    const whole = (await workOf(null)).yields;
    for (const last of [cost.rounds + 1, cost.rounds + 9, whole - 1]) {
      let yields = 0;
      const counting = async () => void (yields += 1);
      const { verify } = createPasswords({ cost, peppers: [], legacyCosts }, counting);
      const shouldAbort = () => yields >= last;
      expect(await verify({ password: 'x', stored: null, shouldAbort })).toBe('aborted');
      expect(yields).toBe(last);
    }
  });

  it.each([
    ['left out', true],
    ['done', false],
  ])(
    'is %s for the right password of a hash of ours if the answer tells it: %s',
    async (_, tellsRight) => {
      let yields = 0;
      const counting = async () => void (yields += 1);
      const { hash, verify } = createPasswords({ cost, peppers: [], legacyCosts }, counting);
      const stored = await hash('the password');
      yields = 0;
      const check = { password: 'the password', stored, tellsRight, ...unaborted };
      expect(await verify(check)).toBe('right');
      expect(yields).toBe(tellsRight ? cost.rounds : (await workOf(null)).yields);
    },
  );

  it('is done by the application as its setting says', async () => {
    const { path, body } = contractCase('email-remember');
    const { post } = createTestApp({ FOREIGN_HASH_COST: '{"kind":"pbkdf2-sha512","cost":2500}' });
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const unknown = { username: '', email: 'nobody-at-all@example.com', password: 'a wrong one' };
    expect((await post(path, body(unknown))).status).toBe(401);
    const perCall = derive.mock.calls.map(([how]) => (how as { iterations: number }).iterations);
    derive.mockRestore();
    expect(perCall).toEqual([100, 100, 100, 100, 100, 100, 2500]);
  });
});
