/** Requests that transfer a session (requests.ts), and are granted. */
import { createHash } from 'node:crypto';
import { valueNamed } from '../authenticator.ts';
import { succeeded, type Tools } from './factor-requests.ts';

const VERIFIER = 'v'.repeat(43);
const returnTo = 'https://app.example/callback';
const codeChallenge = createHash('sha256').update(VERIFIER).digest('base64url');

export function authorizationCodeRequests({ caller, from, signedIn, write }: Tools) {
  const asked = async () => {
    const signedBy = await signedIn();
    const refreshToken = signedBy.refresh || null;
    return { ...signedBy, input: { codeChallenge, returnTo, refreshToken } };
  };
  return {
    'issue-authorization-code': async () => {
      const { user, access, refresh, secret, input } = await asked();
      const outgoing = write('issue-authorization-code', input, { token: access });
      return { outgoing, needed: [access, refresh].filter(Boolean), secret, user };
    },
    'exchange-authorization-code': async () => {
      const { user, access, secret, input } = await asked();
      const sending = { token: access, ...from() };
      const { text } = succeeded(await caller.ask('issue-authorization-code', input, sending));
      const code = String(valueNamed(JSON.parse(text), 'code'));
      const sent = { code, codeVerifier: VERIFIER, returnTo };
      const outgoing = write('exchange-authorization-code', sent);
      return { outgoing, needed: [code, VERIFIER], secret: [...secret, code], user };
    },
  };
}
