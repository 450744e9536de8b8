/** Key sets: which keys a new set has, and which a rotation adds, keeps and drops. */
import { describe, expect, it } from 'vitest';
import {
  addMissingKeys,
  ALGORITHMS,
  describe as described,
  generateKey,
  rotate,
  type Key,
} from '../../tools/key-set.ts';
import { completeSecrets } from '../../tools/secrets.ts';
import { settingsWith } from './sample-env.ts';

const DAY_SECONDS = 86_400;
const longestSeconds = 30 * DAY_SECONDS;
const NOON_MS = Date.parse('2026-03-01T12:00:00Z');
const after = (days: number) => NOON_MS + days * DAY_SECONDS * 1000;

describe('a key set', () => {
  it.each(ALGORITHMS)('of a fresh %s key is one that the settings take', (alg) => {
    const set = { keys: [generateKey(alg)] };
    expect(settingsWith({ TOKEN_KEYS: JSON.stringify(set) }).tokens.keys).toEqual(set.keys);
  });

  it('signs with the new key after a rotation, and still verifies with the old one', () => {
    const first = generateKey('EdDSA');
    const set = rotate(
      { keys: [first] },
      { alg: 'ES256', nowMs: NOON_MS, longestSeconds, contracts: [] },
    );
    expect(set.keys).toHaveLength(2);
    expect(set.keys[0]).toMatchObject({ alg: 'ES256' });
    expect(set.keys[1]).toEqual({ ...first, gatehouse_retired_at: NOON_MS / 1000 });
    expect(settingsWith({ TOKEN_KEYS: JSON.stringify(set) }).tokens.keys).toHaveLength(2);
  });

  it.each([
    { days: 29, kept: true },
    { days: 30, kept: false },
  ])('$days days after a key retired, it is kept: $kept', ({ days, kept }) => {
    const first = generateKey('EdDSA');
    const asked = { alg: 'EdDSA', longestSeconds, contracts: [] } as const;
    const once = rotate({ keys: [first] }, { ...asked, nowMs: NOON_MS });
    const { keys } = rotate(once, { ...asked, nowMs: after(days) });
    expect(keys.some(({ kid }) => kid === first.kid)).toBe(kept);
    expect(keys.some(({ kid }) => kid === once.keys[0]?.kid)).toBe(true);
  });

  it('is described without its secrets', () => {
    const set = rotate(
      { keys: [generateKey('HS256')] },
      { alg: 'EdDSA', nowMs: NOON_MS, longestSeconds, contracts: [] },
    );
    const [current, old] = set.keys;
    const lines = described(set, { longestSeconds, contracts: [{ name: 'one', tokens: {} }] });
    expect(lines).toEqual([
      `${current?.kid}  EdDSA  signs`,
      `${old?.kid}  HS256  verifies, needed until 2026-03-31T12:00:00.000Z`,
    ]);
    expect(lines.join()).not.toContain(current?.d);
    expect(lines.join()).not.toContain(old?.k);
  });
});

