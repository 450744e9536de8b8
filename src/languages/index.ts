/** All languages; the first is the fallback. */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Messages } from './messages.ts';

export const languages: readonly [Messages, ...Messages[]] = [
  { tag: 'en', dir: 'ltr', name: 'English', ...en },
  { tag: 'de', dir: 'ltr', name: 'Deutsch', ...de },
];

export function messagesFor(tag: string): Messages {
  return languages.find((messages) => messages.tag === tag) ?? languages[0];
}
