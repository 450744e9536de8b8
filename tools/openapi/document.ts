/**
 * A contract's OpenAPI 3.1 document: the request from the very schema that validates it, answers
 * from the schemas the contract publishes, and examples from what the contract really says.
 */
import { createDocument, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { refusalWire, type Answers, type Contract } from '../../src/contracts/contract.ts';
import type { Refusal } from '../../src/flows/outcome.ts';
import { issuesOf } from '../../src/http/body.ts';
import { circumstances, sampleOf, type Reason } from './samples.ts';

/** A golden pair: a request from the contract's own document, and its answer. */
export interface Golden {
  request: { body: Record<string, unknown> };
  response: { body: unknown; headers: Record<string, string> };
}

/** What a login can be refused for, and when. Paths and methods that do not exist are no part of it. */
const occasions: readonly [Reason, string][] = [
  ['malformed', 'The body is not what the schema asks for'],
  ['invalid', 'Unknown user or wrong password'],
  ['inactive', 'Right password, inactive account'],
  ['unverified', 'Right password, address not verified'],
  ['locked', 'Too many failures at this account'],
  ['limited', 'Too many attempts from this address'],
  ['busy', 'Too many attempts at this account at once'],
  ['insecure', 'Plain http'],
  ['internal', 'A failure of ours'],
];

const text = { type: 'string' } as const;
const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
} as const;
const RATE_LIMIT = {
  RateLimit: { description: 'What is left of the limit', schema: text },
  'RateLimit-Policy': { description: 'The limit', schema: text },
} as const;
const TRACE = {
  'X-Request-Id': {
    description: 'Names the request in the log',
    schema: { type: 'string', format: 'uuid' },
  },
} as const;

const headersOf: Partial<Record<Reason, object>> = {
  locked: RETRY_AFTER,
  limited: { ...RETRY_AFTER, ...RATE_LIMIT },
  busy: RETRY_AFTER,
  internal: RETRY_AFTER,
};

export function openApiDocument(contract: Contract, answers: Answers, login: Golden) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: answers.title,
      version: '1.0.0',
      description: answers.description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: `/${contract.name}`, description: 'Under its own name' },
      { url: '/', description: 'On bare paths, where this contract is the one that answers' },
    ],
    tags: [{ name: 'auth', description: 'Signing in' }],
    security: [],
    paths: {
      [`${contract.base}/login`]: {
        post: {
          operationId: 'login',
          tags: ['auth'],
          summary: 'Sign in',
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: contract.login.meta({ id: 'LoginRequest' }),
                example: login.request.body,
              },
            },
          },
          responses: { 200: grant(answers, login), ...refusals(contract, answers) },
        },
      },
    },
  });
}

function grant({ login: schema }: Answers, { response }: Golden) {
  const cookie = Object.keys(response.headers).some((name) => /^set-cookie$/i.test(name));
  const setCookie = { 'Set-Cookie': { description: 'The refresh token', schema: text } };
  return {
    description: 'Signed in',
    headers: { ...TRACE, ...(cookie ? setCookie : {}) },
    content: { 'application/json': { schema, example: legible(response.body) } },
  };
}

/** Refusals by status, each reason with the example of what is really said. */
function refusals(contract: Contract, { refusal: schema }: Answers): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, { said: string[]; headers: object; examples: object }>();
  for (const [reason, when] of occasions) {
    if (reason === 'unverified' && !contract.requiresVerifiedEmail) continue;
    const { status, body } = refusalWire(contract, refusalFor(contract, reason), circumstances);
    const { said, headers, examples } = byStatus.get(status) ?? {
      said: [],
      headers: {},
      examples: {},
    };
    byStatus.set(status, {
      said: [...said, when],
      headers: { ...headers, ...headersOf[reason] },
      examples: { ...examples, [reason]: { summary: when, value: body } },
    });
  }
  return Object.fromEntries(
    [...byStatus].map(([status, { said, headers, examples }]) => [
      String(status),
      {
        description: said.join('; '),
        headers: { ...TRACE, ...headers },
        content: { 'application/json': { schema, examples } },
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

/** A malformed body says what this contract's own fields lack; the other reasons are samples. */
function refusalFor(contract: Contract, reason: Reason): Refusal {
  if (reason !== 'malformed') return sampleOf(reason);
  const { error } = contract.login.safeParse({});
  if (error === undefined) throw new Error(`${contract.name} takes an empty body for a login`);
  return { reason, issues: issuesOf(error, {}) };
}

/** The placeholders of a golden answer, as a reader would like to see them. */
function legible(body: unknown): unknown {
  const json = JSON.stringify(body)
    .replaceAll(/<(?:access|refresh)-jwt>/g, 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9...')
    .replaceAll('<uuid>', '550e8400-e29b-41d4-a716-446655440000')
    .replaceAll('"<integer>"', '123');
  return JSON.parse(json);
}
