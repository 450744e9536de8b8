/** All languages; the first is the fallback. */
import { en, type Messages } from './en.ts';
import { de } from './de.ts';

export const languages: readonly [Messages, ...Messages[]] = [en, de];

export function messagesFor(tag: string): Messages {
  return languages.find((messages) => messages.tag === tag) ?? languages[0];
}
