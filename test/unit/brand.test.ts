/** The setting BRAND: what pages and e-mails make of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DARK, LIGHT } from '../../src/brand-settings.ts';
import { english } from '../../src/languages/load.ts';
import { renderEmail } from '../../src/mail/templates.ts';
import { contrast } from '../../src/policy/contrast.ts';
import { imageSources } from '../../src/pages/brand.tsx';
import { root } from '../../tools/install.mjs';
import { plainBrand } from '../fixtures/brand.ts';
import { settingsWith } from './sample-env.ts';

const brandWith = (BRAND: object) => settingsWith({ BRAND }).brand;

it('measures contrast against the colours of the style sheet', () => {
  const css = readFileSync(join(root, 'src/pages/style/page.css'), 'utf8').replace(
    '#fff;',
    '#ffffff;',
  );
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  for (const [text, theme] of [
    [light, LIGHT],
    [dark, DARK],
  ] as const) {
    const value = (name: string) => new RegExp(`--${name}: (#\\w{6});`).exec(text)?.[1];
    const behind = [value('card'), value('ground'), value('good-ground')];
    expect(behind.toSorted()).toEqual(theme.behind.toSorted());
    expect(value('text')).toBe(theme.text);
  }
});

describe('an accent', () => {
  it('has a stronger one, and text in black or white', () => {
    expect(brandWith({ accent: '#7A1FA2', accentDark: '#ffd54f' }).accents).toEqual({
      light: { plain: '#7A1FA2', strong: '#622081', text: '#ffffff' },
      dark: { plain: '#ffd54f', strong: '#fbdc77', text: '#000000' },
    });
  });

  it.each(['#000000', '#1f5c4d', '#0000ff', '#9d1f1f', '#5f6368', '#7a1fa2'])(
    'of light pages alone, %s, has one that can be read on dark pages',
    (accent) => {
      const { accents } = brandWith({ accent });
      expect(accents?.light.plain).toBe(accent);
      for (const [each, { behind }] of [
        [accents?.light, LIGHT],
        [accents?.dark, DARK],
      ] as const) {
        for (const colour of [each?.plain ?? '', each?.strong ?? '']) {
          for (const under of [...behind, each?.text ?? '']) {
            expect([colour, under, contrast(colour, under) >= 4.5]).toEqual([colour, under, true]);
          }
        }
      }
    },
  );

  it.each(['#ffffff', '#7fd1b9', '#ffd54f'])('of dark pages alone, %s, the same', (accentDark) => {
    const { accents } = brandWith({ accentDark });
    expect(accents?.dark.plain).toBe(accentDark);
    for (const under of LIGHT.behind) {
      expect(contrast(accents?.light.plain ?? '', under)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

it('lets in the logo and no other image', () => {
  const logo = 'https://cdn.example/a;b,c/logo.svg?v=1#x';
  expect(imageSources({ ...plainBrand, logo, logoDark: 'https://dark.example/' })).toEqual([
    'https://cdn.example/a%3Bb%2Cc/logo.svg',
    'https://dark.example/',
  ]);
  expect(imageSources(plainBrand)).toEqual([]);
});

it('is in e-mails as name, colour and contact', () => {
  const brand = brandWith({
    name: 'Acme',
    accent: '#7a1fa2',
    logo: 'https://acme.example/logo.svg',
    support: 'mailto:help@acme.example',
  });
  const { subject, text, html } = renderEmail({ ...settingsWith({}).mail, brand }, 'x', {
    template: { kind: 'password-changed' },
    messages: english,
  });
  expect(subject).toBe('Your password for Acme was changed');
  for (const body of [text, html]) {
    expect(body).toContain('Acme, https://lighthouse.example · Help help@acme.example');
    expect(body).not.toMatch(/Gatehouse|logo/i);
  }
  expect(html).toContain('background:#7a1fa2;color:#ffffff');
});
