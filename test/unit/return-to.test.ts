import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { returnTarget } from '../../src/pages/return-to.ts';

const OWN = 'https://gatehouse.example/login';
const ALLOWED = ['https://app.example.com', 'http://localhost:5173'];
const target = (wanted: string | null) => returnTarget(wanted, OWN, ALLOWED);

it.each([
  ['/', '/'],
  ['/email-cookie/?a=b&c=%2F%2Fevil.example#here', '/email-cookie/?a=b&c=%2F%2Fevil.example#here'],
  ['/a/../b', '/b'],
  ['/%2Fevil.example', '/%2Fevil.example'],
  ['/@evil.example', '/@evil.example'],
  ['https://app.example.com', 'https://app.example.com/'],
  ['https://app.example.com/dash?x=1#y', 'https://app.example.com/dash?x=1#y'],
  ['http://localhost:5173/x', 'http://localhost:5173/x'],
])('leads to %s', (wanted, led) => {
  expect(target(wanted)).toBe(led);
});

it.each([
  null,
  '',
  ' /',
  'dash',
  './dash',
  '?x',
  '#x',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  '/\u0000/evil.example',
  '/\u00a0/evil.example',
  '/\u0085/evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/%2e//evil.example',
  'https://evil.example',
  'https://evil.example/https://app.example.com',
  'https://app.example.com.evil.example',
  'https://app.example.com@evil.example',
  'https://user:secret@app.example.com',
  'https://app.example.com:444',
  'http://app.example.com',
  'https:app.example.com',
  'https:/app.example.com',
  'https:\\\\app.example.com',
  'HTTPS://app.example.com',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'blob:https://app.example.com/x',
  'ftp://app.example.com',
  'null',
  `/${'a'.repeat(2000)}`,
])('does not lead to %j', (wanted) => {
  expect(target(wanted)).toBe(null);
});

it('never leads to an origin that is neither ours nor allowed', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '@',
    ':',
    'evil.example',
    'https:',
    '%2f',
    '\t',
    '?',
    '#',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (wanted) => {
        const led = target(wanted);
        if (led === null) return;
        const { origin } = new URL(led, OWN);
        expect(['https://gatehouse.example', ...ALLOWED]).toContain(origin);
      },
    ),
    { numRuns: 2000 },
  );
});
