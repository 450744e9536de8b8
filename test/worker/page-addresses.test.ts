/** The addresses at which clients get a page, and those that stay the API's. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createApp } from '../../src/app.ts';
import type { Contract } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { knownContracts } from '../support/contract-cases.ts';
import { createTestApp } from '../support/test-app.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const openPage = (path: string, headers: Record<string, string> = {}) =>
  createTestApp().fetch(path, { headers: { Accept: BROWSER, ...headers } });

const paths = ['/', '/login', '/register', '/verify', '/forgot', '/reset', '/revoke'];

it.each<[Record<string, string>]>([[{}], [{ Accept: '*/*' }]])(
  'gives a page to a client that takes anything: %o',
  async (headers) => {
    // oauth2 revokes tokens at /revoke.
    for (const path of paths.filter((path) => path !== '/revoke')) {
      const { status, text } = await createTestApp().fetch(path, { headers });
      expect([path, status, text.slice(0, 15)]).toEqual([path, 200, '<!doctype html>']);
    }
  },
);

it('leaves a path of the API to it, whatever its method, unless a browser asks', async () => {
  const at = async (accept: string) =>
    (await createTestApp().fetch('/oauth2/revoke', { headers: { Accept: accept } })).status;
  expect([await at('*/*'), await at('application/json'), await at(BROWSER)]).toEqual([
    405, 405, 200,
  ]);
});

it('leaves the path of a page to a contract that answers GET there, unless a browser asks', async () => {
  const document = { path: '/login', summary: 'A flow', schema: () => z.object({}) };
  const documents = [{ ...document, render: () => ({}) }];
  const reading: Contract = { ...emailCookie, documents };
  const own: Env = Object.assign({}, env, { CONTRACTS: ['email-cookie'] });
  const known = knownContracts.map((one) => (one === emailCookie ? reading : one));
  const app = createApp(own, known);
  const typeOf = async (path: string, headers = {}) => {
    const request = new Request(`https://gatehouse.example${path}`, { headers });
    const context = createExecutionContext();
    const { headers: got } = await app.fetch(request, own, context);
    await waitOnExecutionContext(context);
    return got.get('Content-Type');
  };
  for (const prefix of ['', '/email-cookie']) {
    expect(await typeOf(`${prefix}/login`)).toBe('application/json');
    expect(await typeOf(`${prefix}/login`, { Accept: BROWSER })).toContain('text/html');
    expect(await typeOf(`${prefix}/forgot`)).toContain('text/html');
  }
});

it('says to a browser, and to no API client, that there is no page', async () => {
  const lost = ['/no-such-page', '/email-cookie/no-such-page', '/.well-known/security.txt'];
  for (const path of lost) {
    const { status, headers, text } = await openPage(path, { 'Accept-Language': 'de' });
    expect([path, status, headers.get('Content-Type')]).toEqual([
      path,
      404,
      'text/html; charset=utf-8',
    ]);
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(text).toContain('<h1>Seite nicht gefunden</h1>');
    const home = path.startsWith('/email-cookie') ? '/email-cookie' : '';
    expect(text).toContain(`<a href="${home}/login">`);
    for (const accept of ['*/*', 'application/json']) {
      const api = await createTestApp().fetch(path, { headers: { Accept: accept } });
      expect([api.status, JSON.parse(api.text).error.code]).toEqual([404, 'NOT_FOUND']);
    }
  }
});

it('leads to the change of a password where password managers look for it', async () => {
  const { status, headers } = await openPage('/.well-known/change-password');
  expect([status, headers.get('Location')]).toEqual([302, '/#change']);
});
