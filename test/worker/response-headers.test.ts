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
  it('has the security headers', async () => {
    for (const [kind, expected, , ask] of kinds) {
      const { status, headers } = await ask();
      expect([kind, status]).toEqual([kind, expected]);
      const [, age = '0'] =
        /^max-age=(\d+); includeSubDomains$/.exec(headers.get('Strict-Transport-Security') ?? '') ??
        [];
      expect([kind, Number(age) >= 365 * 86_400]).toEqual([kind, true]);
      expect([kind, headers.get('X-Content-Type-Options')]).toEqual([kind, 'nosniff']);
      expect([kind, headers.get('Cross-Origin-Resource-Policy')]).toEqual([kind, 'same-site']);
      expect([kind, headers.get('Referrer-Policy')]).toEqual([
        kind,
        expect.stringMatching(/^(?:no-referrer|same-origin)$/),
      ]);
      const policy = headers.get('Content-Security-Policy')?.split('; ') ?? [];
      expect([kind, policy]).toEqual([
        kind,
        expect.arrayContaining(["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]),
      ]);
      // Objects fall under default-src: no directive of their own allows any.
      expect([kind, policy.filter((one) => one.startsWith('object-src'))]).toEqual([kind, []]);
      const isPage = headers.get('Content-Type') === HTML_TYPE;
      expect([kind, policy.includes('sandbox')]).toEqual([kind, !isPage]);
    }
  });

  it('has the content type of its body, with a charset for text', async () => {
    for (const [kind, , type, ask] of kinds) {
      const { headers, text } = await ask();
      if (type === null) {
        expect([kind, text]).toEqual([kind, '']);
        continue;
      }
      expect([kind, headers.get('Content-Type')]).toEqual([kind, type]);
      if (type === JSON_TYPE) expect(() => JSON.parse(text) as unknown).not.toThrow();
      if (type.startsWith('text/'))
        expect([kind, type]).toEqual([kind, expect.stringMatching(/; charset=utf-8/)]);
      expect([kind, text.startsWith('<!doctype html>')]).toEqual([kind, type === HTML_TYPE]);
    }
  });
});
