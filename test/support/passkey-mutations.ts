/** Changes to the bytes of a credential: bits turned over, ends cut off, bytes added. */
import { base64url } from 'jose';

export interface BitFlip {
  offset: number;
  bit: number;
  text: string;
}

/** Every text whose bytes differ in one bit. */
export function* bitFlips(text: string): Generator<BitFlip> {
  const bytes = base64url.decode(text);
  for (const [offset, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      yield { offset, bit, text: base64url.encode(bytes.with(offset, byte ^ bit)) };
    }
  }
}

/** Every beginning and every end, and all with a byte before or behind. */
export function resized(text: string): string[] {
  const bytes = base64url.decode(text);
  const cut = Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at + 1)]).flat();
  const added = [0x00, 0x20, 0x7d, 0xa0, 0xff].flatMap((byte) => [
    Uint8Array.of(...bytes, byte),
    Uint8Array.of(byte, ...bytes),
  ]);
  return [...cut, ...added].map((changed) => base64url.encode(changed));
}

/** The same bytes, and ones that decoders take for them, in texts that are not canonical. */
export function respelled(text: string): string[] {
  const padded = text.padEnd(Math.ceil(text.length / 4) * 4, '=');
  const last = ALPHABET.indexOf(text.at(-1) ?? '');
  const stray = text.length % 4 === 0 ? [] : [text.slice(0, -1) + ALPHABET[last + 1]];
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return [`${padded}=`, padded, `${text}\n`, ` ${text}`, `${text}A===`, standard, ...stray].filter(
    (other) => other !== text,
  );
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
