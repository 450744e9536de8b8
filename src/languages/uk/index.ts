/** Ukrainian. */
import type { Texts } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const uk: Texts = { ...pages, script, emails };
