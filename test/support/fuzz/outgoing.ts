/** A request on its way out, and what can be done to it before it leaves. */
import { edited, type Edit } from './edits.ts';

export interface Outgoing {
  origin: string;
  method: string;
  path: string;
  headers: [name: string, value: string][];
  /** A JSON object's names, and its values as JSON text; null: no body. */
  fields: [name: string, json: string][] | null;
  /** What is done to the body once it is text, in this order. */
  spoils: Spoil[];
}

export type Spoil = { text: Edit } | { bytes: keyof typeof ENCODINGS } | { size: number };

/** `which`: a place among the fields; counted around where there are fewer. */
export type Change =
  | Spoil
  | { method: string }
  /** Another host. */
  | { host: string }
  | { path: Edit }
  | { lastSegment: Edit }
  | { prefix: string | null }
  | { header: string; value: string | null }
  | { header: string; edit: Edit }
  | { header: string; also: string }
  | { credential: Edit }
  | { which: number; json: string | null }
  | { which: number; edit: Edit }
  | { which: number; named: string }
  | { extra: string; json: string; first: boolean };

export function changed(outgoing: Outgoing, change: Change): Outgoing {
  const { headers, fields } = outgoing;
  if ('text' in change || 'bytes' in change || 'size' in change) {
    return { ...outgoing, spoils: [...outgoing.spoils, change] };
  }
  if ('method' in change) return { ...outgoing, method: change.method };
  if ('host' in change) return { ...outgoing, origin: `https://${change.host}` };
  if ('path' in change) {
    return { ...outgoing, path: edited(outgoing.path, change.path).replace(/^(?!\/)/, '/') };
  }
  if ('lastSegment' in change) {
    const [, folder = '', last = ''] = /^(.*\/)([^/]*)$/.exec(outgoing.path) ?? [];
    return { ...outgoing, path: folder + edited(last, change.lastSegment) };
  }
  if ('prefix' in change) {
    const prefix = change.prefix === null ? '' : `/${change.prefix}`;
    return { ...outgoing, path: prefix + outgoing.path.replace(/^\/[^/]+/, '') };
  }
  if ('header' in change) return { ...outgoing, headers: withHeader(headers, change) };
  if ('credential' in change) return withCredential(outgoing, change.credential);
  if (fields === null) return outgoing;
  if ('extra' in change) {
    const extra: [string, string] = [change.extra, change.json];
    return { ...outgoing, fields: change.first ? [extra, ...fields] : [...fields, extra] };
  }
  const at = change.which % Math.max(1, fields.length);
  const spoiled = fields.flatMap(([name, json], n): [string, string][] => {
    if (n !== at) return [[name, json]];
    if ('named' in change) return [[change.named, json]];
    if ('edit' in change) return [[name, editedJson(json, change.edit)]];
    return change.json === null ? [] : [[name, change.json]];
  });
  return { ...outgoing, fields: spoiled };
}

function editedJson(json: string, edit: Edit): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? JSON.stringify(edited(value, edit)) : edited(json, edit);
}

function withHeader(
  headers: Outgoing['headers'],
  change: Extract<Change, { header: string }>,
): Outgoing['headers'] {
  const { header } = change;
  const isIt = ([name]: [string, string]) => name.toLowerCase() === header.toLowerCase();
  const others = headers.filter((one) => !isIt(one));
  if ('also' in change) return [...headers, [header, change.also]];
  if ('value' in change) {
    return change.value === null ? others : [...others, [header, change.value]];
  }
  const old = headers.find(isIt)?.[1] ?? '';
  return [...others, [header, edited(old, change.edit)]];
}

/** The token where there is one, wherever it travels: header, cookie, or a field of the body. */
function withCredential(outgoing: Outgoing, edit: Edit): Outgoing {
  const { headers, fields } = outgoing;
  const carrier = headers.findIndex(([name]) => /^(?:authorization|cookie)$/i.test(name));
  if (carrier >= 0) {
    const spoiled = headers.map(([name, value], n): [string, string] => {
      if (n !== carrier) return [name, value];
      const [, lead = '', token = ''] = /^(Bearer +|[^=]*=)?(.*)$/is.exec(value) ?? [];
      return [name, lead + edited(token, edit)];
    });
    return { ...outgoing, headers: spoiled };
  }
  const spoiled = fields?.map(([name, json]): [string, string] =>
    /token/i.test(name) ? [name, editedJson(json, edit)] : [name, json],
  );
  return { ...outgoing, fields: spoiled ?? null };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: (readonly number[] | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

export const ENCODINGS = {
  'with a BOM': (body: Uint8Array) => joined([0xef, 0xbb, 0xbf], body),
  'as UTF-16': (body: Uint8Array) =>
    joined(
      [0xff, 0xfe],
      [...body].flatMap((byte) => [byte, 0]),
    ),
  'with a stray byte': (body: Uint8Array) =>
    joined(body.slice(0, 12), [0xc3, 0x28], body.slice(12)),
  'with an overlong form': (body: Uint8Array) =>
    joined(body.slice(0, 12), [0xc0, 0xae, 0xed, 0xa0, 0x80], body.slice(12)),
  'with a NUL': (body: Uint8Array) => joined(body, [0]),
};

/** The bytes that leave; null: none. */
export function bodyOf({ fields, spoils }: Outgoing): Uint8Array | null {
  if (fields === null && spoils.length === 0) return null;
  const text = fields?.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join() ?? null;
  let body = bytesOf(text === null ? '' : `{${text}}`);
  for (const spoil of spoils) {
    if ('text' in spoil) body = bytesOf(edited(new TextDecoder().decode(body), spoil.text));
    else if ('bytes' in spoil) body = ENCODINGS[spoil.bytes](body);
    else body = padded(body, spoil.size);
  }
  return body;
}

/** White space before the last character: the same JSON, but for its size. */
function padded(body: Uint8Array, size: number): Uint8Array {
  if (body.length >= size) return body;
  const result = new Uint8Array(size).fill(0x20);
  result.set(body.slice(0, -1));
  result.set(body.slice(-1), size - 1);
  return result;
}

/** Null: no client could send it, since the platform's own Request does not take it. */
export function requestInit(outgoing: Outgoing): (RequestInit & { headers: Headers }) | null {
  const { origin, method, path } = outgoing;
  const bare = method === 'GET' || method === 'HEAD';
  const body = bare ? null : bodyOf(outgoing);
  try {
    const headers = new Headers();
    for (const [name, value] of outgoing.headers) headers.append(name, value);
    const init = {
      method,
      headers,
      redirect: 'manual' as const,
      ...(body === null ? {} : { body }),
    };
    const { url } = new Request(origin + path, init);
    return new URL(url).origin === origin ? init : null;
  } catch {
    return null;
  }
}
