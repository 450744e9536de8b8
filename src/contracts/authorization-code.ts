/** The bodies of the operations that transfer a session to an application, alike in all contracts. */
import * as z from 'zod/mini';
import type { AuthorizationCode } from '../flows/authorization-code.ts';
import type { InputOf } from '../flows/operations.ts';
import type { Respond, Style } from './factor-responses.ts';
import { requiredText } from './fields.ts';
import { request, unchanged } from './requests.ts';
import { text } from './responses.ts';

/** As long as `return_to` may be. */
const MAX_URL_LENGTH = 2_000;
/** Longer than any code that is issued (some 550 characters). */
const MAX_CODE_LENGTH = 1_024;

const returnTo = () =>
  requiredText('Return to').check(z.maxLength(MAX_URL_LENGTH, 'Return to is too long'));

/** `hasRefresh`: the contract has refresh tokens, in bodies. */
export const authorizationCodeRequests = (hasRefresh: boolean) => ({
  'issue-authorization-code': request<Record<string, unknown>, InputOf<'issue-authorization-code'>>(
    () =>
      z.object({
        // RFC 7636 4.2: SHA-256 of the verifier, base64url.
        codeChallenge: requiredText('Code challenge').check(
          z.regex(/^[\w-]{43}$/, 'Code challenge must be a SHA-256 in base64url'),
        ),
        returnTo: returnTo(),
        ...(hasRefresh && { refreshToken: requiredText('Refresh token') }),
      }),
    (body) => ({
      codeChallenge: body['codeChallenge'] as string,
      returnTo: body['returnTo'] as string,
      refreshToken: hasRefresh ? (body['refreshToken'] as string) : null,
    }),
    ({ refreshToken, ...input }) => ({ ...input, ...(hasRefresh && { refreshToken }) }),
  ),
  'exchange-authorization-code': unchanged(() =>
    z.object({
      code: requiredText('Code').check(z.maxLength(MAX_CODE_LENGTH, 'Code is too long')),
      // RFC 7636 4.1.
      codeVerifier: requiredText('Code verifier').check(
        z.regex(
          /^[\w.~-]{43,128}$/,
          'Code verifier must be 43 to 128 letters, digits, "-", ".", "_" or "~"',
        ),
      ),
      returnTo: returnTo(),
    }),
  ),
});

export function authorizationCodeResponses({ nameCase = 'camel' }: Style, respond: Respond) {
  const expiresIn = nameCase === 'camel' ? 'expiresIn' : 'expires_in';
  return {
    authorizationCode: respond('AuthorizationCodeResponse', {
      schema: () => ({
        code: text('Good once, at exchange'),
        [expiresIn]: z.int().check(z.meta({ description: 'Seconds' })),
      }),
      render: ({ code, expiresInSeconds }: AuthorizationCode) => ({
        code,
        [expiresIn]: expiresInSeconds,
      }),
    }),
  };
}
