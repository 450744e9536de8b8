/**
 * What OWASP ASVS 5.0 asks of every answer, whatever kind it is: headers, types, and that no other
 * site can cause what only its owner may (V3, V4).
 */
import { describe, expect, it } from 'vitest';
import { flawsOfAnswer } from '../support/published.ts';
import { addUser, door, doors, freshAddress, house, type Answer } from '../support/house.ts';
import { operatorToken } from '../support/operator.ts';
import { client } from '../support/session.ts';

const HTML = { Accept: 'text/html' };
const operator = () => ({
  Authorization: `Bearer ${operatorToken}`,
  'CF-Connecting-IP': freshAddress(),
});
const { path, body } = door('email-cookie');

const assetOf = async (extension: string, headers: Record<string, string> = {}) => {
  const { text } = await house().fetch('/login', { headers: HTML });
  const name = new RegExp(`/assets/([^"]+\\.${extension})"`).exec(text)?.[1] ?? 'none';
  return house().fetch(`/assets/${name}`, { headers });
};

const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';

/** One of every kind; `type` is null where there is no body. */
const kinds: [string, number, string | null, () => Promise<Answer>][] = [
  ['a grant', 200, JSON_TYPE, async () => house().post(path, body(await addUser()))],
  ['a refusal', 400, JSON_TYPE, () => house().post(path, '{')],
  ['an unknown path', 404, JSON_TYPE, () => house().fetch('/nowhere')],
  ['a wrong method', 405, JSON_TYPE, () => house().fetch(path)],
  ['health', 200, JSON_TYPE, () => house().fetch('/healthz')],
  ['the keys', 200, JSON_TYPE, () => house().fetch('/.well-known/jwks.json?callback=steal')],
  ['a document', 200, JSON_TYPE, () => house().fetch('/openapi/email-cookie.json')],
  [
    'a preflight',
    204,
    null,
    () =>
      house().fetch(path, {
        method: 'OPTIONS',
        headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
      }),
  ],
  ['a page', 200, HTML_TYPE, () => house().fetch('/email-cookie/login', { headers: HTML })],
  ['the reference', 200, HTML_TYPE, () => house().fetch('/docs', { headers: HTML })],
  ['a redirect', 302, null, () => house().fetch('/email-cookie', { headers: HTML })],
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
    () => house().fetch('/metrics', { headers: operator() }),
  ],
  ['users', 200, JSON_TYPE, () => house().fetch('/admin/users', { headers: operator() })],
  [
    'the audit as CSV',
    200,
    'text/csv; charset=utf-8; header=present',
    () => house().fetch('/admin/audit?format=csv', { headers: operator() }),
  ],
  ['a closed door', 401, JSON_TYPE, () => house().fetch('/admin/users')],
  [
    'a failure of ours',
    500,
    JSON_TYPE,
    async () =>
      house({}, (call, proceed) =>
        call.method === 'batch' ? Promise.reject(new Error('lost')) : proceed(),
      ).post(path, body(await addUser())),
  ],
];

describe('every kind of answer', () => {
  it('is protected', async () => {
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
      // Objects fall under default-src: no directive of their own lets any in.
      expect([kind, policy.filter((one) => one.startsWith('object-src'))]).toEqual([kind, []]);
      const isPage = headers.get('Content-Type') === HTML_TYPE;
      expect([kind, policy.includes('sandbox')]).toEqual([kind, !isPage]);
    }
  });

  it('is what its type says, and text says its charset', async () => {
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

describe('a page', () => {
  const least = { PASSWORD_RULES: { least: 15 } };
  const page = (at: string, settings: object = {}) => house(settings).fetch(at, { headers: HTML });

  it('lets no text become markup', async () => {
    const evil = encodeURIComponent('/"><img src=x id=sheet onerror=alert(1)>');
    for (const at of ['/', '/login', '/register', '/verify', '/forgot', '/reset']) {
      const { headers, text } = await page(`${at}?return_to=${evil}&name=${evil}`);
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
      expect(text).not.toContain('<img');
    }
  });

  it('says how to choose a password, and how long', async () => {
    for (const at of ['/register', '/reset', '/']) {
      expect((await page(at)).text).toContain('At least 8 characters. A few words in a row');
      const { text } = await page(at, least);
      expect(text).toContain('At least 15 characters. A few words in a row');
      expect(text).toContain('&quot;leastPassword&quot;:15');
    }
  });
});

describe('a cookie', () => {
  it('has less than 4,096 bytes for the longest address', async () => {
    const email = `${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}example`;
    const person = await addUser({ email });
    const { status, headers } = await house().post(path, body({ ...person, email }));
    expect(status).toBe(200);
    expect(headers.getSetCookie()).toHaveLength(2);
    for (const cookie of headers.getSetCookie()) {
      expect(cookie.split(';')[0]?.length).toBeLessThan(4096);
    }
  });
});

describe.each(doors)('an operation of $name', ({ name, contract }) => {
  it('takes nothing that a form of another site could send', async () => {
    const person = await addUser();
    const { base } = client(house(), name);
    const all = {
      ...person,
      code: '123456',
      token: 'x',
      currentPassword: person.password,
      newPassword: 'something else entirely',
      refreshToken: 'x',
    };
    const operations = [
      'login',
      'register',
      'verify-email/send',
      'verify-email',
      'forgot-password',
      'reset-password',
      'change-password',
      'change-email',
      'change-email/confirm',
      'delete-account',
      // A refresh cookie has tests of its own (refresh.test.ts).
      ...(contract.refresh?.in === 'body' ? ['refresh'] : []),
    ];
    for (const operation of operations) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const calls: unknown[] = [];
        const here = house({}, (call, proceed) => (calls.push(call), proceed()));
        const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
        const { status, text } = await here.post(`${base}/${operation}`, all, { headers });
        expect([operation, type, [400, 422].includes(status)]).toEqual([operation, type, true]);
        expect([operation, type, calls]).toEqual([operation, type, []]);
        const exchange = { contract: name, method: 'POST', path: `${base}/${operation}`, status };
        expect(flawsOfAnswer(exchange, JSON.parse(text))).toEqual([]);
      }
    }
  });
});
