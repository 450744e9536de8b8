/**
 * A contract's OpenAPI 3.1 document: operations from their table, requests from the schemas that
 * validate them, answers from the schemas the contract publishes, and examples from what the contract
 * really answers.
 */
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import * as z from 'zod/mini';
import type { Contract } from '../../src/contracts/contract.ts';
import { OPERATIONS, type OperationRow, type ResponseValues } from '../../src/flows/operations.ts';
import { NO_CONTEXT, operationsOf, routeOf } from '../../src/contracts/routes.ts';
import { pathOf, render } from '../../src/http/contract-operations.ts';
import { DEVICE_COOKIE, grantedCookie, REGISTRATION_COOKIE } from '../../src/http/cookies.ts';
import { credentialsOf, refusals, text, trace, type Part } from './refusals.ts';
import { sampleGranted, sampleHandle, sampleSession, sampleUser } from './samples.ts';

/** The golden logins: the request is the one of the contract's own document. */
export interface Golden {
  request: { body: Record<string, unknown> };
}

/** Description and sample of each response. */
const RESPONSES: { [R in keyof ResponseValues]: [string, ResponseValues[R]] } = {
  login: ['Signed in', sampleGranted],
  refresh: ['New tokens', sampleGranted],
  profile: ['The user', sampleUser],
  sessions: ['The sessions', { sessions: [sampleSession], current: sampleSession.id }],
  loggedOut: ['The session has ended', null],
  done: ['Done', null],
  accepted: ['Accepted; the rest comes by e-mail', null],
  registered: [
    'Accepted; the rest comes by e-mail',
    {
      placeholderId: 'ab1f9d3e-7c52-4d68-9e04-5b6a8c7d2f10',
      acceptedAtMs: Date.parse('2024-01-15T10:30:45.123Z'),
      email: 'john@example.com',
      name: 'John Doe',
      handle: sampleHandle,
    },
  ],
};

/** Tells a caller's own request from one that a page of another site has caused. */
const DECLARED_AS_JSON =
  'Not read. Browsers need none, since they send `Origin` or `Sec-Fetch-Site`. A request with the cookie and neither of these headers has to be declared as `application/json`, as it is with an empty object here';

export function openApiDocument(contract: Contract, login: Golden) {
  const paths: ZodOpenApiPathsObject = {};
  for (const name of operationsOf(contract)) {
    const path = pathOf(contract, name).replaceAll(/:(\w+)/g, '{$1}');
    const method = OPERATIONS[name].method.toLowerCase();
    paths[path] = { ...paths[path], [method]: describe({ contract, name, login }) };
  }
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : null;
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: contract.title,
      version: '1.0.0',
      description: contract.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: `/${contract.name}`, description: 'Under its own name' },
      { url: '/', description: 'On bare paths, if this contract answers them' },
    ],
    tags: [{ name: 'auth', description: 'Sign-in, sessions and accounts' }],
    security: [],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...(cookie === null
          ? {}
          : { cookie: { type: 'apiKey' as const, in: 'cookie' as const, name: cookie } }),
      },
    },
  });
}

const capitalised = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
const pascalCased = (name: string) => name.split('-').map(capitalised).join('');

function describe(part: Part & { login: Golden }): ZodOpenApiOperationObject {
  const { contract, name, login } = part;
  const { summary, path, checksPassword }: OperationRow = OPERATIONS[name];
  const schema: z.ZodMiniType | null = routeOf(contract, name).request?.decode ?? null;
  const credentials = credentialsOf(contract, name);
  const parameters = [
    ...(path?.endsWith(':id') ? [sessionId] : []),
    ...(checksPassword ? [device] : []),
    ...(schema !== null && hasHandle(schema) ? [registration] : []),
  ];
  const requestBody =
    schema === null
      ? undeclaredBody(credentials)
      : {
          required: true,
          content: {
            'application/json': {
              schema: schema.check(z.meta({ id: `${pascalCased(name)}Request` })),
              ...(name === 'login' ? { example: login.request.body } : {}),
            },
          },
        };
  return {
    operationId: name,
    tags: ['auth'],
    summary,
    security: credentials.map((credential) => ({ [credential]: [] })),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody === null ? {} : { requestBody }),
    responses: { ...granted(part), ...refusals(part) },
  };
}

/** The body of an operation that only declares its type. */
function undeclaredBody(credentials: readonly string[]) {
  if (!credentials.includes('cookie')) return null;
  const unless = credentials.includes('bearer') ? ', unless it brings a bearer' : '';
  return {
    required: false,
    description: DECLARED_AS_JSON + unless,
    content: { 'application/json': { schema: { type: 'object' as const }, example: {} } },
  };
}

const hasHandle = (schema: z.ZodMiniType): boolean =>
  'registration' in (z.toJSONSchema(schema, { io: 'input' }).properties ?? {});

const sessionId = { name: 'id', in: 'path' as const, required: true, schema: text };

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

function granted({ contract, name }: Part): ZodOpenApiResponsesObject {
  const { response } = OPERATIONS[name];
  const [description, sample] = RESPONSES[response];
  const route = routeOf(contract, name);
  const { status, headers, body } = render(route, sample, {
    ...NO_CONTEXT,
    token: sampleGranted.access.token,
  });
  const schema = route.response.schema?.() ?? null;
  const cookie = grantedCookie(name, { device: 'sample', handle: sampleHandle });
  const cookies = [
    ...(headers?.['Set-Cookie'] === undefined ? [] : ['the refresh token']),
    ...(cookie?.startsWith(DEVICE_COOKIE) ? [`the device cookie, ${DEVICE_COOKIE}`] : []),
    ...(cookie?.startsWith(REGISTRATION_COOKIE)
      ? [`the handle of the registration, ${REGISTRATION_COOKIE}`]
      : []),
  ];
  const setCookie = { description: capitalised(cookies.join('; ')), schema: text };
  return {
    [`${status as 200}`]: {
      description,
      headers: { ...trace, ...(cookies.length > 0 ? { 'Set-Cookie': setCookie } : {}) },
      ...(schema === null ? {} : { content: { 'application/json': { schema, example: body } } }),
    },
  };
}
