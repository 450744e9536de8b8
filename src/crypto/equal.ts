/** Compares in a time that depends on the lengths alone. */
export const equalBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && crypto.subtle.timingSafeEqual(one, other);

export function equalTexts(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  return equalBytes(encoder.encode(one), encoder.encode(other));
}
