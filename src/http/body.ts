/** Reads and validates bodies, for contracts and the admin API alike. */
import { zValidator } from '@hono/zod-validator';
import type { Context, MiddlewareHandler } from 'hono';
import type * as z from 'zod/mini';
import type { Issue } from '../flows/model/outcome.ts';
import type { MediaType } from '../contracts/wire.ts';
import { FORM } from '../contracts/routes.ts';
import { MAX_BODY_BYTES, readForm, readJson, readText, type BodyFault } from './read-body.ts';

type Issues = readonly [Issue, ...Issue[]];

/** `undeclared`: the Content-Type is not what the route takes. `duplicate`: a form has a field twice. */
export type BodyProblem =
  | { fault: BodyFault | 'duplicate' }
  | { fault: 'undeclared'; accepts: MediaType }
  | { fault: 'invalid'; error: z.core.$ZodError; body: unknown };

interface BodyOptions {
  /** Absent: `application/json`. */
  accepts?: MediaType;
  /** A request without Content-Type and body is read like an empty body. */
  mayBeEmpty?: boolean;
  reject(c: Context, problem: BodyProblem): Response | Promise<Response>;
}

interface ValidationOptions extends BodyOptions {
  /** For the messages of schemas that have none of their own. */
  words?: z.core.ParseContext<z.core.$ZodIssue>;
}

/** Reads a body into `c.req.bodyCache`, where the validator looks first. An undeclared one is not read. */
export function readBody({
  accepts = JSON_TYPE,
  mayBeEmpty = false,
  reject,
}: BodyOptions): MiddlewareHandler {
  return async (c, next) => {
    const { raw, bodyCache } = c.req;
    // The validator takes a body that is not declared for an empty one.
    if (mayBeEmpty && !raw.headers.has('Content-Type')) {
      const read = await readText(raw);
      if (read.ok && read.text === '') return next();
    }
    if (mediaTypeOf(raw.headers) !== accepts) return reject(c, { fault: 'undeclared', accepts });
    if (accepts === FORM) {
      const form = await readForm(raw);
      if (!form.ok) return reject(c, form);
      const { fields } = form;
      // RFC 6749 3.2: parameters must not be included more than once.
      if (new Set(fields.keys()).size < fields.size) return reject(c, { fault: 'duplicate' });
      const data = new FormData();
      // `set` would search all fields for each one.
      for (const [name, value] of fields) data.append(name, value);
      Object.assign(bodyCache, { formData: Promise.resolve(data) });
      c.set('fields', Object.fromEntries(fields));
    } else {
      const body = await readJson(raw);
      if (!body.ok) return reject(c, body);
      Object.assign(bodyCache, { text: Promise.resolve(body.text) });
      c.set('fields', body.value);
      if (accepts !== JSON_TYPE) c.req.raw = declaredAsJson(raw);
    }
    return next();
  };
}

/** Validates a body that `readBody` has read; `c.req.valid('json')` or `('form')` has it. */
export function validateBody(
  schema: z.ZodMiniType,
  { accepts = JSON_TYPE, reject, words }: ValidationOptions,
): MiddlewareHandler {
  return zValidator(
    accepts === FORM ? 'form' : 'json',
    schema,
    (result, c) =>
      result.success
        ? undefined
        : reject(c, { fault: 'invalid', error: result.error, body: result.data }),
    // The validator's types know zod's own results, not those of zod/mini.
    { validationFunction: (_, value) => schema.safeParseAsync(value, words) as never },
  );
}

const JSON_TYPE = 'application/json';
const JSON_TYPES: ReadonlySet<string> = new Set<Exclude<MediaType, typeof FORM>>([
  JSON_TYPE,
  'application/x-amz-json-1.1',
]);

function mediaTypeOf(headers: Headers): string {
  const [type = ''] = (headers.get('Content-Type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** Tells JSON, which no page of another site can send without a CORS preflight, by its declaration. */
export const isJson = (headers: Headers): boolean => JSON_TYPES.has(mediaTypeOf(headers));

/** The validator knows JSON by its registered name alone. */
function declaredAsJson({ url, method, headers }: Request): Request {
  const declared = new Headers(headers);
  declared.set('Content-Type', JSON_TYPE);
  return new Request(url, { method, headers: declared });
}

/** Lists the issues with their fields; `whole` names the input if none of its fields is at fault. */
export function fieldIssues({ issues }: z.core.$ZodError, whole: string) {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: 'is not known' }))
      : [{ field: issue.path.join('.') || whole, message: issue.message }],
  );
}

const wholeBody = (message: string): Issues => [{ field: 'body', message, missing: false }];

/** The message of zod/mini where a schema has none of its own. */
const WORDLESS = 'Invalid input';

const FAULTS: Readonly<Record<BodyFault | 'duplicate', Issues>> = {
  'too-large': wholeBody(`Request body must be at most ${MAX_BODY_BYTES} bytes`),
  unreadable: wholeBody('Request body must be a JSON object'),
  'unreadable-form': wholeBody('Request body must be a form in UTF-8'),
  duplicate: wholeBody('Request body must not have a field twice'),
};

/** Turns a problem into issues for a contract's refusal: of a field the first, since the others follow from it. */
export function issuesOf(problem: BodyProblem): Issues {
  if (problem.fault === 'undeclared') {
    return wholeBody(`Content-Type must be ${problem.accepts}`);
  }
  if (problem.fault !== 'invalid') return FAULTS[problem.fault];
  const { error, body } = problem;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return FAULTS.unreadable;
  const byField = new Map<string, Issue>();
  for (const { field, message } of fieldIssues(error, 'body')) {
    const value = valueIn(body, field);
    const missing = value === undefined || value === null || value === '';
    const words =
      message === WORDLESS ? `${field} is ${missing ? 'required' : 'malformed'}` : message;
    if (!byField.has(field)) byField.set(field, { field, message: words, missing });
  }
  const [first, ...rest] = byField.values();
  return first === undefined ? FAULTS.unreadable : [first, ...rest];
}

/** Follows a path with dots; undefined where it leads to nothing. */
const valueIn = (body: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined,
      body,
    );
