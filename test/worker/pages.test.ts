import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { knownContracts } from '../support/contract-cases.ts';
import { createTestApp, deployed, type Answer } from '../support/test-app.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const openPage = (path: string, headers: Record<string, string> = {}, settings = {}) =>
  createTestApp(settings).fetch(path, { headers: { Accept: BROWSER, ...headers } });

const isPage = ({ status, headers }: Answer) =>
  status === 200 && headers.get('Content-Type') === 'text/html; charset=utf-8';

const paths = ['/', '/login', '/register', '/verify', '/forgot', '/reset', '/revoke'];

describe('a page', () => {
  it('stands under every contract, and on bare paths', async () => {
    for (const prefix of ['', ...knownContracts.map(({ name }) => `/${name}`)]) {
      for (const path of paths) {
        expect([prefix + path, isPage(await openPage(prefix + path))]).toEqual([
          prefix + path,
          true,
        ]);
      }
    }
    const [bare] = env.CONTRACTS;
    expect((await openPage('/login')).text).toContain(
      `&quot;contract&quot;:{&quot;name&quot;:&quot;${bare}&quot;`,
    );
    const moved = await openPage('/email-cookie');
    expect([moved.status, moved.headers.get('Location')]).toEqual([302, '/email-cookie/']);
  });

  it('is the host’s contract on bare paths', async () => {
    const settings = { CONTRACT_HOSTS: { 'gatehouse.example': 'username-pair' } };
    const { text } = await openPage('/login', {}, settings);
    expect(text).toContain('&quot;contract&quot;:{&quot;name&quot;:&quot;username-pair&quot;');
    expect(text).toContain('id="username"');
  });

  it('is in English where Accept-Language cannot be read', async () => {
    for (const languages of ['en-US@posix', 'C', '*', ';q=', 'xx;q=9, ,;;', 'a'.repeat(5000)]) {
      const page = await openPage('/login', { 'Accept-Language': languages });
      expect([languages, isPage(page)]).toEqual([languages, true]);
      expect(page.text).toContain('<html lang="en" dir="ltr">');
    }
  });

  it('does not exist for a contract that is not served', async () => {
    const settings = { CONTRACTS: ['email-cookie'] };
    expect((await openPage('/username-pair/login', {}, settings)).status).toBe(404);
    expect(isPage(await openPage('/email-cookie/login', {}, settings))).toBe(true);
  });

  it.each<[Record<string, string>, string?]>([
    [{ Accept: 'application/json' }],
    [{ Accept: 'application/json, */*;q=0.1' }],
    [{ Accept: 'text/html;q=0, */*' }],
    [{ Accept: BROWSER }, 'POST'],
  ])('is for browsers: to %o %s the contract answers 404', async (headers, method = 'GET') => {
    const app = createTestApp();
    const { status, text } = await app.fetch('/email-remember/login', { headers, method });
    expect([status, JSON.parse(text).error.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('has no body for HEAD', async () => {
    const headers = { Accept: BROWSER };
    const head = await createTestApp().fetch('/login', { method: 'HEAD', headers });
    expect([isPage(head), head.text]).toEqual([true, '']);
  });

  it('leaves the paths of operations to the contract, for browsers too', async () => {
    const { status, headers } = await openPage('/email-remember/api/v1/profile');
    expect([status, headers.get('Content-Type')]).toEqual([401, 'application/json']);
    const wrong = await openPage('/email-remember/api/v1/auth/login');
    expect([wrong.status, wrong.headers.get('Allow')]).toEqual([405, 'POST']);
  });

  it('lets no text of a query become markup', async () => {
    const evil = encodeURIComponent('/"><img src=x id=sheet onerror=alert(1)>');
    for (const path of paths) {
      const { headers, text } = await openPage(`${path}?return_to=${evil}&name=${evil}`);
      expect(headers.get('Content-Security-Policy')).toContain(
        "require-trusted-types-for 'script'; trusted-types 'none'",
      );
      expect(text).not.toContain('<img');
    }
  });

  it('says how to choose a password, and the least length', async () => {
    for (const path of ['/register', '/reset', '/']) {
      const hint = 'A few words in a row';
      expect((await openPage(path)).text).toContain(`Minimum length: 8. ${hint}`);
      const { text } = await openPage(path, {}, { PASSWORD_RULES: { least: 15 } });
      expect(text).toContain(`Minimum length: 15. ${hint}`);
      expect(text).toContain(
        '&quot;passwordRules&quot;:{&quot;least&quot;:15,&quot;most&quot;:256,',
      );
    }
  });

  it('has the texts of the activity on the signed-in page alone', async () => {
    for (const path of paths) {
      const { text } = await openPage(path);
      expect([path, text.includes('Sign-in refused')]).toEqual([path, path === '/']);
    }
  });

  it('says whether a second factor can be set up', async () => {
    const offered = '&quot;offersSecondFactor&quot;:';
    expect((await openPage('/')).text).toContain(`${offered}true`);
    const off = await openPage('/', {}, { SECOND_FACTOR: 'off' });
    expect(off.text).toContain(`${offered}false`);
  });

  it('says whether passkeys are offered, and lets browsers suggest them where they are', async () => {
    for (const [settings, isOffered, names] of [
      [{}, true, 'username webauthn'],
      [{ PASSKEYS: { offered: false } }, false, 'username'],
      // Another domain, and an origin that is not allowed.
      [{ PAGES_ORIGIN: 'https://pages.example' }, false, 'username'],
      [
        {
          PAGES_ORIGIN: 'https://login.gatehouse.example',
          PASSKEYS: { domain: 'gatehouse.example' },
        },
        false,
        'username',
      ],
    ] as const) {
      const { text } = await openPage('/login', {}, settings);
      expect(text).toContain(`&quot;offersPasskeys&quot;:${isOffered},`);
      expect(text).toContain(`autocomplete="${names}"`);
    }
  });

  it('is not served over plain http, except in local development', async () => {
    const origin = 'http://gatehouse.example';
    const ask = (settings: object, path: string) =>
      createTestApp(settings).fetch(path, { origin, headers: { Accept: BROWSER } });
    const others = ['/healthz', '/.well-known/jwks.json', '/openapi/email-cookie.json'];
    for (const path of ['/', '/login', '/email-cookie/login', '/docs', ...others]) {
      expect([path, (await ask(deployed, path)).status]).toEqual([path, 403]);
    }
    expect(isPage(await ask({ LOCAL_DEVELOPMENT: 'true' }, '/login'))).toBe(true);
  });
});

describe('a page’s headers', () => {
  it('let in what carries the nonce of this very answer, and nothing else', async () => {
    const seen = new Set<string>();
    for (const path of [...paths, '/docs']) {
      const { headers, text } = await openPage(path);
      const policy = headers.get('Content-Security-Policy') ?? '';
      const nonce = /script-src 'nonce-([\w-]{20,})'/.exec(policy)?.[1] ?? '';
      expect(nonce).not.toBe('');
      seen.add(nonce);
      expect(policy).toContain("default-src 'none'; ");
      expect(policy).toContain("base-uri 'none'; frame-ancestors 'none'");
      expect(policy).toContain(`style-src 'nonce-${nonce}'`);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      for (const [tag] of text.matchAll(
        /<(?:script|style)[\s>][^>]*|<link rel="stylesheet"[^>]*/g,
      )) {
        expect(tag).toContain(`nonce="${nonce}"`);
      }
      expect(text).not.toMatch(/ on\w+=|\sstyle=|javascript:/);
    }
    expect(seen.size).toBe(paths.length + 1);
  });

  it('keep it out of caches, frames and other windows', async () => {
    const { headers } = await openPage('/login');
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      vary: 'Accept, Accept-Language, Cookie, Origin',
    });
  });

  it('let a form lead to an allowed origin, where that is where it leads', async () => {
    const settings = { ALLOWED_ORIGINS: ['https://app.example.com'] };
    const policyAt = async (query: string) =>
      (await openPage(`/email-cookie/login${query}`, {}, settings)).headers.get(
        'Content-Security-Policy',
      );
    const there = encodeURIComponent('https://app.example.com/start');
    expect(await policyAt(`?return_to=${there}`)).toContain(
      "form-action 'self' https://app.example.com;",
    );
    expect(await policyAt('')).toContain("form-action 'self';");
    expect(await policyAt('?return_to=https://evil.example')).toContain("form-action 'self';");
  });
});

describe('static assets', () => {
  it('are kept for good under the names that pages use, and are nothing else', async () => {
    const { text } = await openPage('/login');
    const names = [...text.matchAll(/"\/assets\/([^"]+)"/g)].map(([, name]) => name);
    expect(names).toHaveLength(3);
    for (const name of names) {
      const { status, headers } = await createTestApp().fetch(`/assets/${name}`);
      expect([status, headers.get('Cache-Control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
      const again = await createTestApp().fetch(`/assets/${name}`, {
        headers: { 'If-None-Match': headers.get('ETag') ?? '' },
      });
      expect(again.status).toBe(304);
    }
    for (const path of [
      '/assets/none.js',
      '/assets/..%2fopenapi%2femail-cookie.json',
      '/assets/',
    ]) {
      expect([path, (await createTestApp().fetch(path)).status]).toEqual([path, 404]);
    }
  });

  it('that were not made are an outage, not a broken page, and are asked for again', async () => {
    let there = false;
    const ASSETS = {
      fetch: async () => (there ? Response.json({}) : new Response(null, { status: 404 })),
    };
    const own = createTestApp({ ASSETS });
    const ask = () => own.fetch('/login', { headers: { Accept: BROWSER } });
    expect((await ask()).status).toBe(500);
    there = true;
    expect((await ask()).status).toBe(200);
  });

  it('are not waited for in the request of another page, which may be cancelled', async () => {
    const cancelled = Promise.withResolvers<Response>();
    const reads = [cancelled.promise, Promise.resolve(Response.json({}))];
    const own = createTestApp({ ASSETS: { fetch: () => reads.shift() } });
    const ask = () => own.fetch('/login', { headers: { Accept: BROWSER } });
    const pages = [ask(), ask()] as const;
    await expect.poll(() => reads.length).toBe(0);
    expect((await pages[1]).status).toBe(200);
    cancelled.resolve(Response.json({}));
    expect((await pages[0]).status).toBe(200);
  });
});
