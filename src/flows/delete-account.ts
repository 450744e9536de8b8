/** The end of an account: what is personal goes, and the audit keeps a pseudonym. */
import { happening } from './account-request.ts';
import { clearLockouts, scopesOfUser } from './lockout-keys.ts';
import { granted, refused, type Outcome } from './outcome.ts';
import { reauthenticate, type PrivateRequest } from './reauthenticate.ts';

export async function deleteAccount(
  request: PrivateRequest & { password: string },
): Promise<Outcome<null>> {
  const caller = await reauthenticate(request, request.password);
  if (!caller.ok) return caller;
  const { session, subject } = caller.value;
  const { services, rules } = request;
  const done = await services.credentials.remove(session.account, happening(request, subject));
  if (!done) return refused({ reason: 'unauthenticated', presented: true });
  // After a final stop the guard would keep the failures for ever.
  services.later(clearLockouts(services, scopesOfUser(session.user), rules.lockout));
  return granted(null);
}
