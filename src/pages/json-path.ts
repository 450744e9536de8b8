import type { JsonPath } from '../contracts/wire.ts';

/** Follows a path into a JSON body; undefined where it leads to nothing. `*` takes the first value. */
export function valueAt(body: unknown, path: JsonPath | null): unknown {
  if (path === null) return undefined;
  return path.reduce<unknown>((value, name) => {
    const record = (value ?? {}) as Record<string, unknown>;
    return name === '*' ? Object.values(record)[0] : record[name];
  }, body);
}

export function textAt(body: unknown, path: JsonPath | null): string | null {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : null;
}
