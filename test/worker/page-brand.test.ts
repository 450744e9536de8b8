/** The operator's brand on every page, in every language. */
import { describe, expect, it } from 'vitest';
import { allMessages } from '../fixtures/messages.ts';
import { createTestApp } from '../support/test-app.ts';

const BRAND = {
  name: 'Acme & Söhne',
  logo: 'https://acme.example/logo.svg',
  logoDark: 'https://acme.example/dark.svg',
  accent: '#7a1fa2',
  support: 'mailto:help@acme.example',
  terms: 'https://acme.example/terms?a=b&c=d',
  privacy: 'https://acme.example/privacy',
};
const { name } = BRAND;
const escaped = name.replace('&', '&amp;');
const app = createTestApp({ BRAND, LOCAL_DEVELOPMENT: 'true' });
const headers = { Accept: 'text/html' };
const paths = [
  '/',
  '/login',
  '/register',
  '/verify',
  '/forgot',
  '/reset',
  '/revoke',
  '/revoke',
  '/docs',
  '/dev/mail',
  '/none',
];

describe.each(paths)('%s', (path) => {
  it.each(allMessages.map(({ tag, dir }) => [tag, dir]))(
    'has the name and never ours, in %s',
    async (tag, dir) => {
      const { text } = await app.fetch(`${path}?lang=${tag}`, { headers });
      expect(text).toContain(`<html lang="${tag}" dir="${dir}">`);
      expect(text).toContain(` · ${escaped}</title>`);
      const shown = text.replaceAll(/gatehouse\.example/g, '');
      expect(shown).not.toMatch(/Gatehouse/i);
    },
  );

  it('shows logo, colours and links, and its policy lets the logo in alone', async () => {
    const { text, headers: answered } = await app.fetch(path, { headers });
    const policy = answered.get('Content-Security-Policy') ?? '';
    const images = /img-src ([^;]+)/.exec(policy)?.[1]?.replace(' data:', '');
    expect(images).toBe(`'self' ${BRAND.logo} ${BRAND.logoDark}`);
    expect(text).toContain(`<link rel="icon" href="${BRAND.logo}"/>`);
    expect(text).toContain(`href="${BRAND.support}"`);
    expect(text).toContain('href="https://acme.example/terms?a=b&amp;c=d"');
    expect(text).toContain(`href="${BRAND.privacy}"`);
    expect(text).toContain(':root{--accent:#7a1fa2;--accent-strong:#622081;--on-accent:#ffffff}');
    if (path === '/docs') return;
    expect(text).toContain(`<img src="${BRAND.logo}" alt="${escaped}" height="40"/>`);
    expect(text).toContain(`srcset="${BRAND.logoDark}"`);
  });
});

it('is the mark and the name of the service where nothing else is set', async () => {
  const { text, headers: answered } = await createTestApp().fetch('/login', { headers });
  expect(text).toContain('<title>Sign in · Gatehouse</title>');
  expect(text).toContain('<span>Gatehouse</span>');
  expect(text).not.toContain('<style');
  expect(answered.get('Content-Security-Policy')).toContain("img-src 'self'; ");
});
