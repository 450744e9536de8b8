/** Puts values into a request that the server has prepared for the script. */
import type { RequestTemplate } from './page-data.ts';

/** A list stands for the placeholder that is alone in a JSON array. */
export type RequestValues = Readonly<Record<string, string | readonly string[] | null>>;

export const placeholder = (name: string): string => `__${name}__`;

/** Replaces each placeholder, once; a name without a value becomes empty. */
export function fillRequest(template: RequestTemplate, values: RequestValues): RequestTemplate {
  const { method, path, headers, body } = template;
  const fill = (text: string, encode: (value: string) => string) =>
    text.replace(/"__([A-Za-z]+)__"|__([A-Za-z]+)__/g, (_, quoted?: string, bare?: string) => {
      const value = values[quoted ?? bare ?? ''] ?? '';
      if (typeof value !== 'string') return JSON.stringify(value).slice(1, -1);
      return quoted === undefined ? encode(value) : `"${encode(value)}"`;
    });
  const isForm = headers['Content-Type']?.endsWith('urlencoded') === true;
  return {
    ...template,
    method,
    path: fill(path, encodeURIComponent),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, fill(value, String)]),
    ),
    body: body === null ? null : fill(body, isForm ? formText : jsonText),
  };
}

const formText = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1);
const jsonText = (value: string): string => JSON.stringify(value).slice(1, -1);
