/** The operations that transfer a session to an application: rows of the operations' table. */
import { exchangeAuthorizationCode, issueAuthorizationCode } from './authorization-code.ts';
import { ATTEMPT, PUBLIC_ATTEMPT, row, withInput, type OperationRequest } from './operation.ts';

export const AUTHORIZATION_CODE_OPERATIONS = {
  'issue-authorization-code': row({
    ...ATTEMPT,
    path: 'authorization-code',
    summary: 'Ask for a code that transfers this session to an application',
    access: 'bearer',
    response: 'authorizationCode',
    run: (
      request: OperationRequest<{
        codeChallenge: string;
        returnTo: string;
        refreshToken: string | null;
      }>,
    ) => issueAuthorizationCode(withInput(request)),
  }),
  'exchange-authorization-code': row({
    ...PUBLIC_ATTEMPT,
    path: 'authorization-code/exchange',
    summary: 'Trade the code for the tokens of the session (PKCE, RFC 7636)',
    refusals: ['invalid-code'],
    response: 'login',
    run: (request: OperationRequest<{ code: string; codeVerifier: string; returnTo: string }>) =>
      exchangeAuthorizationCode(withInput(request)),
  }),
};
