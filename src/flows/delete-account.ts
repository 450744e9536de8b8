/** The end of an account: what is personal goes, and the audit keeps a pseudonym. */
import { auditContext } from './account-request.ts';
import { clearLockouts, scopesOfUser } from './lockout-keys.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import { reauthenticate, type PrivateRequest } from './reauthenticate.ts';

export async function deleteAccount(
  request: PrivateRequest & { password: string },
): Promise<Outcome<null>> {
  const caller = await reauthenticate(request, request.password);
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { services, rules } = request;
  const done = await services.accountChanges.remove(
    session.account,
    auditContext(request, accountKey),
  );
  if (!done) return refuse({ reason: 'unauthenticated', presented: true });
  // After a final stop the guard would keep the failures for ever.
  services.waitUntil(clearLockouts(services, scopesOfUser(session.user), rules.lockout));
  return ok(null);
}
