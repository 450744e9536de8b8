/**
 * Every route is an operation of a published document, or listed here because nothing can be signed in
 * to with it (OWASP ASVS 5.0 V6.3.4).
 */
/// <reference types="vite/types/importMeta.d.ts" />
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { contracts } from '../../src/contracts/index.ts';
import { routeOf } from '../../src/contracts/routes.ts';
import { createContractApp } from '../../src/http/contract-app.ts';
import { readSettings } from '../../src/settings.ts';
import { createTestApp, deployed } from '../support/test-app.ts';

const documents = import.meta.glob<{ paths: Record<string, object> }>('../../docs/api/*.json', {
  eager: true,
  import: 'default',
});

const sorted = (routes: Iterable<string>) => [...new Set(routes)].toSorted();

/** Leaves out the handlers of every method: middleware, and the refusals at the end. */
const routesOf = (app: { routes: { method: string; path: string }[] }) =>
  sorted(
    app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  );

const documented = (name: string, before = '') =>
  sorted(
    Object.entries(documents[`../../docs/api/${name}.json`]?.paths ?? {}).flatMap(
      ([path, operations]) =>
        Object.keys(operations)
          .filter((method) => method !== 'parameters')
          .map(
            (method) => `${method.toUpperCase()} ${before}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
          ),
    ),
  );

const PAGES = ['/login', '/register', '/verify', '/forgot', '/reset', '/revoke', '/'];

describe.each(contracts)('$name', (contract) => {
  it('serves its generated document where it is listed', async () => {
    const path = `/openapi/${contract.name}.json`;
    const { status, headers, text } = await createTestApp().fetch(path);
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(JSON.parse(text)).toEqual(documents[`../../docs/api/${contract.name}.json`]);
    const CONTRACTS = contracts.map(({ name }) => name).filter((name) => name !== contract.name);
    expect((await createTestApp({ CONTRACTS }).fetch(path)).status).toBe(404);
  });

  it('has the operations of its document, and no other', () => {
    const app = createContractApp(contract, readSettings(env, contracts));
    expect(routesOf(app)).toContain(`POST ${routeOf(contract, 'login').path}`);
    expect(routesOf(app)).toEqual(documented(contract.name));
  });
});

it.each(['email-cookie.yaml', 'nothing.json', '..%2f..%2fwrangler.toml', 'email-cookie.json/'])(
  'serves nothing at /openapi/%s',
  async (file) => {
    expect((await createTestApp().fetch(`/openapi/${file}`)).status).toBe(404);
    expect((await createTestApp().fetch(`/${file}`)).status).toBe(404);
  },
);

describe('the admin API', () => {
  it('has the operations of its document, and no other', () => {
    const routes = routesOf(createApp(env)).filter((route) => route.includes(' /admin'));
    expect(routes).toContain('DELETE /admin/users/:id');
    expect(routes).toEqual(documented('admin', '/admin'));
  });
});

describe('the app', () => {
  it('has the routes of contracts and pages and this list, and no other', () => {
    const others = routesOf(createApp(Object.assign({}, env, deployed))).filter(
      (route) => !route.includes(' /admin'),
    );
    const prefixes = ['', ...contracts.map(({ name }) => `/${name}`)];
    const inCookie = contracts.filter(({ refresh }) => refresh?.in === 'cookie');
    expect(others).toEqual(
      sorted([
        // Read-only: public, or for the operator's token.
        'GET /healthz',
        'GET /metrics',
        'GET /openapi/admin.json',
        'GET /openapi/:file',
        'GET /.well-known/jwks.json',
        // Pages and their files, the same for everyone.
        'GET /docs',
        'GET /assets/:name',
        'GET /.well-known/change-password',
        // The page for addresses that are none, for browsers.
        'GET /*',
        ...prefixes.flatMap((prefix) => PAGES.map((path) => `GET ${prefix}${path}`)),
        ...contracts.map(({ name }) => `GET /${name}`),
        // The login form without scripts runs the contract's own login.
        ...inCookie.flatMap(({ name, base }) =>
          ['', `/${name}`].flatMap((prefix) =>
            ['GET', 'POST'].map((method) => `${method} ${prefix}${base}/login-form`),
          ),
        ),
      ]),
    );
  });
});
