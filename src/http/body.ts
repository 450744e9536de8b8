/**
 * Reads bodies. Whatever can be wrong with one becomes issues for the contract's own validation
 * refusal: its own shape, never the validator's.
 */
import { zValidator } from '@hono/zod-validator';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type * as z from 'zod/mini';
import type { Issue } from '../flows/outcome.ts';
import type { Operation } from '../observe/log.ts';
import type { At, HonoArrival } from './arrival.ts';

export type Issues = readonly [Issue, ...Issue[]];
type Refuse = (at: At, issues: Issues) => Response;

const MOST_BYTES = 16 * 1024;

const wholeBody = (message: string): Issues => [{ field: 'body', message, missing: false }];

/** What hono's validator could not read; it answers such a body with an exception. */
export const UNREADABLE = wholeBody('Request body must be a JSON object');

/** What is not declared as JSON. */
export const UNDECLARED = wholeBody('Content-Type must be application/json');

/** Reads a JSON body through a contract's schema, on the way to an operation. */
export function validated<T>(operation: Operation, schema: z.ZodMiniType<T>, refuse: Refuse) {
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: (at) =>
      refuse(at as At, wholeBody(`Request body must be at most ${MOST_BYTES} bytes`)),
  });
  const validate = zValidator('json', schema, (result, at) =>
    result.success ? undefined : refuse(at as At, issuesOf(result.error, result.data)),
  );
  return [declaredAsJson(operation, refuse), limit, validate] as const;
}

/** Turns away what is not declared as JSON, before anything is parsed. */
export function declaredAsJson(
  operation: Operation,
  refuse: Refuse,
): MiddlewareHandler<HonoArrival> {
  return async (at, next) => {
    at.set('operation', operation);
    return isJson(at.req.raw.headers) ? next() : refuse(at, UNDECLARED);
  };
}

/** What no form of another site can send without being asked first (a CORS preflight). */
export function isJson(headers: Headers): boolean {
  const [type = ''] = (headers.get('Content-Type') ?? '').split(';');
  return type.trim().toLowerCase() === 'application/json';
}

/** One issue a field: the first, since the others follow from it. */
export function issuesOf(error: z.core.$ZodError, body: unknown): Issues {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return UNREADABLE;
  const byField = new Map<string, Issue>();
  for (const { path, message } of error.issues) {
    const field = String(path[0] ?? 'body');
    const value: unknown = Reflect.get(body, field);
    const missing = value === undefined || value === null || value === '';
    if (!byField.has(field)) byField.set(field, { field, message, missing });
  }
  const [first, ...rest] = byField.values();
  return first === undefined ? UNREADABLE : [first, ...rest];
}
