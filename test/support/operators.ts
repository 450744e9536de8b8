/** Operators of every kind: accounts with a role and a session, and tokens with a scope. */
import { env } from 'cloudflare:workers';

import { operator } from './operator.ts';
import { addPasskey, signInBy, type HeldPasskey } from './passkeys.ts';
import { client, tokensOf } from './session.ts';
import { addUser, type TestApp, type TestUser } from './test-app.ts';

export const ROLES = { readRole: 'role-support', writeRole: 'role-operations' };
export const CONTRACT = 'email-cookie';

/** Two tokens in the place of one. */
export const TOKENS = {
  read: `read-${'r'.repeat(40)}`,
  write: `write-${'w'.repeat(40)}`,
} as const;

export const operatorSettings = {
  OPERATORS: { ...ROLES, contract: CONTRACT },
  OPERATOR_TOKEN: JSON.stringify([
    { id: 'reader', token: TOKENS.read, scope: 'read' },
    { id: 'writer', token: TOKENS.write, scope: 'write' },
  ]),
};

export interface OperatorAccount {
  user: TestUser & { id: number };
  publicId: string;
  passkey: HeldPasskey;
  /** Of a session that a passkey opened. */
  token: string;
}

const addRoles = () =>
  Promise.all(
    [...Object.values(ROLES), 'role-none'].map((id) =>
      env.DB.prepare('INSERT OR IGNORE INTO roles (id, name) VALUES (?, ?)').bind(id, id).run(),
    ),
  );

let operators = 0;
/** Adds a user with the role, signed in with a passkey. */
export async function addOperator(app: TestApp, role: string | null): Promise<OperatorAccount> {
  await addRoles();
  operators += 1;
  const publicId = `operator-${operators}`;
  const user = await addUser({ role_id: role, public_id: publicId });
  const passkey = await addPasskey(user);
  const { access: token } = tokensOf(await signInBy(client(app, CONTRACT), passkey));
  return { user, publicId, passkey, token };
}

/** The access token of another session of the user, which the password alone has opened. */
export const passwordSession = async (app: TestApp, user: TestUser): Promise<string> =>
  tokensOf(await client(app, CONTRACT).login(user)).access;

/** Asks the admin API with a bearer token; null: with none. */
export function asking(app: TestApp) {
  const { call } = operator(app);
  return (route: Parameters<typeof call>[0], token: string | null, body?: unknown) =>
    call(route, { body, headers: { Authorization: token === null ? '' : `Bearer ${token}` } });
}
