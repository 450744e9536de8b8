/// <reference types="vite/types/importMeta.d.ts" />
/**
 * Checks a contract's requests and answers against its published OpenAPI document, with a JSON
 * Schema validator that is independent of the schemas the document was made from.
 */
import { Validator, type Schema } from '@cfworker/json-schema';

interface Media {
  /** Stated for a request's body only. */
  required?: boolean;
  /** By media type; absent when there is no body. */
  content?: Record<string, { schema: Schema }>;
}

interface Operation {
  operationId: string;
  /** The operations at this place, if it is not the one of the id alone; none: a document. */
  'x-operations'?: { operation: string }[];
  security?: Record<string, unknown>[];
  requestBody?: Media;
  responses: Record<string, Media | undefined>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: Schema & { securitySchemes?: Record<string, { in?: string }> };
}

/** As text: a document is parsed when a file first needs it. */
const documents = import.meta.glob<string>('../../docs/api/*.json', {
  query: '?raw',
  eager: true,
  import: 'default',
});
const parsed = new Map<string, OpenApi>();

export interface Exchange {
  contract: string;
  method: string;
  path: string;
  status: number;
}

export interface Documented {
  id: string;
  /** The contract's operations that share its method and path; none: a document. */
  operations: string[];
  method: string;
  path: string;
  statuses: number[];
  /** Requires an access token in a header, and accepts no other credential. */
  isForBearers: boolean;
}

/** Lists the operations of a document. */
export function operationsOf(contract: string): Documented[] {
  const { paths, components } = documentOf(contract);
  const { securitySchemes = {} } = components;
  const isHeader = (scheme: string) =>
    scheme in securitySchemes && securitySchemes[scheme]?.in !== 'cookie';
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { operationId: id, responses, security = [] } = operation;
      const names = operation['x-operations']?.map((one) => one.operation) ?? [id];
      return {
        id,
        operations: [...new Set(names)],
        method: method.toUpperCase(),
        path,
        statuses: Object.keys(responses).map(Number),
        isForBearers:
          security.length > 0 && security.every((one) => Object.keys(one).some(isHeader)),
      };
    }),
  );
}

/** Lists the field names in a document, at any depth. */
export const fieldsOf = (contract: string): string[] => namesIn(documentOf(contract));

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties } = value as { properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(value).flatMap(namesIn)];
}

/** Lists the documented methods of a path; empty for an undocumented path. */
export function methodsAt(contract: string, path: string): string[] {
  const { methods } = find({ contract, path, method: '', status: 0 });
  return Object.keys(methods).map((method) => method.toUpperCase());
}

/** Finds the documented operation of a request. */
export function operationAt(exchange: Omit<Exchange, 'status'>): string | null {
  return find({ ...exchange, status: 0 }).operation?.operationId ?? null;
}

/** Lists where an answer's body contradicts the document. */
export function flawsOfAnswer(exchange: Exchange, body: unknown): string[] {
  const { document, operation } = find(exchange);
  if (operation === undefined) return flaws(document, refusalSchema(document), body);
  const response = operation.responses[exchange.status];
  if (response === undefined) return [`${exchange.status} is not documented`];
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) return body === null ? [] : ['a body is not documented'];
  return flaws(document, schema, body);
}

/** Lists where a request's body contradicts the document; null when the document requires no body. */
export function flawsOfRequest(exchange: Exchange, body: unknown): string[] | null {
  const { document, operation } = find(exchange);
  const { required, content } = operation?.requestBody ?? {};
  // A place reads one media type.
  const [media] = Object.values(content ?? {});
  const schema = required === true ? media?.schema : undefined;
  return schema === undefined ? null : flaws(document, schema, body);
}

export const isPublished = (contract: string): boolean =>
  `../../docs/api/${contract}.json` in documents;

function documentOf(contract: string): OpenApi {
  const known = parsed.get(contract);
  if (known !== undefined) return known;
  const text = documents[`../../docs/api/${contract}.json`];
  if (text === undefined) throw new Error(`${contract} has no published document`);
  const document = JSON.parse(text) as OpenApi;
  parsed.set(contract, document);
  return document;
}

function find({ contract, method, path }: Exchange) {
  const document = documentOf(contract);
  const { pathname } = new URL(`https://gatehouse.example${path}`);
  const within = pathname.startsWith(`/${contract}/`)
    ? pathname.slice(contract.length + 1)
    : pathname;
  // A path may be that of a parameter as well.
  const matching = Object.keys(document.paths).filter((path) =>
    new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(within),
  );
  const methods: OpenApi['paths'][string] = Object.assign(
    {},
    ...matching.map((path) => document.paths[path]),
  );
  return { document, methods, operation: methods[method.toLowerCase()] };
}

/** The schema of all refusals, which holds for paths and methods without an operation too (404, 405). */
function refusalSchema({ paths }: OpenApi): Schema {
  const [operation] = Object.values(paths).flatMap((methods) => Object.values(methods));
  const refusal = Object.entries(operation?.responses ?? {}).find(([status]) => status >= '400');
  const schema = refusal?.[1]?.content?.['application/json']?.schema;
  if (schema === undefined)
    throw new Error('a document lists no refusal, whose schema is that of every other');
  return schema;
}

/** By schema: a validator resolves the references of a whole document. */
const validators = new WeakMap<Schema, Validator>();

function flaws({ components }: OpenApi, schema: Schema, body: unknown): string[] {
  const validator =
    validators.get(schema) ?? new Validator({ ...schema, components }, '2020-12', false);
  validators.set(schema, validator);
  return validator
    .validate(withWellFormedNames(body))
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

/** The validator percent-encodes property names, which throws at a lone surrogate. */
function withWellFormedNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withWellFormedNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name.toWellFormed(), withWellFormedNames(each)]),
  );
}
