/**
 * An operation object of OpenAPI: all that is answered at one method and path. Where a contract has
 * several operations there, bodies and answers are those of any of them, and `x-operations` tells
 * which request is for which.
 */
import { isDeepStrictEqual } from 'node:util';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameterObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';
import * as z from 'zod/mini';
import type { AnyRoute, Contract, StaticDocument } from '../../src/contracts/contract.ts';
import type { WireResponse } from '../../src/contracts/wire.ts';
import { FORM, NO_CONTEXT } from '../../src/contracts/routes.ts';
import type { Granted } from '../../src/flows/model/outcome.ts';
import type { ResponseValues } from '../../src/flows/operation.ts';
import { OPERATIONS } from '../../src/flows/operations.ts';
import { render } from '../../src/http/contract-operations.ts';
import { DEVICE_COOKIE, grantedCookie, REGISTRATION_COOKIE } from '../../src/http/cookies.ts';
import { documentRefusals, refusals, text, trace, type Place, type Responses } from './refusals.ts';
import { parametersOf, pathParameters, requestBodyOf, suffixOf, type Golden } from './requests.ts';
import {
  NOW_MS,
  sampleActivity,
  sampleEnrolment,
  sampleFactor,
  sampleFacts,
  sampleCode,
  sampleGranted,
  sampleHandle,
  sampleSession,
  sampleStep,
  sampleUser,
} from './samples.ts';
import {
  sampleCeremony,
  sampleCreationOptions,
  samplePasskey,
  sampleRequestOptions,
} from './passkey-samples.ts';
import { credentialsOf } from './security.ts';

