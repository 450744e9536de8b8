/**
 * Reads bodies. Whatever can be wrong with one becomes issues for the contract's own validation
 * refusal: its own shape, never the validator's.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type * as z from 'zod';
import type { Issue } from '../flows/outcome.ts';

export type Issues = readonly [Issue, ...Issue[]];
type Refuse = (context: Context, issues: Issues) => Response;

const MOST_BYTES = 16 * 1024;

const wholeBody = (message: string): Issues => [{ field: 'body', message, missing: false }];

/** What hono's validator could not read; it answers such a body with an exception. */
export const UNREADABLE = wholeBody('Request body must be a JSON object');

/** Turns away what is too large or not declared as JSON, before anything is parsed. */
export function readable(refuse: Refuse): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: (context) =>
      refuse(context, wholeBody(`Request body must be at most ${MOST_BYTES} bytes`)),
  });
  return async (context, next) => {
    const [type = ''] = (context.req.header('Content-Type') ?? '').split(';');
    return type.trim().toLowerCase() === 'application/json'
      ? limit(context, next)
      : refuse(context, wholeBody('Content-Type must be application/json'));
  };
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
