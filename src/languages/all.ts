/** The texts of every language. For the build and for tests: the Worker loads a language when needed. */
import { ar } from './ar/index.ts';
import { cs } from './cs/index.ts';
import { da } from './da/index.ts';
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import { es } from './es/index.ts';
import { fa } from './fa/index.ts';
import { fr } from './fr/index.ts';
import { he } from './he/index.ts';
import { hi } from './hi/index.ts';
import { it } from './it/index.ts';
import { ja } from './ja/index.ts';
import { ko } from './ko/index.ts';
import { nl } from './nl/index.ts';
import { pl } from './pl/index.ts';
import { pt } from './pt/index.ts';
import { sv } from './sv/index.ts';
import { tr } from './tr/index.ts';
import { uk } from './uk/index.ts';
import { zh } from './zh/index.ts';
import type { LanguageTag } from './list.ts';
import type { Texts } from './messages.ts';

export const texts: Readonly<Record<LanguageTag, Texts>> = {
  ar,
  cs,
  da,
  de,
  en,
  es,
  fa,
  fr,
  he,
  hi,
  it,
  ja,
  ko,
  nl,
  pl,
  pt,
  sv,
  tr,
  uk,
  zh,
};
