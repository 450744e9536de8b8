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
import { user, guard, next, changed, event, overview, session } from './admin-schemas.ts';
import { retryAfter, text, trace } from './refusals.ts';

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
  overview: { '200': answer({ description: 'The counts', schema: overview }) },
  'list-users': { '200': answer({ description: 'A page', schema: page }) },
  'show-user': { '200': answer({ description: 'The user', schema: state }) },
  'list-sessions': {
    '200': answer({
      description: 'The sessions',
      schema: z.strictObject({ sessions: z.array(session) }).meta({ id: 'Sessions' }),
    }),
  },
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
    '404': missing['404'],
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
      { name: 'overview', description: 'Counts at a glance' },
      { name: 'audit', description: 'What happened to users' },
    ],
    security: [{ operator: [] }],
    paths,
    components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
  });
}
