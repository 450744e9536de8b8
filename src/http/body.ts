/** Reads and validates JSON bodies, for contracts and the admin API alike. */
import { zValidator } from '@hono/zod-validator';
import type { Context, MiddlewareHandler } from 'hono';
import type * as z from 'zod/mini';
import type { Issue } from '../flows/model/outcome.ts';
import { MAX_BODY_BYTES, readJson, type BodyFault } from './read-body.ts';

type Issues = readonly [Issue, ...Issue[]];

/** `undeclared`: the Content-Type is not JSON. */
export type BodyProblem =
  | { fault: BodyFault | 'undeclared' }
  | { fault: 'invalid'; error: z.core.$ZodError; body: unknown };

interface JsonBodyOptions {
  reject(c: Context, problem: BodyProblem): Response | Promise<Response>;
  /** For the messages of schemas that have none of their own. */
  words?: z.core.ParseContext<z.core.$ZodIssue>;
}

/** Validates a JSON body; `c.req.valid('json')` has it. An undeclared body is not read. */
export function jsonBody(
  schema: z.ZodMiniType,
  { reject, words }: JsonBodyOptions,
): MiddlewareHandler[] {
  const read: MiddlewareHandler = async (c, next) => {
    if (!isJson(c.req.raw.headers)) return reject(c, { fault: 'undeclared' });
    const body = await readJson(c.req.raw);
    if (!body.ok) return reject(c, body);
    // The validator asks Hono for the body, and Hono looks here first.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(body.text) });
    return next();
  };
  const validate = zValidator(
    'json',
    schema,
    (result, c) =>
      result.success
        ? undefined
        : reject(c, { fault: 'invalid', error: result.error, body: result.data }),
    // The validator's types know zod's own results, not those of zod/mini.
    { validationFunction: (_, value) => schema.safeParseAsync(value, words) as never },
  );
  return [read, validate];
}

/** Tells JSON, which no form of another site can send without a CORS preflight, by its declaration. */
export function isJson(headers: Headers): boolean {
  const [type = ''] = (headers.get('Content-Type') ?? '').split(';');
  return type.trim().toLowerCase() === 'application/json';
}

/** Lists the issues with their fields; `whole` names the input if none of its fields is at fault. */
export function fieldIssues({ issues }: z.core.$ZodError, whole: string) {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: 'is not known' }))
      : [{ field: String(issue.path[0] ?? whole), message: issue.message }],
  );
}

const wholeBody = (message: string): Issues => [{ field: 'body', message, missing: false }];

const FAULTS: Readonly<Record<BodyFault | 'undeclared', Issues>> = {
  undeclared: wholeBody('Content-Type must be application/json'),
  'too-large': wholeBody(`Request body must be at most ${MAX_BODY_BYTES} bytes`),
  unreadable: wholeBody('Request body must be a JSON object'),
};

/** Turns a problem into issues for a contract's refusal: of a field the first, since the others follow from it. */
export function issuesOf(problem: BodyProblem): Issues {
  if (problem.fault !== 'invalid') return FAULTS[problem.fault];
  const { error, body } = problem;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return FAULTS.unreadable;
  const byField = new Map<string, Issue>();
  for (const { field, message } of fieldIssues(error, 'body')) {
    const value: unknown = Reflect.get(body, field);
    const missing = value === undefined || value === null || value === '';
    if (!byField.has(field)) byField.set(field, { field, message, missing });
  }
  const [first, ...rest] = byField.values();
  return first === undefined ? FAULTS.unreadable : [first, ...rest];
}
