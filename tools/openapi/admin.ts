/**
 * The operator's OpenAPI 3.1 document: what may be asked comes from the very schemas that validate
 * it, and the tests hold every answer against what is said of it here.
 */
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { auditQuery, roleBody, userId, userQuery } from '../../src/http/admin-input.ts';

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
    language: z.string(),
    isAdmin: z.boolean(),
    role: named,
    team: named,
    status: z.enum(['active', 'inactive']),
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
    stopped: z.boolean().meta({ description: 'Only a password reset or an unlock opens it' }),
    ticketsOut: z.int().meta({ description: 'Attempts whose verdict is not told yet' }),
  })
  .meta({
    id: 'Guard',
    description:
      'Of both names and of the password checks of the sessions: counts are added up, and the most severe lock is shown. Known devices are not in it',
  });

const next = z
  .int()
  .nullable()
  .meta({ description: 'The cursor of the next page; null: the last' });

const changed = z
  .strictObject({
    user,
    changed: z.boolean().meta({ description: 'False: it was so already, and nothing is audited' }),
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
    subject: z
      .string()
      .meta({ description: 'A pseudonym of the account, or of a name that nobody has' }),
    sessionId: z.string().nullable(),
    contract: z.string().meta({ description: '`admin` where an operator did it' }),
    address: z.string(),
    traceId: z.string(),
  })
  .meta({ id: 'AuditEvent' });

const refusal = z
  .strictObject({
    error: z.string(),
    details: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({ id: 'Refusal' });

const trace = {
  'X-Request-Id': {
    description: 'Names the request in log and audit',
    schema: { type: 'string', format: 'uuid' },
  },
} as const;

const text = { type: 'string' } as const;
const integer = { type: 'integer', minimum: 1 } as const;

interface Told {
  description: string;
  schema?: z.ZodType;
  headers?: NonNullable<ZodOpenApiResponseObject['headers']>;
}

const answer = ({ description, schema, headers }: Told): ZodOpenApiResponseObject => ({
  description,
  headers: { ...trace, ...headers },
  ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }),
});

const refused = (description: string, headers?: Told['headers']) =>
  answer({ description, schema: refusal, ...(headers === undefined ? {} : { headers }) });

const later = { 'Retry-After': { description: 'Seconds to wait', schema: integer } };

const everywhere = {
  '401': refused('No token, or a wrong one', {
    'WWW-Authenticate': { description: 'Bearer', schema: text },
  }),
  '403': refused('Plain http'),
  '429': refused('Too many requests from this address', later),
  '500': refused('A failure of ours', later),
};

const malformed = { '400': refused('What is asked is malformed; `details` says where') };
const missing = { '404': refused('No such user') };
const byId = { path: z.object({ id: userId }) };

const change = (operationId: string, summary: string): ZodOpenApiOperationObject => ({
  operationId,
  tags: ['users'],
  summary,
  requestParams: byId,
  responses: {
    '200': answer({ description: 'The user as it is now', schema: changed }),
    ...malformed,
    ...missing,
    ...everywhere,
  },
});

const link = {
  Link: { description: 'The next page, `rel="next"`, where there is one', schema: text },
};

const list: ZodOpenApiOperationObject = {
  operationId: 'listUsers',
  tags: ['users'],
  summary: 'Search users; in the order of their numbers',
  requestParams: { query: userQuery },
  responses: {
    '200': answer({
      description: 'A page',
      schema: z.strictObject({ users: z.array(user), next }).meta({ id: 'Users' }),
    }),
    ...malformed,
    ...everywhere,
  },
};

const show: ZodOpenApiOperationObject = {
  operationId: 'showUser',
  tags: ['users'],
  summary:
    'A user, what the guard counts at their names and sessions, and how many sessions are live',
  requestParams: byId,
  responses: {
    '200': answer({
      description: 'The user',
      schema: z.strictObject({ user, guard, liveSessions: z.int() }).meta({ id: 'UserState' }),
    }),
    ...malformed,
    ...missing,
    ...everywhere,
  },
};

const remove: ZodOpenApiOperationObject = {
  operationId: 'deleteUser',
  tags: ['users'],
  summary: 'Delete a user: what is personal goes, the audit keeps a pseudonym',
  requestParams: byId,
  responses: {
    '204': answer({ description: 'Deleted' }),
    ...malformed,
    ...missing,
    '409': refused('The password changed hands meanwhile; nothing was deleted'),
    ...everywhere,
  },
};

const role: ZodOpenApiOperationObject = {
  ...change('setRole', 'Give the user a role, or take it away'),
  requestBody: {
    required: true,
    content: { 'application/json': { schema: roleBody.check(z.meta({ id: 'RoleRequest' })) } },
  },
};

const audit: ZodOpenApiOperationObject = {
  operationId: 'readAudit',
  tags: ['audit'],
  summary: 'The audit, newest first',
  description:
    'A page looks at a bounded stretch of the audit, so it may be short, or empty: there is more as long as `next` is not null.',
  requestParams: { query: auditQuery },
  responses: {
    '200': {
      description: 'A page; as CSV where `format` or `Accept` asks for it',
      headers: { ...trace, ...link },
      content: {
        'application/json': {
          schema: z.strictObject({ events: z.array(event), next }).meta({ id: 'Audit' }),
        },
        'text/csv': { schema: text },
      },
    },
    ...malformed,
    ...everywhere,
  },
};

export function adminDocument() {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse for its operator',
      version: '1.0.0',
      description:
        'Users, what may be done about them, and the audit. Every change is audited with the caller’s address and the request’s id.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/admin', description: 'Where OPERATOR_TOKEN is set' }],
    tags: [
      { name: 'users', description: 'Whom the house knows' },
      { name: 'audit', description: 'What happened to them' },
    ],
    security: [{ operator: [] }],
    paths: {
      '/users': { get: list },
      '/users/{id}': { get: show, delete: remove },
      '/users/{id}/deactivate': {
        post: change('deactivateUser', 'Deactivate a user; ends all sessions at once'),
      },
      '/users/{id}/activate': {
        post: change('activateUser', 'Activate a user; brings no session back'),
      },
      '/users/{id}/unlock': {
        post: change(
          'unlockUser',
          'Forget failures, locks and final stops at both names and in sessions',
        ),
      },
      '/users/{id}/end-sessions': { post: change('endSessions', 'End all sessions of a user') },
      '/users/{id}/role': { post: role },
      '/audit': { get: audit },
    },
    components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
  });
}
