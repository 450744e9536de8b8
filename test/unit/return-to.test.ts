import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { readReturn, returnTarget } from '../../src/pages/return-to.ts';

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

/** RFC 7636, Appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const APP = 'https://app.example.com/callback';

const read = (name: string, query: Record<string, string>) => {
  const contract = contracts.find((one) => one.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  const url = new URL(`${OWN}?${new URLSearchParams(query).toString()}`);
  return readReturn(url, { contract, allowedOrigins: ALLOWED });
};
const pkce = { return_to: APP, code_challenge: CHALLENGE, code_challenge_method: 'S256' };

it.each<[string, string, Record<string, string>, ReturnType<typeof read>]>([
  [
    'an application, with its code',
    'username-pair',
    { ...pkce, state: 'x' },
    { returnTo: APP, transfer: { codeChallenge: CHALLENGE, state: 'x' }, returnRefused: null },
  ],
  [
    'an application without state',
    'gotrue',
    pkce,
    { returnTo: APP, transfer: { codeChallenge: CHALLENGE, state: null }, returnRefused: null },
  ],
  [
    'a path of this origin, without a code',
    'username-pair',
    { ...pkce, return_to: '/x' },
    { returnTo: '/x', transfer: null, returnRefused: null },
  ],
  [
    'an application without a code, where a cookie carries the session',
    'email-cookie',
    { return_to: APP },
    { returnTo: APP, transfer: null, returnRefused: null },
  ],
  [
    'the signed-in page, by default',
    'username-pair',
    {},
    { returnTo: null, transfer: null, returnRefused: null },
  ],
])('reads %s', (...[, name, query, expected]) => {
  expect(read(name, query)).toEqual(expected);
});

it.each([
  ['no challenge', { return_to: APP }, /needs code_challenge/],
  ['a plain challenge', { ...pkce, code_challenge_method: 'plain' }, /needs code_challenge/],
  ['a short challenge', { ...pkce, code_challenge: CHALLENGE.slice(1) }, /needs code_challenge/],
  ['a long state', { ...pkce, state: 'x'.repeat(1001) }, /state is too long/],
  ['another origin', { ...pkce, return_to: 'https://evil.example/' }, /ALLOWED_ORIGINS/],
])('says why it does not lead back, with %s', (_what, query, reason) => {
  expect(read('username-pair', query)).toEqual({
    returnTo: null,
    transfer: null,
    returnRefused: expect.stringMatching(reason) as string,
  });
});
