/** Inputs of the operations that transfer a session. */
import { createHash } from 'node:crypto';
import { valueNamed } from '../authenticator.ts';
import { at, granted, plain, type Account } from './accounts.ts';

const VERIFIER = 'v'.repeat(43);
const returnTo = 'https://app.example/callback';
const codeChallenge = createHash('sha256').update(VERIFIER).digest('base64url');

export const codeRequest = ({ tokens: { refresh } }: Account) => ({
  codeChallenge,
  returnTo,
  refreshToken: refresh,
});

export async function codeExchange(account: Account) {
  const asked = at(account, 'issue-authorization-code', codeRequest(account));
  const { text } = await granted(plain.app, asked);
  const code = String(valueNamed(JSON.parse(text), 'code'));
  return { code, codeVerifier: VERIFIER, returnTo };
}
