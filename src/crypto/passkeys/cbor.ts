/**
 * Reads CBOR (RFC 8949) as CTAP2 writes it for WebAuthn (Level 3, section 6): definite and minimal
 * lengths, at most four levels, no tags and no floats. All else is a flaw, so that bytes have one
 * reading here and at every other reader. The order of a map's keys is not looked at; keys that stand
 * twice are refused.
 */
import { check, parse } from './flaw.ts';

export type CborValue = number | string | boolean | null | Uint8Array | CborValue[] | CborMap;
export type CborMap = Map<number | string, CborValue>;

const MOST_LEVELS = 4;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Major type 7 has these under 20, 21 and 22. */
const SIMPLE_VALUES = [false, true, null];

/** Reads the item at the beginning. `length`: its bytes. Throws a Flaw. */
export function readCbor(bytes: Uint8Array): { value: CborValue; length: number } {
  let offset = 0;

  function take(length: number): Uint8Array {
    check(length <= bytes.length - offset, 'malformed');
    offset += length;
    return bytes.subarray(offset - length, offset);
  }

  /** Reads what the five low bits of an initial byte stand for (section 3). */
  function takeArgument(info: number): number {
    if (info < 24) return info;
    check(info <= 27, 'malformed');
    const size = 2 ** (info - 24);
    const argument = take(size).reduce((value, byte) => value * 256 + byte, 0);
    const isMinimal = argument >= (size === 1 ? 24 : 256 ** (size / 2));
    check(isMinimal && Number.isSafeInteger(argument), 'malformed');
    return argument;
  }

  function takeItem(level: number): CborValue {
    check(level <= MOST_LEVELS, 'malformed');
    const [initial = 0] = take(1);
    const [major, info] = [initial >> 5, initial & 31];
    if (major === 7) {
      const value = SIMPLE_VALUES[info - 20];
      check(value !== undefined, 'malformed');
      return value;
    }
    const argument = takeArgument(info);
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major === 2) return take(argument);
    if (major === 3) return parse(() => UTF8.decode(take(argument)));
    check(major <= 5, 'malformed');
    return major === 4 ? takeItems(argument, level) : takeEntries(argument, level);
  }

  /** The count is not trusted: nothing is allocated for it, and the bytes end before it does. */
  function takeItems(count: number, level: number): CborValue[] {
    const items: CborValue[] = [];
    while (items.length < count) items.push(takeItem(level + 1));
    return items;
  }

  function takeEntries(count: number, level: number): CborMap {
    const entries: CborMap = new Map();
    while (entries.size < count) {
      const key = takeItem(level + 1);
      check(typeof key === 'number' || typeof key === 'string', 'malformed');
      check(!entries.has(key), 'malformed');
      entries.set(key, takeItem(level + 1));
    }
    return entries;
  }

  const value = takeItem(0);
  return { value, length: offset };
}

/** Reads one map that takes all the bytes. Throws a Flaw. */
export function readCborMap(bytes: Uint8Array): CborMap {
  const { value, length } = readCbor(bytes);
  check(value instanceof Map && length === bytes.length, 'malformed');
  return value;
}