/** Description and sample of each response. */
const RESPONSES: { [R in keyof ResponseValues]: [string, ResponseValues[R]] } = {
  login: ['Signed in', sampleGranted],
  refresh: ['New tokens', sampleGranted],
  renewed: ['A new access token', sampleGranted],
  profile: ['The user', sampleUser],
  sessions: ['The sessions', { sessions: [sampleSession], current: sampleSession.id }],
  activity: ['The newest events of the account, newest first', [sampleActivity]],
  loggedOut: ['The session has ended', null],
  done: ['Done', null],
  accepted: ['Accepted; the rest comes by e-mail', null],
  factors: ['The second factors', { factors: [sampleFactor], recoveryCodesLeft: 10 }],
  enrolment: ['The secret, shown once', sampleEnrolment],
  recoveryCodes: [
    'The recovery codes, shown once; none where the account had a second factor before',
    { recoveryCodes: ['7k2m-9x4p-c6qd-h3wz-v8tn-5rbe'] },
  ],
  requestOptions: ['Options for navigator.credentials.get()', sampleCeremony(sampleRequestOptions)],
  creationOptions: [
    'Options for navigator.credentials.create()',
    sampleCeremony(sampleCreationOptions),
  ],
  passkey: ['The passkey', samplePasskey],
  passkeys: ['The passkeys, the oldest first', [samplePasskey]],
  authorizationCode: ['The code, for the address of the application', sampleCode],
  removed: ['Removed', { id: sampleSession.id }],
  factorChallenge: ['Ready for a code', { id: sampleSession.id, expiresAtMs: NOW_MS + 300_000 }],
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

export function describeEndpoint(place: Place, login: Golden | null): ZodOpenApiOperationObject {
  const { contract, routes } = place;
  const operations = [...new Set(routes.map(({ operation }) => operation))];
  const credentials = routes.map((route) => credentialsOf(contract, route));
  const isOpen = credentials.every((some) => some.length === 0);
  const opens = credentials.map((some) => (some.length === 0 && !isOpen ? [null] : some));
  const parameters = parametersOf(place);
  const requestBody = requestBodyOf(place, login);
  const ids = operations.map((name) => name + suffixOf(place, name));
  return {
    operationId: ids.join('-or-'),
    tags: ['auth'],
    summary: operations.map((name) => OPERATIONS[name].summary).join('; or: '),
    security: [...new Set(opens.flat())].map((name) => (name === null ? {} : { [name]: [] })),
    ...(parameters.length > 0 ? { parameters: parameters as ZodOpenApiParameterObject[] } : {}),
    ...(requestBody === null ? {} : { requestBody }),
    responses: anyOf(
      routes.flatMap((route) => [
        {
          operation: route.operation,
          responses: { ...granted(route), ...refusals(place, route) },
        },
        ...(route.grants === null
          ? []
          : [{ operation: 'at-once', responses: grantedAtOnce(route, route.grants) }]),
        ...pending(contract, route),
      ]),
    ),
    ...(ids.join() === operations[0] ? {} : { 'x-operations': variantsOf(routes) }),
  };
}

const variantsOf = (routes: readonly AnyRoute[]) =>
  routes.map(({ operation, when }) => ({ operation, when }));

/** A read that needs no account. */
export function describeDocument(
  contract: Contract,
  { path, summary, schema, render: make }: StaticDocument,
): ZodOpenApiOperationObject {
  const parameters = pathParameters(contract, path);
  const name = path.split('/').filter((part) => part !== '' && !part.startsWith(':'));
  return {
    operationId: name.join('-').replaceAll(/^\.|[^\w-]/g, ''),
    tags: ['auth'],
    summary,
    security: [],
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: {
      '200': {
        description: summary,
        headers: trace,
        content: { 'application/json': { schema: schema(), example: make(sampleFacts(contract)) } },
      },
      ...documentRefusals(contract),
    },
    'x-operations': [],
  };
}

function granted(route: AnyRoute): Responses {
  const [description, sample] = RESPONSES[OPERATIONS[route.operation].response];
  const value = { device: 'sample', handle: sampleHandle };
  return answered(route, { description, sample, response: route.response, value });
}

/** A registration that signs in: a setting says whether it does. */
const grantedAtOnce = (route: AnyRoute, response: WireResponse<Granted>): Responses =>
  answered(route, {
    description: 'Registered and signed in, where `IMMEDIATE_REGISTRATION` names the contract',
    sample: sampleGranted,
    response,
    value: { deviceCookie: 'sample' },
  });

/** A step that is shown in place of a refusal. */
function pending({ steps }: Contract, route: AnyRoute): Answered[] {
  const response = steps[route.operation];
  if (response === undefined) return [];
  const { status, body } = response.render(sampleStep, NO_CONTEXT);
  const schema = response.schema?.() ?? null;
  const content = schema && { content: { 'application/json': { schema, example: body } } };
  const description = 'A second factor is owed';
  const responses = { [String(status)]: { description, headers: trace, ...content } };
  return [{ operation: 'second-factor', responses }];
}

interface Sample {
  description: string;
  sample: unknown;
  response: Pick<AnyRoute['response'], 'schema'>;
  /** The cookie that goes along is made of it. */
  value: object;
}

function answered(route: AnyRoute, { description, sample, response, value }: Sample): Responses {
  const { status, headers, body } = render(route, sample, {
    ...NO_CONTEXT,
    token: sampleGranted.access.token,
  });
  const schema = response.schema?.() ?? null;
  const cookie = route.accepts === FORM ? null : grantedCookie(route.operation, value);
  const cookies = [
    ...(headers?.['Set-Cookie'] === undefined
      ? []
      : [`the refresh token (${attributesOf(headers['Set-Cookie'])})`]),
    ...(cookie?.startsWith(DEVICE_COOKIE)
      ? [`the device cookie, ${DEVICE_COOKIE} (${attributesOf(cookie)})`]
      : []),
    ...(cookie?.startsWith(REGISTRATION_COOKIE)
      ? [`the handle of the registration, ${REGISTRATION_COOKIE} (${attributesOf(cookie)})`]
      : []),
  ];
  const setCookie = { description: capitalised(cookies.join('; ')), schema: text };
  return {
    [String(status)]: {
      description,
      headers: { ...trace, ...(cookies.length > 0 ? { 'Set-Cookie': setCookie } : {}) },
      ...(schema === null ? {} : { content: { 'application/json': { schema, example: body } } }),
    },
  };
}

/** All but name and value of a cookie. */
const attributesOf = (cookie: string | readonly string[]): string =>
  [cookie].flat().join('; ').split('; ').slice(1).join('; ');

const capitalised = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

interface Answered {
  operation: string;
  responses: Responses;
}

/** The answers of several routes, by status. */
function anyOf([first, ...others]: Answered[]): Responses {
  if (first === undefined) return {};
  if (others.length === 0) return first.responses;
  const byStatus = Map.groupBy(
    [first, ...others].flatMap(({ operation, responses }) =>
      Object.entries(responses).map(([status, response]) => ({ operation, status, response })),
    ),
    ({ status }) => status,
  );
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, merged(some)]));
}

function merged(some: { operation: string; response: ZodOpenApiResponseObject }[]) {
  const descriptions = some.flatMap(({ response }) => (response.description ?? '').split('; '));
  const medias = some.flatMap(({ operation, response }) => {
    const media = response.content?.['application/json'];
    return media === undefined ? [] : [{ operation, ...media }];
  });
  const schemas = [...new Set(medias.map(({ schema }) => schema as z.ZodMiniType))];
  const [schema] = schemas;
  return {
    description: [...new Set(descriptions)].join('; '),
    headers: Object.assign({}, ...some.map(({ response }) => response.headers)) as object,
    ...(schema === undefined
      ? {}
      : {
          content: {
            'application/json': {
              schema: schemas.length === 1 ? schema : z.union(schemas),
              examples: examplesOf(medias),
            },
          },
        }),
  } as ZodOpenApiResponseObject;
}

/** Under the operation's name; of an answer that several operations give, once, by its reason. */
function examplesOf(medias: { operation: string; example?: unknown; examples?: object }[]) {
  const examples: Record<string, object> = {};
  for (const { operation, example, examples: own = {} } of medias) {
    if (example !== undefined) examples[operation] = { value: example };
    for (const [reason, one] of Object.entries(own)) {
      const isOther = reason in examples && !isDeepStrictEqual(examples[reason], one);
      examples[isOther ? `${operation}-${reason}` : reason] = one as object;
    }
  }
  return examples;
}
