/** Deletes the account of a user who gives the password: the audit keeps a pseudonym alone. */
import { UNAUTHENTICATED, type AuthenticatedRequest } from './authenticate.ts';
import { notify } from './email.ts';
import { clearLockouts, scopesOfUser } from './lockout-keys.ts';
import { ok, type Outcome } from './model/outcome.ts';
import { requirePassword } from './prove-identity.ts';
import type { ReauthenticatePorts } from './reauthenticate.ts';
import { auditContext } from './use-case.ts';

interface DeleteAccountRequest extends AuthenticatedRequest<
  ReauthenticatePorts | 'accountChanges' | 'mailer'
> {
  /** Null: none was sent, as is right where the account has none. */
  password: string | null;
}

export async function deleteAccount(request: DeleteAccountRequest): Promise<Outcome<null>> {
  const { password } = request;
  const asked = { password, field: 'password', label: 'Password' };
  const caller = await requirePassword(request, asked);
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { services, rules } = request;
  const context = auditContext(request, accountKey);
  if (!(await services.accountChanges.remove(session.account, context))) return UNAUTHENTICATED;
  // After a final stop the lockout would keep the failures for ever.
  services.waitUntil(clearLockouts(services, scopesOfUser(session.user), rules.lockout));
  notify(request, session.account, { kind: 'account-deleted' });
  return ok(null);
}
