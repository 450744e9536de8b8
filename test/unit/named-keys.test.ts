/** Rotation of named keys, and the local keys of second factors. */
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { addNamedKey, describeNamedKeys } from '../../tools/named-keys.ts';
import { completeSecrets, makers, withSecret } from '../../tools/secrets.ts';
import { settingsWith } from './sample-env.ts';

it('puts a new key of 256 bits in front, and keeps all others', () => {
  const [first] = addNamedKey();
  expect(first?.id).toMatch(/^[0-9a-f]{8}$/);
  expect(Buffer.from(first?.key ?? '', 'base64url')).toHaveLength(32);
  const rotated = addNamedKey(addNamedKey(first && [first]));
  expect(rotated).toHaveLength(3);
  expect(rotated[2]).toEqual(first);
  expect(new Set(rotated.map(({ id }) => id)).size).toBe(3);
  expect(new Set(rotated.map(({ key }) => key)).size).toBe(3);
});

it('describes keys without showing them', () => {
  const keys = ['new', 'old'].map((id) => ({ id, key: 'secret' }));
  expect(describeNamedKeys(keys)).toEqual(['new  encrypts and decrypts', 'old  decrypts']);
});

it('makes a set with which the Worker starts, and replaces none', () => {
  const text = completeSecrets("FACTOR_KEYS='mine'\n");
  expect(parseEnv(text)['FACTOR_KEYS']).toBe('mine');
  const { FACTOR_KEYS } = parseEnv(completeSecrets(''));
  for (const value of [FACTOR_KEYS, makers.FACTOR_KEYS()]) {
    expect(settingsWith({ FACTOR_KEYS: value }).factorKeys).toHaveLength(1);
  }
});

it.each([
  ['', "FOREIGN_HASH_COST='[]'\n"],
  ["A='1'", "A='1'\nFOREIGN_HASH_COST='[]'\n"],
  ["A='1'\n", "A='1'\nFOREIGN_HASH_COST='[]'\n"],
  ["FOREIGN_HASH_COST='old'\nA='1'\n", "FOREIGN_HASH_COST='[]'\nA='1'\n"],
  ["FOREIGN_HASH_COST='old'\nFOREIGN_HASH_COST='older'\n", "FOREIGN_HASH_COST='[]'\n".repeat(2)],
])(
  'puts a secret into .dev.vars, in place of an older one or behind the others: %j',
  (text, set) => {
    expect(withSecret(text, 'FOREIGN_HASH_COST', '[]')).toBe(set);
  },
);
