/**
 * Blocklist of common passwords: the 3,534 of the 10,000 most used ones that have eight characters or
 * more (shorter ones are refused for their length). Compared without case.
 *
 * The list is one front-coded string in sorted order: a capital letter gives the number of characters
 * shared with the previous entry (A: 0), followed by the rest. A search scans until it is past the
 * place; nothing is parsed at start and nothing is cached.
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
