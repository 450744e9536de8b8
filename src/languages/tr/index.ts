/** Turkish. */
import type { Texts } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const tr: Texts = { ...pages, script, emails };
