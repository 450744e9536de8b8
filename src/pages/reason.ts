/**
 * Tells a contract's refusals apart by what its clients get to see. Shared by the pages' script
 * and by the form that works without it.
 */
import type { Mark, Reason } from './sheet.ts';

export interface Refused {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Only these carry Retry-After, whatever the contract. */
const WAITS: ReadonlySet<Reason> = new Set([
  'limited',
  'busy',
  'locked',
  'locked-until-reset',
  'internal',
]);
/** Their Retry-After is for machines: after it, the same person is no better off. */
const ENDLESS: ReadonlySet<Reason> = new Set(['locked-until-reset', 'internal']);

/** In doubt the earlier one of `likely`; null: the contract refuses nothing like this. */
export function reasonOf(
  marks: readonly Mark[],
  { status, headers, body }: Refused,
  likely: readonly Reason[],
): Reason | null {
  const said = new Set(textsIn(body));
  const waits = headers.has('Retry-After');
  const fitting = marks
    .filter((mark) => mark.status === status && WAITS.has(mark.reason) === waits)
    .filter(({ reason }) => reason !== 'limited' || headers.has('RateLimit'))
    .map(({ reason, texts }) => ({ reason, ...found(texts, said) }))
    .filter(({ hasCode }) => hasCode);
  const order: readonly (Reason | undefined)[] = ['limited', ...likely];
  const rank = ({ reason }: { reason: Reason }) =>
    order.includes(reason) ? order.indexOf(reason) : order.length;
  // What says all that a refusal says, and most of it, is that refusal.
  const [best] = fitting.toSorted(
    (a, b) => a.missing - b.missing || b.there - a.there || rank(a) - rank(b),
  );
  return best?.reason ?? null;
}

function found(texts: readonly string[], said: ReadonlySet<string>) {
  const there = texts.filter((text) => said.has(text)).length;
  const [code] = texts;
  return { there, missing: texts.length - there, hasCode: code === undefined || said.has(code) };
}

/** Those of a form's fields that a refused body names, or else begins a message with. */
export function fieldsNamed(body: unknown, fields: readonly string[]): string[] {
  const texts = textsIn(body);
  const names = new Set([...texts, ...keysIn(body)]);
  const named = fields.filter((field) => names.has(field));
  if (named.length > 0) return named;
  const said = texts.map((text) => text.toLowerCase());
  return fields.filter((field) => {
    const label = field.replace(/[A-Z]/g, ' $&').toLowerCase();
    return said.some((text) => text.startsWith(`${label} `));
  });
}

/** Whole seconds until trying again makes sense; 0 where it does not, or the answer does not say. */
export function waitOf(headers: Headers, reason: Reason | null): number {
  if (reason === null || ENDLESS.has(reason)) return 0;
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

/** The keys in a JSON value, without those of texts: a `code` may be the refusal's own. */
function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? [] : [key, ...keysIn(inner)],
  );
}

/** Every text in a JSON value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
