/** Bodies and parameters of the requests to the routes at one method and path. */
import type { ZodOpenApiRequestBodyObject } from 'zod-openapi';
import * as z from 'zod/mini';
import type { AnyRoute, Contract } from '../../src/contracts/contract.ts';
import { fieldsOf, FORM } from '../../src/contracts/routes.ts';
import type { OperationRow } from '../../src/flows/operation.ts';
import { OPERATIONS, type Operation } from '../../src/flows/operations.ts';
import { DEVICE_COOKIE, REGISTRATION_COOKIE } from '../../src/http/cookies.ts';
import { text, type Place } from './refusals.ts';
import { sampleInputs } from './samples.ts';
import { accessScheme, credentialsOf, readsCookie } from './security.ts';

/** The golden logins: the request is the one of the contract's own document; without a body if it is a form. */
export interface Golden {
  request: { body?: Record<string, unknown> };
}

export function parametersOf({ contract, routes }: Place): object[] {
  const [{ path }] = routes as [AnyRoute];
  const readsCookies = routes.some(({ accepts }) => accepts !== FORM);
  const rows = routes.map(({ operation }): OperationRow => OPERATIONS[operation]);
  return [
    ...pathParameters(contract, path),
    ...conditionParameters(routes, 'query'),
    ...conditionParameters(routes, 'header'),
    ...(readsCookies && rows.some(({ checksPassword }) => checksPassword) ? [device] : []),
    ...(readsCookies && routes.some(hasHandle) ? [registration] : []),
  ];
}

export const pathParameters = ({ params }: Contract, path: string) =>
  [...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: text,
    ...(params[name] === undefined ? {} : { example: params[name] }),
  }));

/** The values that tell the routes apart. */
function conditionParameters(routes: readonly AnyRoute[], part: 'query' | 'header') {
  const names = new Set(routes.flatMap(({ when }) => Object.keys(when[part] ?? {})));
  return [...names].map((name) => {
    const values = routes.flatMap(({ when }) => when[part]?.[name] ?? []);
    const described = routes.flatMap(({ operation, when }) => {
      const value = when[part]?.[name];
      if (value === undefined) return [];
      return `${value === null ? 'absent' : `\`${value}\``}: ${OPERATIONS[operation].summary}`;
    });
    return {
      name,
      in: part,
      required: routes.every(({ when }) => typeof when[part]?.[name] === 'string'),
      description: described.join('; '),
      schema: { ...text, ...(values.length > 0 && { enum: [...new Set(values)] }) },
      // The value of the first example of a body.
      ...(values.length > 0 && { example: values[0] }),
    };
  });
}

const hasHandle = ({ request }: AnyRoute): boolean =>
  request !== null &&
  'registration' in (z.toJSONSchema(request.decode(), { io: 'input' }).properties ?? {});

const device = {
  name: DEVICE_COOKIE,
  in: 'cookie' as const,
  required: false,
  description:
    'From an earlier login here: attempts at that account are counted apart from those of strangers',
  schema: text,
};

const registration = {
  name: REGISTRATION_COOKIE,
  in: 'cookie' as const,
  required: false,
  description:
    'From the answer to register: names the registration, and has tries at its code counted apart',
  schema: text,
};

/** Null: none of the routes reads a body. */
export function requestBodyOf(
  place: Place,
  login: Golden | null,
): ZodOpenApiRequestBodyObject | null {
  const { contract, routes } = place;
  const withBody = routes.filter(({ request }) => request !== null);
  const [first] = withBody;
  if (first === undefined) return undeclaredBody(place);
  const inputs = sampleInputs(contract.identifier);
  const bodies = [...Map.groupBy(withBody, ({ operation }) => operation)].map(([name, own]) => {
    // As sent: fields that are undefined are absent.
    const encoded: unknown = JSON.parse(JSON.stringify(fieldsOf(own[0] as AnyRoute, inputs[name])));
    const value = (name === 'login' ? login?.request.body : null) ?? encoded;
    const id = pascalCased(`${name}-request${suffixOf(place, name)}`);
    return { name, schema: bodySchema(id, own), summary: OPERATIONS[name].summary, value };
  });
  const [body, ...others] = bodies as [(typeof bodies)[number]];
  return {
    required: withBody.length === routes.length,
    content: {
      [first.accepts]:
        others.length === 0
          ? { schema: body.schema, example: body.value }
          : {
              schema: z.union(bodies.map(({ schema }) => schema)),
              examples: Object.fromEntries(
                bodies.map(({ name, summary, value }) => [name, { summary, value }]),
              ),
            },
    },
  };
}

/** Numbers the endpoints of an operation, from the second one on. */
export function suffixOf({ contract, routes: [here] }: Place, name: Operation): string {
  const placeOf = (route: AnyRoute | undefined) => `${route?.method} ${route?.path}`;
  const own = contract.routes.filter(({ operation }) => operation === name).map(placeOf);
  const number = [...new Set(own)].indexOf(placeOf(here)) + 1;
  return number === 1 ? '' : `-${number}`;
}

/** The body of an operation, with the tags that tell its routes from others. */
function bodySchema(id: string, routes: readonly AnyRoute[]): z.ZodMiniType {
  const [{ request }] = routes as [AnyRoute];
  if (request === null) throw new Error(`${id} has no body`);
  const schema: z.ZodMiniType = request.decode();
  const tags = new Set(routes.flatMap(({ when }) => Object.keys(when.body ?? {})));
  if (tags.size === 0) return schema.check(z.meta({ id }));
  const valuesOf = (tag: string) => routes.map(({ when }) => when.body?.[tag] ?? null);
  const properties = [...tags].map((tag) => [tag, tagSchema(valuesOf(tag))]);
  const required = [...tags].filter((tag) => !valuesOf(tag).includes(null));
  return schema.check(
    z.meta({
      id,
      override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.Schema }) => {
        jsonSchema.properties = { ...Object.fromEntries(properties), ...jsonSchema.properties };
        jsonSchema.required = [...required, ...(jsonSchema.required ?? [])];
      },
    }),
  );
}

function tagSchema(values: readonly (string | null)[]) {
  const texts = values.filter((value) => value !== null);
  if (texts.length === 0) return { not: {} };
  return texts.length === 1 ? { ...text, const: texts[0] } : { ...text, enum: [...new Set(texts)] };
}

const capitalised = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
const pascalCased = (name: string) => name.split('-').map(capitalised).join('');

/** Tells a caller's own request from one that a page of another site has caused. */
const DECLARED_AS_JSON =
  'Not read. Browsers need none, since they send `Origin` or `Sec-Fetch-Site`. A request with the cookie and neither of these headers has to be declared as `application/json`, as it is with an empty object here';

/** The body of an operation that only declares its type. */
function undeclaredBody({ contract, routes }: Place): ZodOpenApiRequestBodyObject | null {
  if (!routes.some((route) => readsCookie(contract, route))) return null;
  const access = accessScheme(contract);
  const takesHeader =
    contract.access.in === 'header' &&
    routes.some((route) => credentialsOf(contract, route).includes(access));
  const unless = takesHeader ? `, unless it brings a ${access}` : '';
  return {
    required: false,
    description: DECLARED_AS_JSON + unless,
    content: { 'application/json': { schema: { type: 'object' as const }, example: {} } },
  };
}
