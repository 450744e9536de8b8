/**
 * A contract's OpenAPI 3.1 document: requests from the very schemas that validate them, answers
 * from the schemas the contract publishes, and examples from what the contract really says.
 */
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import * as z from 'zod/mini';
import type { Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { issuesOf, UNREADABLE } from '../../src/http/body.ts';
import { DEVICE_COOKIE } from '../../src/http/device-cookie.ts';
import { REGISTRATION_COOKIE } from '../../src/http/registration-cookie.ts';
import { operationsOf, type Operation } from './operations.ts';
import { refusalContext, sampleOf, type Reason } from './samples.ts';

/** The golden logins: the request is the one of the contract's own document. */
export interface Golden {
  request: { body: Record<string, unknown> };
}

const WHEN: Record<Reason, string> = {
  malformed: 'The body is not what the schema asks for',
  invalid: 'Unknown user or wrong password',
  inactive: 'Right password, inactive account',
  unverified: 'Right password, address not verified',
  locked: 'Too many failures at this account',
  limited: 'Too many attempts from this address',
  busy: 'Too many attempts at this account at once',
  unauthenticated: 'No token, or one that is not good',
  taken: 'The username is somebody’s',
  'invalid-code': 'Wrong code or password, or a code that is used up or too old',
  'invalid-link': 'A link that is used up or too old, or none of ours',
  'cross-site': 'A request with the cookie that comes from another origin',
  'not-found': 'No such session of this user',
  insecure: 'Plain http',
  internal: 'A failure of ours',
  'unknown-path': 'No such path',
  'wrong-method': 'No such method',
};

const text = { type: 'string' } as const;
const retryAfter = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
} as const;
const trace = {
  'X-Request-Id': {
    description: 'Names the request in the log',
    schema: { type: 'string', format: 'uuid' },
  },
} as const;

const headersOf: Partial<Record<Reason, object>> = {
  locked: retryAfter,
  busy: retryAfter,
  internal: retryAfter,
  limited: {
    ...retryAfter,
    RateLimit: { description: 'What is left of the limit', schema: text },
    'RateLimit-Policy': { description: 'The limit', schema: text },
  },
  unauthenticated: {
    'WWW-Authenticate': { description: 'Bearer, and why a token was refused', schema: text },
  },
};

export function openApiDocument(contract: Contract, login: Golden) {
  const operations = operationsOf(contract);
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of operations) {
    const described = describe({ contract, operation }, login);
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described };
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
      { url: '/', description: 'On bare paths, where this contract is the one that answers' },
    ],
    tags: [{ name: 'auth', description: 'Signing in, staying so, and leaving' }],
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

interface Part {
  contract: Contract;
  operation: Operation;
}

function describe(part: Part, login: Golden): ZodOpenApiOperationObject {
  const { operation } = part;
  const { id, summary, credentials, request, optionalBody } = operation;
  const example = id === 'login' ? { example: login.request.body } : {};
  const named = operation.path.includes('{id}')
    ? [{ name: 'id', in: 'path' as const, required: true, schema: text }]
    : [];
  const parameters = [
    ...named,
    ...(ASK_FOR_THE_PASSWORD.has(id) ? [device] : []),
    ...(TAKE_A_HANDLE.has(id) ? [registration] : []),
  ];
  const name = `${capitalised(id)}Request`;
  const schema = request?.check(z.meta({ id: name }));
  const body =
    optionalBody === undefined
      ? { required: true, content: { 'application/json': { schema, ...example } } }
      : {
          required: false,
          description: optionalBody,
          content: { 'application/json': { schema: { type: 'object' as const }, example: {} } },
        };
  return {
    operationId: id,
    tags: ['auth'],
    summary,
    security: credentials.map((credential) => ({ [credential]: [] })),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema === undefined && optionalBody === undefined
      ? {}
      : { requestBody: body as ZodOpenApiOperationObject['requestBody'] & {} }),
    responses: { ...granted(operation), ...refusals(part) },
  };
}

/** A guess at the password draws the tickets of its device, where it brings the cookie. */
const ASK_FOR_THE_PASSWORD: ReadonlySet<string> = new Set([
  'login',
  'verifyEmail',
  'changePassword',
  'changeEmail',
  'deleteAccount',
]);
const GIVE_A_DEVICE_COOKIE: ReadonlySet<string> = new Set([
  'login',
  'verifyEmail',
  'changePassword',
]);
/** Those whose body has a field for the handle of a registration. */
const TAKE_A_HANDLE: ReadonlySet<string> = new Set([
  'register',
  'sendCode',
  'verifyEmail',
  'forgotPassword',
]);

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

function granted({ id, answer }: Operation): ZodOpenApiResponsesObject {
  const { wire, schema, description } = answer;
  const cookies = [
    ...(wire.headers?.['Set-Cookie'] === undefined ? [] : ['the refresh token']),
    ...(GIVE_A_DEVICE_COOKIE.has(id) ? [`the device cookie, ${DEVICE_COOKIE}`] : []),
    ...(id === 'register' ? [`the handle of the registration, ${REGISTRATION_COOKIE}`] : []),
  ];
  const setsCookie = cookies.length > 0;
  const cookie = { 'Set-Cookie': { description: capitalised(cookies.join('; ')), schema: text } };
  const content =
    schema === null ? {} : { content: { 'application/json': { schema, example: wire.body } } };
  return {
    [`${wire.status as 200}`]: {
      description,
      headers: { ...trace, ...(setsCookie ? cookie : {}) },
      ...content,
    },
  };
}

/** Refusals by status, each reason with the example of what is really said. */
function refusals({ contract, operation }: Part): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, { said: string[]; headers: object; examples: object }>();
  for (const reason of operation.reasons) {
    const refusal = refusalFor(operation, reason);
    const { status, body } = refusalWire(contract, refusal, refusalContext);
    const before = byStatus.get(status) ?? { said: [], headers: {}, examples: {} };
    const when = WHEN[reason];
    byStatus.set(status, {
      said: [...before.said, when],
      headers: { ...before.headers, ...headersOf[reason] },
      examples: {
        ...before.examples,
        [reason]: { summary: when, value: body },
        ...(reason === 'locked' ? { 'locked-until-reset': lockedUntilReset(contract) } : {}),
      },
    });
  }
  return Object.fromEntries(
    [...byStatus].map(([status, { said, headers, examples }]) => [
      String(status),
      {
        description: said.join('; '),
        headers: { ...trace, ...headers },
        content: { 'application/json': { schema: contract.errors.schema(), examples } },
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

function lockedUntilReset(contract: Contract) {
  const refusal = { ...sampleOf('locked'), untilReset: true };
  return {
    summary: 'Too many failures in a row at this account: a password reset unlocks it',
    value: refusalWire(contract, refusal, refusalContext).body,
  };
}

/** A malformed body says what this operation's own fields lack; the other reasons are samples. */
function refusalFor({ request }: Operation, reason: Reason): Refusal {
  if (reason !== 'malformed') return sampleOf(reason);
  const error = request?.safeParse({}).error;
  return { reason, issues: error === undefined ? UNREADABLE : issuesOf(error, {}) };
}
