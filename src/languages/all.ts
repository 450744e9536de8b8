/** The texts of every language. For the build and for tests: the Worker loads a language when needed. */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import { es } from './es/index.ts';
import { fr } from './fr/index.ts';
import { it } from './it/index.ts';
import type { LanguageTag } from './list.ts';
import type { Texts } from './messages.ts';

export const texts: Readonly<Partial<Record<LanguageTag, Texts>>> = { de, en, es, fr, it };
