/** The contracts of OAuth 2, and what clients see of them. */
import { expect } from 'vitest';
import { startClientServer } from '../support/client-server.ts';

export const WIRES = [
  {
    contract: 'oauth2',
    issuer: '',
    at: '',
    algorithm: 'oauth2',
    wrong: { status: 400, error: 'invalid_grant', error_description: 'Wrong username or password' },
    locked: { status: 429, error: 'temporarily_unavailable' },
    inactive: {
      status: 400,
      error: 'invalid_grant',
      error_description: 'This account is inactive',
    },
    granted: { expires_in: 900, scope: 'profile email' },
  },
  {
    contract: 'keycloak',
    issuer: '/realms/shop',
    at: '/realms/shop/protocol/openid-connect',
    algorithm: 'oidc',
    wrong: { status: 401, error: 'invalid_grant', error_description: 'Invalid user credentials' },
    // As Keycloak does it: a lock is not told apart from a wrong password.
    locked: { status: 401, error: 'invalid_grant', error_description: 'Invalid user credentials' },
    inactive: { status: 400, error: 'invalid_grant', error_description: 'Account disabled' },
    granted: {
      expires_in: 300,
      refresh_expires_in: 1800,
      'not-before-policy': 0,
      session_state: expect.any(String),
      scope: 'profile email',
    },
  },
] as const;

export const ATTEMPTS_A_MINUTE = 12;

export function startOAuthServer() {
  const CONTRACTS = WIRES.map(({ contract }) => contract);
  const ADDRESS_LIMITS = Object.fromEntries(CONTRACTS.map((name) => [name, ATTEMPTS_A_MINUTE]));
  return startClientServer({ CONTRACTS, ADDRESS_LIMITS });
}

interface ClientError extends Error {
  status?: number;
  error?: string;
  error_description?: string;
  cause?: unknown;
  response?: Response;
  /** simple-oauth2's (Boom). */
  output?: { statusCode: number };
  data?: { payload: { error: string; error_description: string } };
}

/** Describes the error that a client package throws, as the application sees it. */
export async function refusal(request: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await request.then(
    () => new Error('was granted'),
    (error: ClientError) => error,
  );
  const { name, message, status, cause, response, output, data }: ClientError = error;
  if (data !== undefined) return { status: output?.statusCode, ...data.payload };
  if (status === undefined) return { name, message, cause };
  const body = Array.isArray(cause) ? { cause } : (cause as object);
  const retryAfter = response?.headers.get('Retry-After') ?? null;
  return { name, status, ...body, retryAfter };
}
