/** Security headers and content types of every kind of answer (OWASP ASVS 5.0, V3.4 and V4.1). */
import { describe, expect, it } from 'vitest';
import {
  addUser,
  contractCase,
  freshAddress,
  createTestApp,
  type Answer,
} from '../support/test-app.ts';
import { operatorToken } from '../support/operator.ts';

const HTML = { Accept: 'text/html' };
const operator = () => ({
  Authorization: `Bearer ${operatorToken}`,
  'CF-Connecting-IP': freshAddress(),
});
const { path, body } = contractCase('email-cookie');
const { fetch, post } = createTestApp();

const assetOf = async (extension: string, headers: Record<string, string> = {}) => {
  const { text } = await fetch('/login', { headers: HTML });
  const name = new RegExp(`/assets/([^"]+\\.${extension})"`).exec(text)?.[1] ?? 'none';
  return fetch(`/assets/${name}`, { headers });
};

const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';

/** Name, status, content type (null without a body) and request of each kind of answer. */
const kinds: [string, number, string | null, () => Promise<Answer>][] = [
  ['a grant', 200, JSON_TYPE, async () => post(path, body(await addUser()))],
  ['a refusal', 400, JSON_TYPE, () => post(path, '{')],
  ['an unknown path', 404, JSON_TYPE, () => fetch('/nowhere')],
  ['a wrong method', 405, JSON_TYPE, () => fetch(path)],
  ['health', 200, JSON_TYPE, () => fetch('/healthz')],
  ['the keys', 200, JSON_TYPE, () => fetch('/.well-known/jwks.json?callback=steal')],
  ['a document', 200, JSON_TYPE, () => fetch('/openapi/email-cookie.json')],
  [
    'a preflight',
    204,
    null,
    () =>
      fetch(path, {
        method: 'OPTIONS',
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
      }),
  ],
  ['a page', 200, HTML_TYPE, () => fetch('/email-cookie/login', { headers: HTML })],
  ['the reference', 200, HTML_TYPE, () => fetch('/docs', { headers: HTML })],
  ['a redirect', 302, null, () => fetch('/email-cookie', { headers: HTML })],
  ['a style', 200, 'text/css; charset=utf-8', () => assetOf('css')],
  ['a script', 200, 'text/javascript; charset=utf-8', () => assetOf('js')],
  ['a picture', 200, 'image/svg+xml', () => assetOf('svg')],
  [
    'an asset that has not changed',
    304,
    null,
    async () =>
      assetOf('css', { 'If-None-Match': (await assetOf('css')).headers.get('ETag') ?? '' }),
  ],
  [
    'metrics',
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    () => fetch('/metrics', { headers: operator() }),
  ],
  ['users', 200, JSON_TYPE, () => fetch('/admin/users', { headers: operator() })],
  [
    'the audit as CSV',
    200,
    'text/csv; charset=utf-8; header=present',
    () => fetch('/admin/audit?format=csv', { headers: operator() }),
  ],
  ['no operator token', 401, JSON_TYPE, () => fetch('/admin/users')],
  [
    'an internal error',
    500,
    JSON_TYPE,
    async () =>
      createTestApp({}, (call, proceed) =>
        call.method === 'batch' ? Promise.reject(new Error('lost')) : proceed(),
      ).post(path, body(await addUser())),
  ],
];

describe('every kind of answer', () => {
  it.each(kinds)('has the security headers and its content type: %s', async (...row) => {
    const [, expected, type, ask] = row;
    const { status, headers, text } = await ask();
    expect(status).toBe(expected);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cross-origin-resource-policy': 'same-site',
      'referrer-policy': expect.stringMatching(/^(?:no-referrer|same-origin)$/),
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
    const policy = headers.get('Content-Security-Policy')?.split('; ') ?? [];
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]),
    );
    // Objects fall under default-src: no directive of their own allows any.
    expect(policy.filter((one) => one.startsWith('object-src'))).toEqual([]);
    expect(policy.includes('sandbox')).toBe(headers.get('Content-Type') !== HTML_TYPE);
    if (type === null) {
      expect(text).toBe('');
      return;
    }
    expect(headers.get('Content-Type')).toBe(type);
    if (type === JSON_TYPE) expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(text.startsWith('<!doctype html>')).toBe(type === HTML_TYPE);
  });
});
