/**
 * The passwords that guessers try first: of the 10,000 most used ones those with eight characters or
 * more, 3,534, since shorter ones are too short anyway. Letters' case makes no difference.
 *
 * They stand sorted in one text, each without what it shares with the one before: a capital letter
 * says how many characters that are (A: none), the rest follows. Nothing is parsed before it is
 * asked for, and nothing is kept: a search reads on until it is past the place.
 */
import { COMMON } from './common-list.ts';

const NONE_SHARED = 'A'.charCodeAt(0);

export function isCommon(password: string): boolean {
  const wanted = password.normalize('NFC').toLowerCase();
  let entry = '';
  for (const [item] of COMMON.matchAll(/[A-Z][^A-Z]*/g)) {
    entry = entry.slice(0, item.charCodeAt(0) - NONE_SHARED) + item.slice(1);
    if (entry >= wanted) return entry === wanted;
  }
  return false;
}
