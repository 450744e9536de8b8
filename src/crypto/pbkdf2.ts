/**
 * PBKDF2 (RFC 8018) in slices, for iterations that the platform's own refuses: above 100,000 a call,
 * in WebCrypto as in node:crypto. Its result cannot be continued from outside, so these are computed
 * here, at some twenty times the cost. One block only: the hash is as long as the digest.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';

/** About ten milliseconds. */
const SLICES = { sha256: 5_000, sha512: 3_500 };

export interface Pbkdf2Parameters {
  digest: 'sha256' | 'sha512';
  salt: Uint8Array;
  /** These give the result. */
  iterations: number;
}

/** `total` iterations are done in all. */
export function* pbkdf2InSlices(
  password: Uint8Array,
  { digest, salt, iterations }: Pbkdf2Parameters,
  total: number,
): Generator<void, Uint8Array> {
  const {
    iHash: inner,
    oHash: outer,
    outputLen,
  } = hmac.create(digest === 'sha256' ? sha256 : sha512, password);
  const work = outer._cloneInto();
  const block = new Uint8Array(outputLen);
  const sum = new Uint8Array(outputLen);
  const firstBlock = new Uint8Array([0, 0, 0, 1]);
  inner._cloneInto(work).update(salt).update(firstBlock).digestInto(block);
  outer._cloneInto(work).update(block).digestInto(block);
  sum.set(block);
  for (let done = 1; done < Math.max(total, iterations); done += 1) {
    inner._cloneInto(work).update(block).digestInto(block);
    outer._cloneInto(work).update(block).digestInto(block);
    if (done < iterations) for (let n = 0; n < outputLen; n += 1) sum[n]! ^= block[n]!;
    if (done % SLICES[digest] === 0) yield;
  }
  return sum;
}
