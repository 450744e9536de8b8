/** Makes the bodies of sign-ins with passkeys, for the users `cut-<n>`. */
import { emailRemember } from '../../src/contracts/email-remember.ts';
import { encodeRequest } from '../../src/contracts/routes.ts';
import type { PasskeyAuthenticator } from '../../test/support/passkey-authenticator.ts';
import { givePasskeys, signIn } from '../passkey-accounts.ts';
import type { Server } from '../server.ts';
import { USERS } from './workers.ts';

const authenticators = new WeakMap<Server, Promise<PasskeyAuthenticator[]>>();

/** Every user has one passkey, given at the first call for a server. */
async function authenticatorsOf(server: Server): Promise<PasskeyAuthenticator[]> {
  const emails = Array.from({ length: USERS }, (_, n) => `cut-${n}@bench.example`);
  const given = authenticators.get(server) ?? givePasskeys(await server.database(), emails);
  authenticators.set(server, given);
  return given;
}

/** The users in turns, each with a challenge of its own. */
export async function passkeyLogins(server: Server, amount: number): Promise<string[]> {
  const all = await authenticatorsOf(server);
  const bodies: string[] = [];
  for (let n = 0; n < amount; n += 1) {
    const authenticator = all[n % all.length] as PasskeyAuthenticator;
    const credential = await signIn(emailRemember.name, authenticator);
    const input = { credential, remember: false };
    bodies.push(encodeRequest(emailRemember, 'passkey-login', { input }).body ?? '');
  }
  return bodies;
}
