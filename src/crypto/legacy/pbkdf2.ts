/**
 * PBKDF2 (RFC 8018) in slices, for more iterations than the platform allows in a call, in WebCrypto
 * as in node:crypto. A call's result cannot be continued by the next one, so these are computed here,
 * at some twenty times the cost. One block only: the hash is as long as the digest.
 *
 * `pbkdf2Async` of @noble/hashes is not used: see verify.ts.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Pbkdf2Parameters } from '../pbkdf2.ts';

/** Iterations of about ten milliseconds. */
const SLICE = { sha256: 5_000, sha512: 3_500 };

/** Yields between slices. `iterations` give the result, `total` are done in all. */
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
    if (done % SLICE[digest] === 0) yield;
  }
  return sum;
}
