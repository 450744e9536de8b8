/** The page for operators: the requests that get it, and what it contains. */
import { describe, expect, it } from 'vitest';
import { addOperator, CONTRACT, operatorSettings, ROLES } from '../support/operators.ts';
import { createTestApp, deployed } from '../support/test-app.ts';

const app = createTestApp(operatorSettings);
const html = { headers: { Accept: 'text/html' } };

it('is served to browsers under the policy of all pages, and contains no data', async () => {
  const { publicId, user } = await addOperator(app, ROLES.writeRole);
  const { status, headers, text } = await app.fetch('/admin', html);
  expect(status).toBe(200);
  expect(headers.get('Content-Security-Policy')).toMatch(
    /^default-src 'none'; script-src 'nonce-[\da-f-]{36}'; .*require-trusted-types-for 'script'; trusted-types 'none'/,
  );
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(text).toContain('<html lang="en" dir="ltr">');
  expect(text).toMatch(/src="\/assets\/admin\.\w+\.js"/);
  expect(text).toContain(`href="/${CONTRACT}/"`);
  for (const data of [publicId, user.email, user.username]) expect(text).not.toContain(data);
});

it('is the same with and without a token', async () => {
  const { token } = await addOperator(app, ROLES.writeRole);
  const plain = ({ text }: { text: string }) =>
    text.replaceAll(/[\da-f]{8}(-[\da-f]{4,12}){4}/g, '');
  const headers = { ...html.headers, Authorization: `Bearer ${token}` };
  expect(plain(await app.fetch('/admin', { headers }))).toBe(
    plain(await app.fetch('/admin', html)),
  );
});

describe('the admin API answers in its place', () => {
  it.each<[string, object, object, { origin?: string }, number, string]>([
    ['clients that take anything', operatorSettings, { Accept: '*/*' }, {}, 401, 'unauthorized'],
    [
      'clients that take JSON',
      operatorSettings,
      { Accept: 'application/json' },
      {},
      401,
      'unauthorized',
    ],
    ['where no role is set', {}, html.headers, {}, 401, 'unauthorized'],
    [
      'plain http',
      { ...operatorSettings, ...deployed },
      html.headers,
      { origin: 'http://gatehouse.example' },
      403,
      'https_required',
    ],
  ])('to %s', async (...[, settings, headers, sending, status, error]) => {
    const answer = await createTestApp(settings).fetch('/admin', {
      headers: { ...headers },
      ...sending,
    });
    expect([answer.status, answer.text]).toEqual([status, JSON.stringify({ error })]);
  });

  it('below the page, whatever is asked for', async () => {
    const { status, text } = await app.fetch('/admin/users', html);
    expect([status, text]).toEqual([401, '{"error":"unauthorized"}']);
  });
});
