/** Every operation of the admin API, asked by operators and others of every kind. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { ADMIN_OPERATIONS } from '../../src/http/admin-operations.ts';
import { eventsOf } from '../support/operator.ts';
import {
  addOperator,
  asking,
  CONTRACT,
  operatorSettings,
  passwordSession,
  ROLES,
  TOKENS,
  type OperatorAccount,
} from '../support/operators.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { addUser, createTestApp } from '../support/test-app.ts';

const app = createTestApp(operatorSettings);
const ask = asking(app);
const execute = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();

const READS = new Set(['overview', 'list-users', 'show-user', 'list-sessions', 'read-audit']);
const PROVEN = new Set(['delete-user', 'reset-factors', 'set-role']);
const kindOf = (name: string): keyof Expected =>
  READS.has(name) ? 'read' : PROVEN.has(name) ? 'proven' : 'write';
const operations = Object.entries(ADMIN_OPERATIONS).map(([name, { method, path }]) => ({
  name,
  method,
  path,
  kind: kindOf(name),
}));

type Answered = readonly [status: number, error: string | null];
type Expected = Record<'read' | 'write' | 'proven', Answered>;
const always = (status: number, error: string | null): Expected => ({
  read: [status, error],
  write: [status, error],
  proven: [status, error],
});

const GRANTED = [200, null] as const;
const SCOPE = [403, 'insufficient_scope'] as const;
const UNAUTHORIZED = always(401, 'unauthorized');
const FACTOR = always(403, 'second_factor_required');
const reading: Expected = { read: GRANTED, write: SCOPE, proven: SCOPE };

const withRole =
  (role: string | null, change?: (account: OperatorAccount) => unknown) => async () => {
    const account = await addOperator(app, role);
    await change?.(account);
    return account.token;
  };

/** The bearer token, and the answer by the kind of operation. */
const callers: [string, token: () => Promise<string | null>, Expected][] = [
  ['no token', async () => null, UNAUTHORIZED],
  ['a wrong token', async () => `${TOKENS.write}x`, UNAUTHORIZED],
  ['a token that reads', async () => TOKENS.read, reading],
  ['a token that writes', async () => TOKENS.write, always(200, null)],
  ['a user without role', withRole(null), always(403, 'not_an_operator')],
  ['a user with another role', withRole('role-none'), always(403, 'not_an_operator')],
  ['an account that reads', withRole(ROLES.readRole), reading],
  ['an account that writes', withRole(ROLES.writeRole), always(200, null)],
  [
    'an account that signed in with the password alone',
    async () => passwordSession(app, (await addOperator(app, ROLES.writeRole)).user),
    FACTOR,
  ],
  [
    'a session that has ended',
    withRole(ROLES.writeRole, ({ token }) => client(app, CONTRACT).logoutAll(token)),
    UNAUTHORIZED,
  ],
  [
    'a deactivated account',
    withRole(ROLES.writeRole, ({ user }) =>
      execute("UPDATE users SET status = 'inactive' WHERE id = ?", user.id),
    ),
    UNAUTHORIZED,
  ],
  [
    'an account whose password was changed since',
    withRole(ROLES.writeRole, ({ user }) =>
      execute('UPDATE users SET credential_version = credential_version + 1 WHERE id = ?', user.id),
    ),
    UNAUTHORIZED,
  ],
  [
    'an account that has lost its role',
    withRole(ROLES.writeRole, async ({ token, user }) => {
      await ask('GET /users', token);
      await execute('UPDATE users SET role_id = NULL WHERE id = ?', user.id);
    }),
    always(403, 'not_an_operator'),
  ],
  [
    'an account whose role was lowered',
    withRole(ROLES.writeRole, ({ user }) =>
      execute('UPDATE users SET role_id = ? WHERE id = ?', ROLES.readRole, user.id),
    ),
    reading,
  ],
  [
    'an account whose proof is five minutes old',
    withRole(ROLES.writeRole, () => moveClock(300_000)),
    { ...always(200, null), proven: [403, 'reauthentication_required'] },
  ],
  [
    'an account whose proof is a moment younger',
    withRole(ROLES.writeRole, () => moveClock(299_999)),
    always(200, null),
  ],
  ['a refresh token of an operator', async () => refreshTokenOf(ROLES.writeRole), UNAUTHORIZED],
  ['an operator’s token of another contract', async () => otherContract(), UNAUTHORIZED],
];

async function refreshTokenOf(role: string): Promise<string> {
  const { user } = await addOperator(app, role);
  return tokensOf(await client(app, CONTRACT).login(user)).refresh;
}

async function otherContract(): Promise<string> {
  const { user } = await addOperator(app, ROLES.writeRole);
  const { access } = tokensOf(await client(app, 'email-envelope').login(user));
  await execute(
    'UPDATE sessions SET second_factor_at_ms = ? WHERE user_id = ?',
    Date.now(),
    user.id,
  );
  return access;
}

describe.each(callers)('%s', (_, tokenOf, expected) => {
  it.each(operations)('is answered at $name as the table says', async ({ method, path, kind }) => {
    const token = await tokenOf();
    const user = await addUser();
    const body = path.endsWith('/role') ? { role: null } : undefined;
    const route = `${method} ${path.replace(':id', String(user.id)) as '/'}` as const;
    const { status, text, headers } = await ask(route, token, body);
    const [wanted, error] = expected[kind];
    expect([status === 204 ? 200 : status, error === null ? null : JSON.parse(text).error]).toEqual(
      [wanted, error],
    );
    const challenges: Record<string, string> = {
      unauthorized: token === null ? 'Bearer' : 'Bearer error="invalid_token"',
      insufficient_scope: 'Bearer error="insufficient_scope", scope="write"',
    };
    expect(headers.get('WWW-Authenticate')).toBe(challenges[error ?? ''] ?? null);
    if (error !== null) expect(await eventsOf(user.id)).toEqual([]);
  });
});
