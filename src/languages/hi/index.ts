/** Hindi. */
import type { Texts } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const hi: Texts = { ...pages, script, emails };
