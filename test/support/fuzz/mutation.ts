/** Mutations of a request, as data: a failing case prints what it takes to run it again. */

const FORMS = {
  upper: (text: string) => text.toUpperCase(),
  lower: (text: string) => text.toLowerCase(),
  NFD: (text: string) => text.normalize('NFD'),
  NFKC: (text: string) => text.normalize('NFKC'),
  percent: (text: string) => text.replaceAll(/[^/]/g, hex),
  'percent twice': (text: string) => text.replaceAll(/[^/]/g, hex).replaceAll('%', '%25'),
  reversed: (text: string) => [...text].toReversed().join(''),
  'full width': (text: string) =>
    text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
};
export const forms = Object.keys(FORMS) as (keyof typeof FORMS)[];

const hex = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** `at`, `cut`, `flip`: a position in percent of the text. `put` null removes. */
export type Edit =
  | { put: string | null }
  | { insert: string; at: number }
  | { cut: number }
  | { flip: number }
  | { times: number }
  | { form: keyof typeof FORMS };

export function applyEdit(text: string, edit: Edit): string {
  const position = (percent: number) => Math.floor((text.length * percent) / 100);
  if ('put' in edit) return edit.put ?? '';
  if ('insert' in edit) {
    return text.slice(0, position(edit.at)) + edit.insert + text.slice(position(edit.at));
  }
  if ('cut' in edit) return text.slice(0, position(edit.cut));
  if ('times' in edit) return text.repeat(edit.times);
  if ('form' in edit) return FORMS[edit.form](text);
  const at = Math.min(position(edit.flip), text.length - 1);
  return text.slice(0, at) + neighbour(text[at] ?? '') + text.slice(at + 1);
}

/** Differs in the lowest bit only, which at the end of base64url may not count. */
function neighbour(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1] ?? 'A';
}

type Pair = [name: string, value: string];

export interface Outgoing {
  origin: string;
  method: string;
  path: string;
  headers: Pair[];
  /** Paths of a JSON object's leaves, with dots, and their values as JSON text; null: no body. */
  fields: Pair[] | null;
  /** The body is a form of the fields' texts. */
  isForm: boolean;
  /** Changes of the body as text and as bytes, in order. */
  bodyChanges: BodyChange[];
}

type BodyChange = { body: Edit } | { bytes: keyof typeof ENCODINGS } | { size: number };

/** `field`, `fieldName`: an index, modulo the number of fields. */
export type Mutation =
  | BodyChange
  | { method: string }
  | { host: string }
  | { path: Edit }
  | { lastSegment: Edit }
  | { prefix: string }
  | { header: string; edit: Edit }
  | { header: string; second: string }
  | { credential: Edit }
  | { field: number; edit: Edit }
  | { field: number; json: string }
  | { fieldName: number; put: string }
  | { extra: string; json: string; first: boolean };

export const applyMutations = (outgoing: Outgoing, mutations: readonly Mutation[]): Outgoing =>
  mutations.reduce(applyMutation, outgoing);

function applyMutation(outgoing: Outgoing, mutation: Mutation): Outgoing {
  const { path, headers, bodyChanges } = outgoing;
  if ('method' in mutation) return { ...outgoing, method: mutation.method };
  if ('host' in mutation) return { ...outgoing, origin: `https://${mutation.host}` };
  if ('path' in mutation) {
    return { ...outgoing, path: applyEdit(path, mutation.path).replace(/^(?!\/)/, '/') };
  }
  if ('lastSegment' in mutation) {
    const [, folder = '', last = ''] = /^(.*\/)([^/]*)$/.exec(path) ?? [];
    return { ...outgoing, path: folder + applyEdit(last, mutation.lastSegment) };
  }
  if ('prefix' in mutation) {
    return { ...outgoing, path: mutation.prefix + path.replace(/^\/[^/]+/, '') };
  }
  if ('header' in mutation) return { ...outgoing, headers: withHeader(headers, mutation) };
  if ('credential' in mutation) return withCredential(outgoing, mutation.credential);
  if ('body' in mutation || 'bytes' in mutation || 'size' in mutation) {
    return { ...outgoing, bodyChanges: [...bodyChanges, mutation] };
  }
  return { ...outgoing, fields: outgoing.fields && withField(outgoing.fields, mutation) };
}

type FieldMutation = Extract<
  Mutation,
  { field: number } | { fieldName: number } | { extra: string }
>;

