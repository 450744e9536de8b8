/** All languages; the first is the fallback. */
import { en } from './en/index.ts';
import { de } from './de/index.ts';
import type { Messages } from './messages.ts';

export const languages: readonly [Messages, ...Messages[]] = [en, de];

export function messagesFor(tag: string): Messages {
  return languages.find((messages) => messages.tag === tag) ?? languages[0];
}