describe('a contract whose clients read certain algorithms alone', () => {
  const shared = { name: 'shared', tokens: { algorithms: ['HS256', 'ES256'] } } as const;
  const known = [{ name: 'any', tokens: {} }, shared];
  const keys = {
    ed: generateKey('EdDSA'),
    es: generateKey('ES256'),
    hs: generateKey('HS256'),
    own: generateKey('HS256', { contracts: ['shared'] }),
    others: generateKey('HS256', { contracts: ['any'] }),
    retired: { ...generateKey('ES256'), gatehouse_retired_at: 1 },
  };
  type Name = keyof typeof keys;
  // Without a `kid`: PostgREST, which may have the secret as plain text, refuses tokens with one.
  const added = { kty: 'oct', k: expect.any(String), alg: 'HS256', contracts: ['shared'] };
  const given = (names: readonly Name[]): Key[] => names.map((name) => keys[name]);
  const expected = (names: readonly (Name | 'new')[]) =>
    names.map((name) => (name === 'new' ? added : keys[name]));

  it.each<{ before: Name[]; after: (Name | 'new')[] }>([
    { before: ['ed'], after: ['ed', 'new'] },
    { before: ['ed', 'others'], after: ['ed', 'others', 'new'] },
    { before: ['ed', 'own'], after: ['ed', 'own'] },
    { before: ['es'], after: ['es'] },
    { before: ['ed', 'es', 'hs'], after: ['ed', 'es', 'hs'] },
    // A secret that is shared with its clients must not be one that signs for all.
    { before: ['hs'], after: ['new', 'hs'] },
    { before: ['ed', 'hs'], after: ['ed', 'new', 'hs'] },
    { before: ['ed', 'retired'], after: ['ed', 'new', 'retired'] },
  ])('has a key of its own where it needs one: $before become $after', ({ before, after }) => {
    const set = addMissingKeys({ keys: given(before) }, known);
    expect(set.keys).toEqual(expected(after));
    expect(addMissingKeys(set, known)).toEqual(set);
  });

  const rotation = { alg: 'HS256', nowMs: NOON_MS, longestSeconds, contracts: known } as const;
  const restrictions = (set: { keys: Key[] }) =>
    set.keys.map(({ d, k, contracts, gatehouse_retired_at: retiredAt }) => {
      const entry = Object.entries(keys).find(([, key]) => key.d === d && key.k === k);
      const name = entry?.[0] ?? 'new';
      return [name, contracts?.join(), retiredAt === undefined ? 'signs' : 'retired'].join(' ');
    });

  it.each<{ contract?: string; before: Name[]; after: string[] }>([
    { before: ['ed', 'own'], after: ['own shared signs', 'new  signs', 'ed  retired'] },
    // The new key signs wherever the key of all contracts does.
    { before: ['es', 'own'], after: ['new  signs', 'es  retired', 'own shared signs'] },
    {
      contract: 'shared',
      before: ['ed', 'own'],
      after: ['new shared signs', 'own shared retired', 'ed  signs'],
    },
    {
      contract: 'any',
      before: ['ed', 'own'],
      after: ['new any signs', 'own shared signs', 'ed  signs'],
    },
  ])('keeps its key in a rotation for $contract of $before', ({ contract, before, after }) => {
    const set = rotate({ keys: given(before) }, { ...rotation, contract });
    expect(restrictions(set)).toEqual(after);
  });

  it('signs with a secret that is given, for every contract that the old key signed for', () => {
    const secret = Buffer.from('a secret of at least thirty-two bytes');
    const both = { ...keys.own, contracts: ['shared', 'any'] };
    const [key] = rotate({ keys: [both] }, { ...rotation, contract: 'any', secret }).keys;
    expect(key).toMatchObject({
      kty: 'oct',
      k: 'YSBzZWNyZXQgb2YgYXQgbGVhc3QgdGhpcnR5LXR3byBieXRlcw',
      contracts: ['shared', 'any'],
    });
  });

  it('is described with its restriction', () => {
    const lines = described({ keys: [keys.ed, keys.own] }, { longestSeconds, contracts: known });
    expect(lines).toEqual([
      `${keys.ed.kid}  EdDSA  signs`,
      'without kid  HS256  signs for shared alone',
    ]);
  });

  const envOf = (set: object) =>
    `# mine\nLOCAL_DEVELOPMENT='true'\nSERVER_KEY='x'\nTOKEN_KEYS='${JSON.stringify(set)}'\nFACTOR_KEYS='z'\n\nOPERATOR_TOKEN=y`;

  it('gets its key in local secrets that are older, and nothing else changes', () => {
    const text = completeSecrets(envOf({ keys: [keys.ed] }), known);
    const [, written = ''] = /^TOKEN_KEYS='(.*)'$/m.exec(text) ?? [];
    const set = JSON.parse(written);
    expect(set.keys).toEqual([keys.ed, added]);
    expect(text).toBe(envOf(set));
    expect(completeSecrets(text, known)).toBe(text);
  });

  it.each(['not JSON', '{}', '[]'])('leaves a malformed TOKEN_KEYS of %s to the start', (value) => {
    const text = envOf({}).replace(/TOKEN_KEYS=.*/, `TOKEN_KEYS='${value}'`);
    expect(completeSecrets(text, known)).toBe(text);
  });

  it('has its key in new local secrets', () => {
    const text = completeSecrets('', known);
    expect(text.match(/^[A-Z_]+/gm)).toEqual([
      'LOCAL_DEVELOPMENT',
      'SERVER_KEY',
      'TOKEN_KEYS',
      'FACTOR_KEYS',
      'OPERATOR_TOKEN',
    ]);
    expect(text).toContain('"contracts":["shared"]');
  });
});
