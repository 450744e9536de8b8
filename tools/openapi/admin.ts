/**
 * The OpenAPI 3.1 document of the admin API: operations from their table, input from the schemas that
 * validate it. The tests hold every answer against the schemas here.
 */
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { userId } from '../../src/http/admin-input.ts';
import { ADMIN_OPERATIONS, type AdminOperation } from '../../src/http/admin-operations.ts';
import { retryAfter, text, trace } from './refusals.ts';

const time = z.iso.datetime();
const named = z.strictObject({ id: z.string(), name: z.string() }).nullable();

const user = z
  .strictObject({
    id: z.int(),
    publicId: z.string(),
    username: z.string().nullable(),
    email: z.string().nullable(),
    emailVerified: z.boolean(),
    name: z.string().nullable(),
    phone: z.string().nullable(),
    avatar: z.string().nullable(),
    bio: z.string().nullable(),
    language: z.string(),
    isAdmin: z.boolean(),
    role: named,
    team: named,
    status: z.enum(['active', 'inactive']),
    secondFactor: z.boolean().meta({ description: 'Has a confirmed second factor' }),
    passkeys: z.int().meta({ description: 'The number of passkeys' }),
    createdAt: time,
    lastLoginAt: time.nullable(),
  })
  .meta({ id: 'User' });

const guard = z
  .strictObject({
    failures: z.int().meta({ description: 'Since the last success or lock' }),
    failuresInARow: z.int().meta({ description: 'Since the last success' }),
    locksInARow: z.int().meta({ description: 'Since the last success' }),
    lockedUntil: time.nullable(),
    stopped: z.boolean().meta({ description: 'Locked until a password reset or an unlock' }),
    ticketsOut: z
      .int()
      .meta({ description: 'Attempts in progress, and logins that wait for their second factor' }),
  })
  .meta({
    id: 'Guard',
    description:
      'The lockout of both names and of the password checks in sessions: counts are added up, and the most severe lock is shown. Known devices are not included',
  });

const next = z
  .int()
  .nullable()
  .meta({ description: 'The cursor of the next page; null: the last' });

const changed = z
  .strictObject({
    user,
    changed: z
      .boolean()
      .meta({ description: 'False: nothing had to change, and nothing is audited' }),
    sessionsEnded: z.int(),
  })
  .meta({ id: 'Changed' });

const event = z
  .strictObject({
    id: z.int(),
    at: time,
    action: z.string().meta({
      description:
        '`ACCOUNT_LOCKED` once for each lock; its reason is `locked`, or `stopped` for the final stop',
    }),
    reason: z.string(),
    userId: z.int().nullable(),
    subject: z.string().meta({ description: 'A pseudonym of the account, or of an unknown name' }),
    sessionId: z.string().nullable(),
    contract: z.string().meta({ description: '`admin` for changes by an operator' }),
    address: z.string(),
    traceId: z.string(),
    operator: z.string().nullable().meta({
      description:
        'The operator who did it: the public id of an account, or `token:` and the id of a token',
    }),
  })
  .meta({ id: 'AuditEvent' });

const refusal = z
  .strictObject({
    error: z.string(),
    details: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({ id: 'Refusal' });

interface AnswerParts {
  description: string;
  schema?: z.ZodType;
  headers?: NonNullable<ZodOpenApiResponseObject['headers']>;
}

const answer = ({ description, schema, headers }: AnswerParts): ZodOpenApiResponseObject => ({
  description,
  headers: { ...trace, ...headers },
  ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }),
});

const refused = (description: string, headers?: AnswerParts['headers']) =>
  answer({ description, schema: refusal, ...(headers === undefined ? {} : { headers }) });

const everywhere = {
  '401': refused('No token, or a wrong one', {
    'WWW-Authenticate': { description: 'Bearer', schema: text },
  }),
  '403': refused(
    '`https_required`; `not_an_operator`; `second_factor_required`: the session was opened by a password alone; `insufficient_scope`; `reauthentication_required`: the operation needs a proof within the last five minutes. `details.methods` are the methods that prove it',
    { 'WWW-Authenticate': { description: 'Bearer, with `insufficient_scope`', schema: text } },
  ),
  '429': refused('Too many requests from this address', retryAfter),
  '500': refused('Internal error', retryAfter),
};

