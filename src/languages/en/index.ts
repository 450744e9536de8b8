/** English. */
import type { Messages } from '../messages.ts';
import { emails } from './emails.ts';
import { pages } from './pages.ts';
import { script } from './script.ts';

export const en: Messages = { tag: 'en', dir: 'ltr', name: 'English', ...pages, script, emails };
