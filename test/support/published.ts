/// <reference types="vite/types/importMeta.d.ts" />
/**
 * Holds what a contract takes and answers against its published OpenAPI document, with a JSON
 * Schema validator that knows nothing of the schemas which made the document.
 */
import { Validator, type Schema } from '@cfworker/json-schema';

interface Media {
  /** Absent: there is no body. */
  content?: { 'application/json': { schema: Schema } };
}

interface Operation {
  requestBody?: Media;
  responses: Record<string, Media | undefined>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: Schema;
}

const documents = import.meta.glob<OpenApi>('../../docs/api/*.json', {
  eager: true,
  import: 'default',
});

export interface Exchange {
  contract: string;
  method: string;
  path: string;
  status: number;
}

/** What is wrong with an answer's body by the document; empty where nothing is. */
export function flawsOfAnswer(exchange: Exchange, body: unknown): string[] {
  const { document, operation } = find(exchange);
  if (operation === undefined) return flaws(document, refusalSchema(document), body);
  const response = operation.responses[exchange.status];
  if (response === undefined) return [`${exchange.status} is not documented`];
  const schema = response.content?.['application/json'].schema;
  if (schema === undefined) return body === null ? [] : ['a body is not documented'];
  return flaws(document, schema, body);
}

/** What is wrong with a request's body by the document; null where it has no such operation. */
export function flawsOfRequest(exchange: Exchange, body: unknown): string[] | null {
  const { document, operation } = find(exchange);
  const schema = operation?.requestBody?.content?.['application/json'].schema;
  return schema === undefined ? null : flaws(document, schema, body);
}

function find({ contract, method, path }: Exchange) {
  const document = documents[`../../docs/api/${contract}.json`];
  if (document === undefined) throw new Error(`${contract} has no published document`);
  const { pathname } = new URL(path, 'https://gatehouse.example');
  const within = pathname.startsWith(`/${contract}/`)
    ? pathname.slice(contract.length + 1)
    : pathname;
  const template = Object.keys(document.paths).find((path) =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(within),
  );
  const methods = template === undefined ? undefined : document.paths[template];
  return { document, operation: methods?.[method.toLowerCase()] };
}

/** Where there is no operation (404, 405), the answer still has the shape of every refusal. */
function refusalSchema({ paths }: OpenApi): Schema {
  const [operation] = Object.values(paths).flatMap((methods) => Object.values(methods));
  const schema = operation?.responses['401']?.content?.['application/json'].schema;
  if (schema === undefined) throw new Error('no document without a 401');
  return schema;
}

function flaws({ components }: OpenApi, schema: Schema, body: unknown): string[] {
  const validator = new Validator({ ...schema, components }, '2020-12', false);
  return validator
    .validate(body)
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}