function withField(fields: Pair[], mutation: FieldMutation): Pair[] {
  if ('extra' in mutation) {
    const extra: Pair = [mutation.extra, mutation.json];
    return mutation.first ? [extra, ...fields] : [...fields, extra];
  }
  const index = 'field' in mutation ? mutation.field : mutation.fieldName;
  return fields.flatMap(([name, json], n): Pair[] => {
    if (n !== index % fields.length) return [[name, json]];
    if ('fieldName' in mutation) return [[mutation.put, json]];
    if ('json' in mutation) return [[name, mutation.json]];
    const { edit } = mutation;
    return 'put' in edit && edit.put === null ? [] : [[name, applyEditToJson(json, edit)]];
  });
}

function applyEditToJson(json: string, edit: Edit): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? JSON.stringify(applyEdit(value, edit)) : applyEdit(json, edit);
}

function withHeader(headers: Pair[], mutation: Extract<Mutation, { header: string }>): Pair[] {
  const { header } = mutation;
  if ('second' in mutation) return [...headers, [header, mutation.second]];
  const isIt = ([name]: Pair) => name.toLowerCase() === header.toLowerCase();
  const others = headers.filter((pair) => !isIt(pair));
  const { edit } = mutation;
  if ('put' in edit && edit.put === null) return others;
  return [...others, [header, applyEdit(headers.find(isIt)?.[1] ?? '', edit)]];
}

/** Edits the token where there is one: in a header, a cookie, or a field of the body. */
function withCredential(outgoing: Outgoing, edit: Edit): Outgoing {
  const { headers, fields } = outgoing;
  const carrier = headers.findIndex(([name]) => /^(?:authorization|cookie)$/i.test(name));
  const [name = '', value = ''] = headers[carrier] ?? [];
  if (carrier >= 0) {
    const [, lead = '', token = ''] = /^(\w+ +|[^=]*=)?(.*)$/is.exec(value) ?? [];
    return { ...outgoing, headers: headers.with(carrier, [name, lead + applyEdit(token, edit)]) };
  }
  const changed = fields?.map(([field, json]): Pair => [
    field,
    /token/i.test(field) ? applyEditToJson(json, edit) : json,
  ]);
  return { ...outgoing, fields: changed ?? null };
}

const joined = (...parts: (readonly number[] | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const ENCODINGS = {
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
export const encodings = Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[];

const formOf = (fields: Pair[]): string =>
  new URLSearchParams(
    fields.map(([name, json]) => {
      const value: unknown = JSON.parse(json);
      return [name, typeof value === 'string' ? value : json];
    }),
  ).toString();

/** Members of one object stand together, where its first has been. */
function jsonOf(fields: Pair[] | null): string {
  if (fields === null) return '';
  const isMember = (name: string) => /^\w+\.\w/.test(name);
  const groups = Map.groupBy(fields, ([name], n) => (isMember(name) ? name.split('.')[0] : n));
  const members = [...groups.values()].map((group) => {
    const [[name, json]] = group as [Pair];
    if (!isMember(name)) return `${JSON.stringify(name)}:${json}`;
    const inner = group.map(([path, value]): Pair => [path.slice(path.indexOf('.') + 1), value]);
    return `${JSON.stringify(name.split('.')[0])}:${jsonOf(inner)}`;
  });
  return `{${members.join()}}`;
}

/** The bytes of the body; null: none. */
export function bodyOf({ fields, isForm, bodyChanges }: Outgoing): Uint8Array | null {
  if (fields === null && bodyChanges.length === 0) return null;
  const encoder = new TextEncoder();
  let body: Uint8Array = encoder.encode(fields && isForm ? formOf(fields) : jsonOf(fields));
  for (const change of bodyChanges) {
    if ('body' in change) {
      body = encoder.encode(applyEdit(new TextDecoder().decode(body), change.body));
    } else if ('bytes' in change) {
      body = ENCODINGS[change.bytes](body);
    } else {
      // White space before the last character: the same JSON, but for its size.
      const spaces = Array<number>(Math.max(0, change.size - body.length)).fill(0x20);
      body = joined(body.slice(0, -1), spaces, body.slice(-1));
    }
  }
  return body;
}

/** Null: no client could send it, since the platform's own Request does not take it. */
export function requestInit(outgoing: Outgoing): (RequestInit & { headers: Headers }) | null {
  const { origin, method, path } = outgoing;
  const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(outgoing);
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
