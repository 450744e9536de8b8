/**
 * Reads bodies. Whatever can be wrong with one becomes issues for the contract's own validation
 * refusal: its own shape, never the validator's.
 */
import { zValidator } from '@hono/zod-validator';
import type { MiddlewareHandler } from 'hono';
import type * as z from 'zod/mini';
import type { Issue } from '../flows/model/outcome.ts';
import type { Operation } from '../telemetry/log.ts';
import type { ContractContext, ContractEnv } from './request-context.ts';
import { MAX_BODY_BYTES, readJson, type BodyFault } from './read-body.ts';

export type Issues = readonly [Issue, ...Issue[]];
type Refuse = (at: ContractContext, issues: Issues) => Promise<Response>;

const wholeBody = (message: string): Issues => [{ field: 'body', message, missing: false }];

/** What is no JSON object in UTF-8. */
export const UNREADABLE = wholeBody('Request body must be a JSON object');

/** What is not declared as JSON. */
export const UNDECLARED = wholeBody('Content-Type must be application/json');

const FAULTS: Readonly<Record<BodyFault, Issues>> = {
  'too-large': wholeBody(`Request body must be at most ${MAX_BODY_BYTES} bytes`),
  unreadable: UNREADABLE,
};

/** Reads a JSON body through a contract's schema, on the way to an operation. */
export function validated<T>(operation: Operation, schema: z.ZodMiniType<T>, refuse: Refuse) {
  const read: MiddlewareHandler<ContractEnv> = async (c, next) => {
    const body = await readJson(c.req.raw);
    if (!body.ok) return refuse(c, FAULTS[body.fault]);
    // The validator asks Hono for the body, and Hono looks here first.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(body.text) });
    return next();
  };
  const validate = zValidator('json', schema, (result, c) =>
    result.success ? undefined : refuse(c as ContractContext, issuesOf(result.error, result.data)),
  );
  return [declaredAsJson(operation, refuse), read, validate] as const;
}

/** Turns away what is not declared as JSON, before anything is parsed. */
export function declaredAsJson(
  operation: Operation,
  refuse: Refuse,
): MiddlewareHandler<ContractEnv> {
  return async (c, next) => {
    c.set('operation', operation);
    return isJson(c.req.raw.headers) ? next() : refuse(c, UNDECLARED);
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