const ownAccount = { '409': refused('`own_account`: an operator’s own account') };
const malformed = { '400': refused('Malformed input; `details` says where') };
const missing = { '404': refused('No such user') };
const link = {
  Link: { description: 'The next page, `rel="next"`, if there is one', schema: text },
};
const page = z.strictObject({ users: z.array(user), next }).meta({ id: 'Users' });
const signInMethods = z.array(z.enum(['password', 'passkey'])).meta({
  description:
    'What the account has to sign in with; none: a password reset by e-mail makes a password',
});
const state = z
  .strictObject({ user, guard, liveSessions: z.int(), signInMethods })
  .meta({ id: 'UserState' });
const userAsChanged = {
  '200': answer({ description: 'The user as it is now', schema: changed }),
};

type Name = keyof typeof ADMIN_OPERATIONS;

/** The answers of each operation besides those that follow from its row. */
const ANSWERS: Record<Name, Record<`${number}`, ZodOpenApiResponseObject>> = {
  'list-users': { '200': answer({ description: 'A page', schema: page }) },
  'show-user': { '200': answer({ description: 'The user', schema: state }) },
  'delete-user': {
    '204': answer({ description: 'Deleted' }),
    '409': refused(
      '`own_account`: an operator’s own account; `changed_meanwhile`: the password changed hands meanwhile, and nothing was deleted',
    ),
  },
  'deactivate-user': userAsChanged,
  'activate-user': userAsChanged,
  'unlock-user': userAsChanged,
  'reset-factors': userAsChanged,
  'end-sessions': userAsChanged,
  'set-role': userAsChanged,
  'read-audit': {
    '200': {
      description: 'A page; as CSV if `format` or `Accept` asks for it',
      headers: { ...trace, ...link },
      content: {
        'application/json': {
          schema: z.strictObject({ events: z.array(event), next }).meta({ id: 'Audit' }),
        },
        'text/csv': { schema: text },
      },
    },
  },
};

function describe(name: Name, operation: AdminOperation<any>): ZodOpenApiOperationObject {
  const { path, summary, query, body } = operation;
  const isAboutUser = path.includes(':id');
  return {
    operationId: name,
    tags: [path.split('/')[1] ?? ''],
    summary,
    ...(name === 'read-audit' ? { description: SHORT_PAGES } : {}),
    ...(query || isAboutUser
      ? {
          requestParams: {
            ...(query ? { query: query as z.ZodObject } : {}),
            ...(isAboutUser ? { path: z.object({ id: userId }) } : {}),
          },
        }
      : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: body.check(z.meta({ id: 'RoleRequest' })) } },
          },
        }
      : {}),
    responses: {
      ...(operation.sparesOwnAccount ? ownAccount : {}),
      ...ANSWERS[name],
      ...malformed,
      ...(isAboutUser ? missing : {}),
      ...everywhere,
    },
  };
}

const SHORT_PAGES =
  'A page looks at a bounded stretch of the audit, so it may be short, or empty: there is more as long as `next` is not null.';

export function adminDocument() {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, operation] of Object.entries(ADMIN_OPERATIONS)) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    const method = operation.method.toLowerCase();
    paths[path] = { ...paths[path], [method]: describe(name as Name, operation) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse admin API',
      version: '1.0.0',
      description:
        'Users, changes to them, and the audit. Every change is audited with the operator, their address and the request’s id. The bearer token is one of OPERATOR_TOKEN, or the access token of an account with a role of OPERATORS.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/admin', description: 'If OPERATOR_TOKEN or OPERATORS is set' }],
    tags: [
      { name: 'users', description: 'Users and changes to them' },
      { name: 'audit', description: 'What happened to users' },
    ],
    security: [{ operator: [] }],
    paths,
    components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
  });
}
