/**
 * scrypt (RFC 7914) in slices, and one at a time: an isolate has 128 MiB for all of its requests, so
 * they share one buffer of at most 32 MiB. verify.ts says why no library does this.
 *
 * A cancelled request never releases the buffer. After PATIENCE turns without progress a waiter takes
 * it over; the previous holder notices and restarts.
 */
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { SCRYPT_BLOCK_BYTES } from './costs.ts';

interface ScryptParameters {
  n: number;
  r: number;
  p: number;
}

/** Blocks done since the last slice ended. Work in several pieces passes it on. */
interface SliceProgress {
  blocks: number;
}

const BLOCK_WORDS = SCRYPT_BLOCK_BYTES / 4;
const HASH_BYTES = 64;
/** Blocks of about ten milliseconds. */
const SLICE = 2 ** 15;
/** Turns of the event loop: a live holder makes progress in each. */
const PATIENCE = 1_000;

const shared: { holder: object | null; steps: number; buffer: Uint32Array } = {
  holder: null,
  steps: 0,
  buffer: new Uint32Array(),
};

export function* scrypt(
  password: Uint8Array,
  { salt, n, r, p }: ScryptParameters & { salt: Uint8Array },
  progress: SliceProgress = { blocks: 0 },
): Generator<void, Uint8Array> {
  const holder = {};
  try {
    for (;;) {
      yield* acquire(holder, n * r);
      const done = yield* derive(holder, { password, salt, n, r, p, progress });
      if (done !== null) return done;
    }
  } finally {
    if (shared.holder === holder) shared.holder = null;
  }
}

/** Waits for the buffer. */
function* acquire(holder: object, blocks: number): Generator<void> {
  let seen = shared.steps;
  let waited = 0;
  while (shared.holder !== null && waited < PATIENCE) {
    yield;
    waited = seen === shared.steps ? waited + 1 : 0;
    seen = shared.steps;
  }
  shared.holder = holder;
  shared.steps += 1;
  const size = blocks * BLOCK_WORDS;
  if (shared.buffer.length < size) shared.buffer = new Uint32Array(size);
}

type Derivation = ScryptParameters & {
  password: Uint8Array;
  salt: Uint8Array;
  progress: SliceProgress;
};

/** Returns null where the buffer was taken over. */
function* derive(holder: object, derivation: Derivation): Generator<void, Uint8Array | null> {
  const { password, salt, n, r, p, progress } = derivation;
  const bytes = pbkdf2(sha256, password, salt, { c: 1, dkLen: SCRYPT_BLOCK_BYTES * r * p });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = BLOCK_WORDS * r;
  const block = new Uint32Array(size);
  const spare = new Uint32Array(size);
  for (let lane = 0; lane < p; lane += 1) {
    const at = lane * size * 4;
    for (let word = 0; word < size; word += 1) block[word] = view.getUint32(at + 4 * word, true);
    for (let step = 0; step < 2 * n; step += 1) {
      if (step < n) shared.buffer.set(block, step * size);
      else {
        const from = (block[size - 16]! & (n - 1)) * size;
        for (let word = 0; word < size; word += 1) block[word]! ^= shared.buffer[from + word]!;
      }
      blockMix(block, spare, r);
      progress.blocks += r;
      if (progress.blocks >= SLICE) {
        progress.blocks -= SLICE;
        yield;
        if (shared.holder !== holder) return null;
        shared.steps += 1;
      }
    }
    for (let word = 0; word < size; word += 1) view.setUint32(at + 4 * word, block[word]!, true);
  }
  return pbkdf2(sha256, password, bytes, { c: 1, dkLen: HASH_BYTES });
}

/**
 * RFC 7914 section 4, in place: Salsa20/8 over each 64 bytes and the output before. Sixteen variables
 * instead of an array are three times as fast.
 */
