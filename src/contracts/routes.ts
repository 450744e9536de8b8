/**
 * The routes of a contract: where each operation is answered, and how several at one path are told
 * apart. Conditions are data, so that two routes which fit one request are found at the start.
 */
import type { AnyRoute, Condition, Contract, Tags } from './contract.ts';
import type { WireContext } from './wire.ts';
import type { Issue } from '../flows/model/outcome.ts';
import type { SentTokens } from '../flows/model/request.ts';
import type { InputOf, Operation } from '../flows/operations.ts';

export const FORM = 'application/x-www-form-urlencoded';
/** RFC 6750 2.1. */
export const BEARER = { in: 'header', name: 'Authorization', scheme: 'Bearer' } as const;

/** A request of a contract's own client, without origin and prefix. */
export interface EncodedRequest {
  method: AnyRoute['method'];
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  /** Null: none. */
  body: string | null;
}

/** The operations that a contract has, in the order of its routes. */
export const operationsOf = ({ routes }: Contract): Operation[] => [
  ...new Set(routes.map(({ operation }) => operation)),
];

/** For samples, which answer no request. */
export const NO_CONTEXT: WireContext = { headers: {}, token: null };

/** The first route of an operation: the one that own clients use. */
export function routeOf(contract: Contract, operation: Operation): AnyRoute {
  const route = contract.routes.find((candidate) => candidate.operation === operation);
  if (route === undefined) throw new Error(`${contract.name} has no operation ${operation}`);
  return route;
}

/** The fields of a request's body, with those that tell its route from others. */
export const encodeFields = <O extends Operation>(
  contract: Contract,
  operation: O,
  input: InputOf<O>,
): Record<string, unknown> | null => fieldsOf(routeOf(contract, operation), input);

/** The same, of one of the operation's routes, whose input it must be. */
export function fieldsOf({ request, when }: AnyRoute, input: unknown) {
  if (request === null) return null;
  // TypeScript cannot follow the pair through the union.
  const encode = request.encode as (input: unknown) => Record<string, unknown>;
  return { ...sent(when.body), ...encode(input) };
}

/** Writes the request that `decode` of the operation's route reads: its inverse. */
export function encodeRequest<O extends Operation>(
  contract: Contract,
  operation: O,
  { input, ...tokens }: SentTokens & { input: InputOf<O> },
): EncodedRequest {
  const { method, path, when, accepts } = routeOf(contract, operation);
  const parameters = { ...contract.params, ...(input as Record<string, unknown> | null) };
  const query = new URLSearchParams(sent(when.query)).toString();
  const fields = encodeFields(contract, operation, input);
  return {
    method,
    path: fillPath(path, parameters) + (query && `?${query}`),
    headers: {
      ...sent(when.header),
      ...tokenHeaders(contract, tokens),
      ...(fields === null ? {} : { 'Content-Type': accepts }),
    },
    body: fields === null ? null : encodeBody(accepts, fields),
  };
}

/** Replaces the parameters of a path template; throws where one has no value. */
export function fillPath(template: string, parameters: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\/:(\w+)/g, (_, name: string) => {
    const value = parameters[name];
    if (typeof value !== 'string') throw new Error(`${template} needs a value for ${name}`);
    return `/${encodeURIComponent(value)}`;
  });
}

const sent = (tags: Tags = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).flatMap(([k, v]) => (v === null ? [] : [[k, v]])));

function encodeBody(accepts: AnyRoute['accepts'], fields: Record<string, unknown>): string {
  if (accepts !== FORM) return JSON.stringify(fields);
  const texts = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return new URLSearchParams(texts.map(([name, value]) => [name, String(value)])).toString();
}

