/** The language of a page: of its address, of the cookie, of the browser. */
import { expect, it } from 'vitest';
import { createTestApp } from '../support/test-app.ts';

const GERMAN = '<html lang="de" dir="ltr">';
const open = (path: string, headers: Record<string, string> = {}, settings = {}) =>
  createTestApp(settings).fetch(path, { headers: { Accept: 'text/html', ...headers } });
const languageOf = (page: { text: string }) => /<html lang="(\w+)" dir="\w+">/.exec(page.text)?.[1];

it.each([
  ['the browser’s', '/login', { 'Accept-Language': 'fr-CH, fr;q=0.9, en;q=0.8' }, 'fr'],
  ['the cookie’s, before it', '/login', { 'Accept-Language': 'fr', Cookie: 'language=es' }, 'es'],
  ['the address’s, before both', '/login?lang=it', { Cookie: 'language=es' }, 'it'],
  ['none of an unknown address', '/login?lang=xx', { Cookie: 'language=es' }, 'es'],
  ['none of an unknown cookie', '/login', { 'Accept-Language': 'fr', Cookie: 'language=xx' }, 'fr'],
  ['none of a cookie of another name', '/login', { Cookie: 'languages=es' }, 'en'],
  ['English', '/docs', {}, 'en'],
  ['the same on other pages', '/docs?lang=it', {}, 'it'],
])('is %s', async (...[, path, headers, language]) => {
  expect(languageOf(await open(path, headers))).toBe(language);
});

it.each<[string, string, Record<string, string>, string | null]>([
  ['keeps one of the address', '/login?lang=de-AT', {}, 'de'],
  ['keeps none without one', '/login', { Cookie: 'language=de' }, null],
  ['keeps none that is not offered', '/login?lang=xx', {}, null],
  [
    'keeps none from a link of another site',
    '/login?lang=de',
    { 'Sec-Fetch-Site': 'cross-site' },
    null,
  ],
  ['keeps one from its own link', '/login?lang=de', { 'Sec-Fetch-Site': 'same-origin' }, 'de'],
  [
    'keeps none with an answer of a contract',
    '/login?lang=de',
    { Accept: 'application/json' },
    null,
  ],
])('%s', async (...[, path, headers, tag]) => {
  const { headers: answered } = await open(path, headers);
  const cookie = `language=${tag}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure`;
  expect(answered.getSetCookie()).toEqual(tag === null ? [] : [cookie]);
});

it('keeps it over plain http in local development', async () => {
  const origin = 'http://gatehouse.example';
  const headers = { Accept: 'text/html' };
  const app = createTestApp({ LOCAL_DEVELOPMENT: 'true' });
  const { headers: answered } = await app.fetch('/login?lang=de', { origin, headers });
  const cookie = 'language=de; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000';
  expect(answered.getSetCookie()).toEqual([cookie]);
});

it('is the cookie’s for a refused form that was sent without scripts', async () => {
  const { status, text } = await createTestApp().fetch('/email-cookie/api/v1/auth/login-form', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': '192.0.2.77',
      Cookie: 'language=de',
    },
    body: 'email=&password=',
  });
  expect([status, text.includes(GERMAN)]).toEqual([400, true]);
});

it('sends one language with a page, and English where it cannot be loaded', async () => {
  const page = await open('/login?lang=de');
  expect([languageOf(page), page.text.includes('Anmelden')]).toEqual(['de', true]);
  expect(page.text).not.toContain('Good to see you again');
  const ASSETS = {
    fetch: async (url: string) =>
      url.endsWith('names.json') ? Response.json({}) : new Response('', { status: 404 }),
  };
  const fallback = await open('/login?lang=de', {}, { ASSETS });
  expect([fallback.status, languageOf(fallback)]).toEqual([200, 'en']);
});
