/** Compares what only we can make with what a caller sent, in a time that tells nothing of either. */
export function equalTexts(one: string, other: string): boolean {
  const [a, b] = [new TextEncoder().encode(one), new TextEncoder().encode(other)];
  return a.length === b.length && crypto.subtle.timingSafeEqual(a, b);
}
