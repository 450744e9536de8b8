/** Simplified Chinese. */
import type { Texts } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const zh: Texts = { ...pages, script, emails };
