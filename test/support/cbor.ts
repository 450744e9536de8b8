/** Writes CBOR (RFC 8949, 4.2.1) and COSE keys (RFC 9053) for tests, apart from the product. */
import { base64url, type JWK } from 'jose';

export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborValue, CborValue>;

/** Writes the entries in their order, duplicates as well. */
export const cborMap = (entries: readonly (readonly [CborValue, CborValue])[]): Uint8Array =>
  Uint8Array.from([
    ...head(5, entries.length),
    ...entries.flat().flatMap((v) => [...cborBytes(v)]),
  ]);

export function cborBytes(value: CborValue): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') {
    return Uint8Array.from(value < 0 ? head(1, -1 - value) : head(0, value));
  }
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value);
    return Uint8Array.from([...head(3, text.length), ...text]);
  }
  if (value instanceof Uint8Array) return Uint8Array.from([...head(2, value.length), ...value]);
  if (value instanceof Map) return cborMap([...(value as Map<CborValue, CborValue>)]);
  const items = value as readonly CborValue[];
  return Uint8Array.from([...head(4, items.length), ...items.flatMap((v) => [...cborBytes(v)])]);
}

/** Returns the initial byte with its argument in the fewest bytes. */
function head(major: number, argument: number): number[] {
  const type = major << 5;
  if (argument < 24) return [type | argument];
  const size = [1, 2, 4].find((size) => argument < 256 ** size) ?? 8;
  return [type | (24 + Math.log2(size)), ...bigEndian(argument, size)];
}

export const bigEndian = (value: number, length: number): number[] =>
  Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);

/** The COSE_Key of a public JWK. `alg`: the COSE algorithm. */
export function coseKey({ kty, crv, x, y, n, e }: JWK, alg: number): Uint8Array {
  const bytes = (text = '') => base64url.decode(text);
  if (kty === 'RSA') {
    return cborMap([
      [1, 3],
      [3, alg],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ]);
  }
  if (kty === 'OKP') {
    return cborMap([
      [1, 1],
      [3, alg],
      [-1, 6],
      [-2, bytes(x)],
    ]);
  }
  return cborMap([
    [1, 2],
    [3, alg],
    [-1, crv === 'P-384' ? 2 : 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]);
}
