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
const WAITS: ReadonlySet<Reason> = new Set(['limited', 'busy', 'locked', 'internal']);

/** In doubt the earlier one of `likely`; null: the contract refuses nothing like this. */
export function reasonOf(
  marks: readonly Mark[],
  { status, headers, body }: Refused,
  likely: readonly Reason[],
): Reason | null {
  const said = new Set(textsIn(body));
  const waits = headers.has('Retry-After');
  const fitting = marks
    .filter((mark) => mark.status === status && (mark.code === null || said.has(mark.code)))
    .map(({ reason }) => reason)
    .filter((reason) => WAITS.has(reason) === waits)
    .filter((reason) => reason !== 'limited' || headers.has('RateLimit'));
  if (fitting.includes('limited')) return 'limited';
  return likely.find((reason) => fitting.includes(reason)) ?? fitting[0] ?? null;
}

/** Whole seconds until trying again makes sense; 0 where the answer does not say. */
export function waitOf(headers: Headers): number {
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

/** Every text in a JSON value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
