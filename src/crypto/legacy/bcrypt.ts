/**
 * bcrypt (Provos and Mazières 1999) in slices: a generator that yields every few milliseconds.
 * verify.ts says why no library does this.
 *
 * Takes the first 72 bytes of the password and a NUL after it, as all implementations do.
 */
import { fractionOfPi } from './pi.ts';

const ROUNDS = 16;
const P_WORDS = ROUNDS + 2;
const S_WORDS = 4 * 256;
const SALT_WORDS = 4;
const MOST_PASSWORD_BYTES = 72;
const HASH_BYTES = 23;
/** Rounds of about ten milliseconds. */
const SLICE = 128;

interface Blowfish {
  p: Int32Array;
  s: Int32Array;
}

let initial: Blowfish | undefined;

/** Yields between slices. 2^`cost` rounds give the result, `rounds` are done in all. */
export function* bcrypt(
  password: Uint8Array,
  { salt, cost }: { salt: Uint8Array; cost: number },
  rounds: number,
): Generator<void, Uint8Array> {
  initial ??= tables();
  const state = { p: initial.p.slice(), s: initial.s.slice() };
  const key = keyWords(password);
  const saltWords = words(salt, SALT_WORDS);
  const noSalt = new Int32Array(SALT_WORDS);

  mix(state, key);
  fill(state, saltWords);
  const costRounds = 2 ** cost;
  let result = new Uint8Array(HASH_BYTES);
  for (let round = 1; round <= Math.max(rounds, costRounds); round += 1) {
    mix(state, key);
    fill(state, noSalt);
    mix(state, saltWords);
    fill(state, noSalt);
    if (round === costRounds) result = outputOf(state);
    if (round % SLICE === 0) yield;
  }
  return result;
}

/** Blowfish starts from the fraction of pi. */
function tables(): Blowfish {
  const all = fractionOfPi(P_WORDS + S_WORDS);
  return { p: all.slice(0, P_WORDS), s: all.slice(P_WORDS) };
}

/** Reads big-endian words, and starts over at the end of the bytes. */
function words(bytes: Uint8Array, count: number): Int32Array {
  let at = 0;
  return Int32Array.from({ length: count }, () => {
    let word = 0;
    for (let n = 0; n < 4; n += 1, at += 1) word = (word << 8) | (bytes[at % bytes.length] ?? 0);
    return word;
  });
}

function keyWords(password: Uint8Array): Int32Array {
  const key = new Uint8Array(Math.min(password.length + 1, MOST_PASSWORD_BYTES));
  key.set(password.subarray(0, MOST_PASSWORD_BYTES));
  return words(key, P_WORDS);
}

function mix({ p }: Blowfish, key: Int32Array): void {
  for (let n = 0; n < P_WORDS; n += 1) p[n]! ^= key[n % key.length]!;
}

/** Replaces P and S by a chain of encryptions: each block is the previous output, XOR the salt. */
function fill({ p, s }: Blowfish, salt: Int32Array): void {
  let left = 0;
  let right = 0;
  let half = 0;
  for (let n = 0; n < P_WORDS + S_WORDS; n += 2) {
    left ^= salt[half]! ^ p[0]!;
    right ^= salt[half + 1]!;
    half ^= 2;
    for (let round = 1; round <= ROUNDS; round += 2) {
      right ^= feistel(s, left) ^ p[round]!;
      left ^= feistel(s, right) ^ p[round + 1]!;
    }
    const swapped = left;
    left = right ^ p[ROUNDS + 1]!;
    right = swapped;
    if (n < P_WORDS) {
      p[n] = left;
      p[n + 1] = right;
    } else {
      s[n - P_WORDS] = left;
      s[n - P_WORDS + 1] = right;
    }
  }
}

function feistel(s: Int32Array, x: number): number {
  const sum = (s[x >>> 24]! + s[256 + ((x >>> 16) & 255)]!) ^ s[512 + ((x >>> 8) & 255)]!;
  return (sum + s[768 + (x & 255)]!) | 0;
}

function encrypt({ p, s }: Blowfish, block: Int32Array, at: number): void {
  let left = block[at]! ^ p[0]!;
  let right = block[at + 1]!;
  for (let round = 1; round <= ROUNDS; round += 2) {
    right ^= feistel(s, left) ^ p[round]!;
    left ^= feistel(s, right) ^ p[round + 1]!;
  }
  block[at] = right ^ p[ROUNDS + 1]!;
  block[at + 1] = left;
}

function outputOf(state: Blowfish): Uint8Array<ArrayBuffer> {
  const text = words(new TextEncoder().encode('OrpheanBeholderScryDoubt'), 6);
  for (let at = 0; at < text.length; at += 2) {
    for (let n = 0; n < 64; n += 1) encrypt(state, text, at);
  }
  const bytes = new DataView(new ArrayBuffer(4 * text.length));
  for (const [n, word] of text.entries()) bytes.setInt32(4 * n, word);
  return new Uint8Array(bytes.buffer, 0, HASH_BYTES);
}
