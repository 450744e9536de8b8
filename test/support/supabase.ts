/** Clients of @supabase/supabase-js, unmodified, of one server; and the errors that they report. */
import { createClient, type Session, type SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import { expect } from 'vitest';
import { codeAt } from './authenticator.ts';
import { newAddress, type ClientServer, type ClientUser } from './client-server.ts';

/** The JWT secret of a Supabase project, as PostgREST is configured with it. */
export const SECRET = new TextEncoder().encode(
  'a secret that PostgREST knows, of 32 bytes or more',
);
const k = Buffer.from(SECRET).toString('base64url');
const key = { kty: 'oct', alg: 'HS256', kid: 'supabase', k, contracts: ['gotrue'] };

/** Settings of a project whose tokens are signed with the secret. */
export const PROJECT = {
  CONTRACTS: ['gotrue'],
  TOKEN_KEYS: JSON.stringify({ keys: [key] }),
};

/** A token of no session, which clients send until their user is signed in. */
export const anonKey = (): Promise<string> =>
  new SignJWT({ role: 'anon' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(SECRET);

export type Client = SupabaseClient['auth'];

interface Connection {
  address?: Record<string, string>;
  fetch?: typeof fetch;
  anonKey?: string;
}

export function connect({ origin }: ClientServer, connection: Connection = {}): Client {
  const { address = newAddress(), fetch: send = fetch, anonKey = 'an anonymous key' } = connection;
  const auth = { persistSession: false, autoRefreshToken: false };
  return createClient(origin, anonKey, { auth, global: { headers: address, fetch: send } }).auth;
}

/** Connects a client on which a user is signed in. */
export async function signIn(
  server: ClientServer,
  user: ClientUser,
  connection?: Connection,
): Promise<Client> {
  const client = connect(server, connection);
  const { error } = await client.signInWithPassword(user);
  if (error !== null) throw error;
  return client;
}

export async function sessionOf(client: Client): Promise<Session> {
  const { data } = await client.getSession();
  if (data.session === null) throw new Error('the client has no session');
  return data.session;
}

export const apiError = (status: number, code: string, message: string): unknown =>
  expect.objectContaining({ name: 'AuthApiError', status, code, message });
export const sessionMissing: unknown = expect.objectContaining({ name: 'AuthSessionMissingError' });

const STEP_MS = 30_000;

/** Enrols a factor that is not confirmed yet. */
export async function enroll(client: Client, friendlyName = 'Phone') {
  const { data, error } = await client.mfa.enroll({ factorType: 'totp', friendlyName });
  if (error !== null) throw error;
  return data;
}

/** A user with a confirmed factor, the client that enrolled it, and the code of the next time step. */
export async function enrolled(server: ClientServer) {
  const user = await server.createUser();
  const client = await signIn(server, user);
  const { id: factorId, totp } = await enroll(client);
  const code = codeAt(totp.secret);
  const { data, error } = await client.mfa.challengeAndVerify({ factorId, code });
  if (error !== null) throw error;
  return { user, client, factorId, code, next: codeAt(totp.secret, Date.now() + STEP_MS), data };
}

/** Signs in as far as the password goes. */
export async function signInPending(server: ClientServer, user: ClientUser) {
  const client = connect(server);
  const { data, error } = await client.signInWithPassword(user);
  if (error !== null || data.session === null) throw error ?? new Error('no session');
  return { client, session: data.session };
}

/** Makes all proofs of identity older than five minutes. */
export const letTimePass = ({ database }: ClientServer) =>
  database.exec(
    'update sessions set proven_at_ms = 0, second_factor_at_ms = second_factor_at_ms - 300000',
  );
