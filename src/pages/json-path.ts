import type { JsonPath } from '../contracts/contract.ts';

/** Follows a path into a JSON body; undefined where it leads to nothing. */
export function valueAt(body: unknown, path: JsonPath | null): unknown {
  if (path === null) return undefined;
  return path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
    body,
  );
}

export function textAt(body: unknown, path: JsonPath | null): string | null {
  const value = valueAt(body, path);
  return typeof value === 'string' ? value : null;
}