function blockMix(block: Uint32Array, spare: Uint32Array, r: number): void {
  const half = 16 * r;
  let x0 = block[2 * half - 16]!;
  let x1 = block[2 * half - 15]!;
  let x2 = block[2 * half - 14]!;
  let x3 = block[2 * half - 13]!;
  let x4 = block[2 * half - 12]!;
  let x5 = block[2 * half - 11]!;
  let x6 = block[2 * half - 10]!;
  let x7 = block[2 * half - 9]!;
  let x8 = block[2 * half - 8]!;
  let x9 = block[2 * half - 7]!;
  let x10 = block[2 * half - 6]!;
  let x11 = block[2 * half - 5]!;
  let x12 = block[2 * half - 4]!;
  let x13 = block[2 * half - 3]!;
  let x14 = block[2 * half - 2]!;
  let x15 = block[2 * half - 1]!;
  for (let n = 0; n < 2 * r; n += 1) {
    const from = 16 * n;
    const to = (n >> 1) * 16 + (n & 1) * half;
    const y0 = (x0 ^= block[from + 0]!);
    const y1 = (x1 ^= block[from + 1]!);
    const y2 = (x2 ^= block[from + 2]!);
    const y3 = (x3 ^= block[from + 3]!);
    const y4 = (x4 ^= block[from + 4]!);
    const y5 = (x5 ^= block[from + 5]!);
    const y6 = (x6 ^= block[from + 6]!);
    const y7 = (x7 ^= block[from + 7]!);
    const y8 = (x8 ^= block[from + 8]!);
    const y9 = (x9 ^= block[from + 9]!);
    const y10 = (x10 ^= block[from + 10]!);
    const y11 = (x11 ^= block[from + 11]!);
    const y12 = (x12 ^= block[from + 12]!);
    const y13 = (x13 ^= block[from + 13]!);
    const y14 = (x14 ^= block[from + 14]!);
    const y15 = (x15 ^= block[from + 15]!);
    for (let round = 0; round < 8; round += 2) {
      x4 ^= rotated(x0 + x12, 7);
      x8 ^= rotated(x4 + x0, 9);
      x12 ^= rotated(x8 + x4, 13);
      x0 ^= rotated(x12 + x8, 18);
      x9 ^= rotated(x5 + x1, 7);
      x13 ^= rotated(x9 + x5, 9);
      x1 ^= rotated(x13 + x9, 13);
      x5 ^= rotated(x1 + x13, 18);
      x14 ^= rotated(x10 + x6, 7);
      x2 ^= rotated(x14 + x10, 9);
      x6 ^= rotated(x2 + x14, 13);
      x10 ^= rotated(x6 + x2, 18);
      x3 ^= rotated(x15 + x11, 7);
      x7 ^= rotated(x3 + x15, 9);
      x11 ^= rotated(x7 + x3, 13);
      x15 ^= rotated(x11 + x7, 18);
      x1 ^= rotated(x0 + x3, 7);
      x2 ^= rotated(x1 + x0, 9);
      x3 ^= rotated(x2 + x1, 13);
      x0 ^= rotated(x3 + x2, 18);
      x6 ^= rotated(x5 + x4, 7);
      x7 ^= rotated(x6 + x5, 9);
      x4 ^= rotated(x7 + x6, 13);
      x5 ^= rotated(x4 + x7, 18);
      x11 ^= rotated(x10 + x9, 7);
      x8 ^= rotated(x11 + x10, 9);
      x9 ^= rotated(x8 + x11, 13);
      x10 ^= rotated(x9 + x8, 18);
      x12 ^= rotated(x15 + x14, 7);
      x13 ^= rotated(x12 + x15, 9);
      x14 ^= rotated(x13 + x12, 13);
      x15 ^= rotated(x14 + x13, 18);
    }
    spare[to + 0] = x0 = (x0 + y0) | 0;
    spare[to + 1] = x1 = (x1 + y1) | 0;
    spare[to + 2] = x2 = (x2 + y2) | 0;
    spare[to + 3] = x3 = (x3 + y3) | 0;
    spare[to + 4] = x4 = (x4 + y4) | 0;
    spare[to + 5] = x5 = (x5 + y5) | 0;
    spare[to + 6] = x6 = (x6 + y6) | 0;
    spare[to + 7] = x7 = (x7 + y7) | 0;
    spare[to + 8] = x8 = (x8 + y8) | 0;
    spare[to + 9] = x9 = (x9 + y9) | 0;
    spare[to + 10] = x10 = (x10 + y10) | 0;
    spare[to + 11] = x11 = (x11 + y11) | 0;
    spare[to + 12] = x12 = (x12 + y12) | 0;
    spare[to + 13] = x13 = (x13 + y13) | 0;
    spare[to + 14] = x14 = (x14 + y14) | 0;
    spare[to + 15] = x15 = (x15 + y15) | 0;
  }
  block.set(spare);
}

const rotated = (sum: number, by: number) => (sum << by) | ((sum | 0) >>> (32 - by));