function tokenHeaders(
  { access, refresh }: Contract,
  { token, refreshToken }: SentTokens,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [carrier, value] of [
    [access, token],
    [refresh, refreshToken],
  ] as const) {
    if (value === undefined || carrier === null) continue;
    if (carrier.in === 'cookie') cookies.push(`${carrier.name}=${value}`);
    if (carrier.in === 'header') {
      headers[carrier.name] = carrier.scheme === null ? value : `${carrier.scheme} ${value}`;
    }
  }
  return cookies.length === 0 ? headers : { ...headers, Cookie: cookies.join('; ') };
}

/** The parts of a request that tell routes apart. Null: the request does not have it; undefined: it has no one value. */
interface Tagged {
  query(name: string): string | null | undefined;
  header(name: string): string | null;
  body: Readonly<Record<string, unknown>>;
}

export const fits = (when: Condition, { query, header, body }: Tagged): boolean =>
  hasTags(when.query, query) &&
  hasTags(when.header, header) &&
  hasTags(when.body, (name) => body[name] ?? null);

const hasTags = (tags: Tags = {}, valueOf: (name: string) => unknown): boolean =>
  Object.entries(tags).every(([name, value]) => valueOf(name) === value);

/** Says which values would have told one of the routes from the others. */
export function variantIssues(
  routes: readonly Pick<AnyRoute, 'when'>[],
  { query, header, body }: Tagged,
): [Issue, ...Issue[]] {
  const issues = new Map<string, Issue>();
  for (const part of ['query', 'header', 'body'] as const) {
    const valueOf = { query, header, body: (name: string) => body[name] ?? null }[part];
    for (const name of routes.flatMap(({ when }) => Object.keys(when[part] ?? {}))) {
      const values = routes.flatMap(({ when }) => when[part]?.[name] ?? []);
      const message = `${name} must be ${[...new Set(values)].join(' or ')}`;
      issues.set(name, { field: name, message, missing: valueOf(name) === null });
    }
  }
  const [first, ...rest] = issues.values();
  if (first === undefined) throw new Error('a route without a condition fits every request');
  return [first, ...rest];
}

/** Throws where two routes fit one request, a form is read beside JSON, or the path is not a path. */
export function checkRoutes({
  name,
  routes,
  documents,
}: Pick<Contract, 'name' | 'routes' | 'documents'>): void {
  const places = [
    ...routes,
    ...documents.map(({ path }) => ({ operation: 'document', method: 'GET', path, when: {} })),
  ];
  const fault = (text: string): never => {
    throw new Error(`Contract ${name}: ${text}.`);
  };
  for (const { path } of places) {
    if (!/^(?:\/:?[\w.-]+(?::[\w-]+)?)+$/.test(path)) fault(`${path} is not a path`);
  }
  // No others can fit one request, and comparing all with all would take much of the start.
  const alike = Map.groupBy(places, ({ method, path }) => `${method} ${path.split('/').length}`);
  for (const group of alike.values()) {
    for (const [index, one] of group.entries()) {
      for (const other of group.slice(0, index)) {
        if (!overlaps(one.path, other.path)) continue;
        if (!isDisjoint(one.when, other.when)) {
          fault(`${one.operation} and ${other.operation} both fit ${one.method} ${one.path}`);
        }
        if (one.path !== other.path) fault(`${one.path} and ${other.path} both fit a path`);
        if ('accepts' in one && 'accepts' in other && one.accepts !== other.accepts) {
          fault(`${one.path} takes bodies of two media types`);
        }
      }
    }
  }
}

/** Tells whether two paths of as many segments fit one path. */
function overlaps(one: string, other: string): boolean {
  if (one === other || !(one + other).includes('/:')) return one === other;
  const others = other.split('/');
  return one
    .split('/')
    .every((own, n) => own === others[n] || own.startsWith(':') || others[n]?.startsWith(':'));
}

/** One of the two asks for another value of the same query parameter, header or field. */
const isDisjoint = (one: Condition, other: Condition): boolean =>
  (['query', 'header', 'body'] as const).some((part) =>
    Object.entries(one[part] ?? {}).some(([name, value]) => {
      const others = other[part] ?? {};
      return name in others && others[name] !== value;
    }),
  );
