/**
 * Finds the reason of a refusal, the fields at fault and the time to wait in an answer. Shared by
 * the pages' script and the form that works without it.
 */
import { textAt, valueAt } from './json-path.ts';
import type { ErrorPaths } from '../contracts/error-answers.ts';
import type { ContractDescriptor, Reason, RefusalSignature } from './page-data.ts';

export interface Refused {
  status: number;
  headers: Headers;
  body: unknown;
}

/** The reasons that carry Retry-After, whatever the contract. */
const WAITS: ReadonlySet<Reason> = new Set([
  'limited',
  'busy',
  'locked',
  'locked-until-reset',
  'internal',
]);
/** The reasons whose Retry-After is for machines: waiting does not help the user. */
const NOT_WORTH_WAITING: ReadonlySet<Reason> = new Set(['locked-until-reset', 'internal']);

/**
 * Finds the reason of a refusal by status, code and message. Where several fit, the earliest of
 * `likely` is taken; null: the contract refuses nothing like this.
 */
export function reasonOf(
  { refusals, paths }: Pick<ContractDescriptor, 'refusals'> & { paths: { error: ErrorPaths } },
  { status, headers, body }: Refused,
  likely: readonly Reason[],
): Reason | null {
  const code = valueAt(body, paths.error.code);
  const message = valueAt(body, paths.error.message);
  if (paths.error.code === null && message === undefined) return null;
  const waits = headers.has('Retry-After');
  const fitting = refusals
    .filter((refusal) => refusal.status === status && WAITS.has(refusal.reason) === waits)
    .filter(({ reason }) => reason !== 'limited' || headers.has('RateLimit'))
    .filter((refusal) => paths.error.code === null || refusal.code === code);
  const order: readonly (Reason | undefined)[] = ['limited', ...likely];
  const rank = ({ reason }: { reason: Reason }) =>
    order.includes(reason) ? order.indexOf(reason) : order.length;
  // The same message is better than one that varies, which is better than another message.
  const distance = (refusal: RefusalSignature) =>
    refusal.message === message ? 0 : refusal.message === null ? 1 : 2;
  const [best] = fitting.toSorted((a, b) => distance(a) - distance(b) || rank(a) - rank(b));
  return best?.reason ?? null;
}

/** A login that goes on with a second request. */
export interface Step {
  /** The account has no second factor yet, and has to set one up. */
  enrols: boolean;
  challenge: string;
  /** The methods that complete the step; a passkey signs in in its place. */
  methods: readonly string[];
}

/** Finds the step in the answer to a login, which some wires refuse, and some answer like a success; null: there is none. */
export function stepIn(
  { body }: Pick<Refused, 'body'>,
  { paths: { error } }: { paths: { error: ErrorPaths } },
): Step | null {
  const challenge = textAt(body, error.challenge);
  // Recovery codes are made with the first factor.
  const methods = methodsAt(body, error);
  const enrols = !methods.includes('recovery-code');
  return challenge === null ? null : { enrols, challenge, methods };
}

/** The methods that prove the user's identity, as a refusal names them. */
export function methodsAt(body: unknown, { methods: path }: ErrorPaths): readonly string[] {
  const methods = valueAt(body, path);
  return Array.isArray(methods) ? methods.map(String) : [];
}

/** Returns the fields that a refusal names by themselves, or else at the start of a message. */
export function fieldsNamed(body: unknown, fields: readonly string[]): string[] {
  const texts = textsIn(body);
  const names = new Set([...texts, ...keysIn(body)]);
  const named = fields.filter((field) => names.has(field) || names.has(lastName(field)));
  if (named.length > 0) return named;
  const messages = texts.map((text) => text.toLowerCase());
  return fields.filter((field) => {
    const label = lastName(field).replace(/[A-Z]/g, ' $&').replaceAll('_', ' ').toLowerCase();
    return messages.some((text) => text.startsWith(`${label} `));
  });
}

/** Of a nested field, its own name. */
const lastName = (field: string): string => field.slice(field.lastIndexOf('.') + 1);

/** Returns the whole seconds to wait; 0 where waiting does not help or the answer names no time. */
export function waitOf(headers: Headers, reason: Reason | null): number {
  if (reason === null || NOT_WORTH_WAITING.has(reason)) return 0;
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

/** The keys in a JSON value except those of texts and numbers, since `code` may be the refusal's own. */
function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' || typeof inner === 'number' ? [] : [key, ...keysIn(inner)],
  );
}

/** Every text in a JSON value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
