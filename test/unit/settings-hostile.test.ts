/**
 * Random values of each setting: the start succeeds, or is refused with our own message, which names
 * the setting and shows nothing of a secret.
 */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envWith, settingsWith } from './sample-env.ts';

const CANARY = 'c4n4ry';
const SECRET = [
  'SERVER_KEY',
  'TOKEN_KEYS',
  'PEPPERS',
  'FACTOR_KEYS',
  'RESEND_API_KEY',
  'OPERATOR_TOKEN',
];

const source = readFileSync('src/settings.ts', 'utf8');
const schema = source.slice(source.indexOf('const schema = '), source.indexOf('\n});'));
const names = [...schema.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name = '']) => name);
/** Field names of settings and keys, which random objects are made of. */
const words =
  `keys kty kid alg crv x d k contracts ${schema.match(/[a-z]\w+(?=: )/gi)?.join(' ')}`.split(' ');

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((some) => CANARY + some),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', 'null', '[]', '{}', '{', '\u0000', '__proto__', 'https://', '*'),
  fc.constantFrom('EdDSA', 'HS256', 'ES256', 'OKP', 'oct', 'EC', 'Ed25519', 'https://a.example'),
  fc.base64String({ minLength: 40 }).map((some) => some.replaceAll(/[+/=]/g, '-')),
);
const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words, '__proto__', CANARY), text), tie('tree'), {
      maxKeys: 5,
    }),
  ),
}));
const value = fc.oneof(
  tree,
  tree.map((some) => JSON.stringify(some)),
  fc.constantFrom('['.repeat(5000), '['.repeat(5000) + ']'.repeat(5000), '9'.repeat(5000)),
);

it('finds the names of all settings', () => {
  expect(names).toEqual(expect.arrayContaining([...SECRET, 'CONTRACTS', 'LOCKOUT']));
});

describe.each(names)('%s', (name) => {
  it('starts with a random value, or is named as the one at fault', () => {
    const property = fc.property(value, (value) => {
      let message: string;
      try {
        settingsWith({ [name]: value });
        return;
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
      }
      expect(message).toMatch(/^Gatehouse cannot start: these settings are at fault\.\n/);
      // CONTRACTS may leave another setting at fault, which names a contract no longer served.
      expect(message).toMatch(/^ {2}[A-Z_]+[.:]/m);
      if (name !== 'CONTRACTS') expect(message).toMatch(new RegExp(`^ {2}${name}[.:]`, 'm'));
      if (SECRET.includes(name)) expect(message).not.toContain(CANARY);
      for (const secret of ['SERVER_KEY', 'TOKEN_KEYS']) {
        expect(message).not.toContain(String(envWith()[secret]));
      }
    });
    const examples: [unknown][] = [[[{ [CANARY]: null }]]];
    fc.assert(property, { numRuns: 300, examples });
  });
});
