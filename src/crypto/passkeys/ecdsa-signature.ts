/**
 * Converts an ECDSA signature from DER (ECDSA-Sig-Value, RFC 3279, 2.2.3), as WebAuthn has it, to the
 * r ‖ s of 64 bytes that WebCrypto takes for P-256. Null: not DER, or a number of another length.
 */
export function rawSignature(der: Uint8Array): Uint8Array | null {
  const [tag, length, ...body] = der;
  // The short form of a length suffices: two numbers of 33 bytes, with their heads, are 70.
  if (tag !== SEQUENCE || length !== body.length) return null;
  const r = readInteger(body);
  const s = readInteger(body.slice(2 + (body[1] ?? 0)));
  if (r === null || s === null || r.end + s.end !== length) return null;
  const raw = new Uint8Array(2 * HALF_BYTES);
  raw.set(r.value, HALF_BYTES - r.value.length);
  raw.set(s.value, 2 * HALF_BYTES - s.value.length);
  return raw;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const HALF_BYTES = 32;

/**
 * Reads a positive INTEGER in its fewest bytes (X.690, 8.3.2). `value`: without the byte of its sign;
 * `end`: as its length has it, which the caller compares with the bytes.
 */
function readInteger(bytes: number[]): { value: number[]; end: number } | null {
  const [tag, length = 0] = bytes;
  const end = 2 + length;
  const [first, second] = bytes.slice(2, end);
  if (tag !== INTEGER || first === undefined || first > 0x7f) return null;
  if (first > 0) return length > HALF_BYTES ? null : { value: bytes.slice(2, end), end };
  const needsSign = second !== undefined && second > 0x7f;
  return needsSign && length - 1 <= HALF_BYTES ? { value: bytes.slice(3, end), end } : null;
}
