/** The languages there are; the first is for readers of none of them. */
import { english, type Words } from './english.ts';
import { german } from './german.ts';

export const languages: readonly [Words, ...Words[]] = [english, german];

export function wordsIn(tag: string): Words {
  return languages.find((words) => words.tag === tag) ?? languages[0];
}
