/** Random values from the CSPRNG. */
import { base64url } from 'jose';

/** Draws so many bytes, base64url. */
export const randomText = (bytes: number): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)));

/** Draws a uniform number below `bound` (at most 2^32), by rejection sampling. */
export function randomBelow(bound: number): number {
  const limit = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const [drawn = limit] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < limit) return drawn % bound;
  }
}
