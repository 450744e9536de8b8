/** The languages that pages and e-mails are offered in; the first is the fallback. */
import type { Language } from './messages.ts';

export const LANGUAGES = [
  { tag: 'en', dir: 'ltr', name: 'English' },
  { tag: 'ar', dir: 'rtl', name: 'العربية' },
  { tag: 'cs', dir: 'ltr', name: 'Čeština' },
  { tag: 'da', dir: 'ltr', name: 'Dansk' },
  { tag: 'de', dir: 'ltr', name: 'Deutsch' },
  { tag: 'es', dir: 'ltr', name: 'Español' },
  { tag: 'fa', dir: 'rtl', name: 'فارسی' },
  { tag: 'fr', dir: 'ltr', name: 'Français' },
  { tag: 'he', dir: 'rtl', name: 'עברית' },
  { tag: 'hi', dir: 'ltr', name: 'हिन्दी' },
  { tag: 'it', dir: 'ltr', name: 'Italiano' },
  { tag: 'ja', dir: 'ltr', name: '日本語' },
  { tag: 'ko', dir: 'ltr', name: '한국어' },
  { tag: 'nl', dir: 'ltr', name: 'Nederlands' },
  { tag: 'pl', dir: 'ltr', name: 'Polski' },
  { tag: 'pt', dir: 'ltr', name: 'Português' },
  { tag: 'sv', dir: 'ltr', name: 'Svenska' },
  { tag: 'tr', dir: 'ltr', name: 'Türkçe' },
  { tag: 'uk', dir: 'ltr', name: 'Українська' },
  { tag: 'zh', dir: 'ltr', name: '简体中文' },
] as const satisfies readonly Language[];

export type LanguageTag = (typeof LANGUAGES)[number]['tag'];
