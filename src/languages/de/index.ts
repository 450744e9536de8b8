/** German. */
import type { Messages } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const de: Messages = { tag: 'de', dir: 'ltr', name: 'Deutsch', ...pages, script, emails };
