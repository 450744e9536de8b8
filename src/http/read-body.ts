/**
 * Reads request bodies. Bytes are counted as they arrive, whatever `Content-Length` says, and must be
 * UTF-8: a lenient decoder would accept different passwords as the same one.
 */
export const MAX_BODY_BYTES = 16 * 1024;

export type BodyFault = 'too-large' | 'unreadable' | 'unreadable-form';
type Read<T> = ({ ok: true } & T) | { ok: false; fault: BodyFault };

const UNREADABLE = { ok: false, fault: 'unreadable' } as const;
const UNREADABLE_FORM = { ok: false, fault: 'unreadable-form' } as const;

/** Reads the body as text, without a byte order mark (RFC 8259 8.1: a parser may ignore it). */
export async function readText({ body }: Request): Promise<Read<{ text: string }>> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let size = 0;
  let text = '';
  try {
    // Leaving the loop cancels the stream: the rest is not read.
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) return { ok: false, fault: 'too-large' };
      text += decoder.decode(chunk, { stream: true });
    }
    return { ok: true, text: text + decoder.decode() };
  } catch {
    return UNREADABLE;
  }
}

/** Reads a JSON body; `value` is parsed from `text`. */
export async function readJson(request: Request): Promise<Read<{ text: string; value: unknown }>> {
  const read = await readText(request);
  if (!read.ok) return read;
  try {
    return { ...read, value: JSON.parse(read.text) as unknown };
  } catch {
    return UNREADABLE;
  }
}

/** Reads the fields of a form. Percent-encoded bytes must be UTF-8, too. */
export async function readForm(request: Request): Promise<Read<{ fields: URLSearchParams }>> {
  const read = await readText(request);
  if (!read.ok) return read.fault === 'too-large' ? read : UNREADABLE_FORM;
  try {
    decodeURIComponent(read.text);
    return { ok: true, fields: new URLSearchParams(read.text) };
  } catch {
    return UNREADABLE_FORM;
  }
}
