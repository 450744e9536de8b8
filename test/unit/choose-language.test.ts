/** The language of a request or an account, of those that are offered. */
import { expect, it } from 'vitest';
import { nearestLanguage, preferredLanguage } from '../../src/languages/choose.ts';

it.each([
  [null, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['DE-at', 'de'],
  ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
  ['zh-Hans-CN', 'zh'],
  ['iw', 'he'],
  ['fr;q=0.5, uk;q=0.7, ja ; q=0.6', 'uk'],
  ['fr;q=0.5,it;q=0.5', 'fr'],
  ['nn, sv;q=0.8', 'sv'],
  ['*', 'en'],
  ['*, tr;q=0.1', 'tr'],
  ['de;q=0', 'en'],
  ['de;q=0, ko;q=0.1', 'ko'],
  ['de;q=, ko;q=0.1', 'ko'],
  ['de;q=high, ko;q=0.1', 'ko'],
  ['de;q=-1', 'en'],
  ['xx, not a tag, ÄÖ', 'en'],
  ['__proto__, constructor', 'en'],
  [`${'x'.repeat(1_000)},de`, 'en'],
])('prefers of %j %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});

it.each([
  ['en', 'en'],
  ['de-AT', 'de'],
  ['fa-IR', 'fa'],
  ['zh-TW', 'zh'],
  ['he-IL', 'he'],
  ['nn', null],
  ['', null],
  ['de_AT', null],
])('is nearest to %j %s', (tag, language) => {
  expect(nearestLanguage(tag)).toBe(language);
});
