/** Changes the password of a user who gives the current one. All other sessions end. */
import { UNAUTHENTICATED, type AuthenticatedRequest } from './authenticate.ts';
import { notify } from './email.ts';
import { ok, refuse, type NewDeviceCookie, type Outcome } from './model/outcome.ts';
import { checkNewPassword } from './password-rules.ts';
import { requirePassword } from './prove-identity.ts';
import type { ReauthenticatePorts } from './reauthenticate.ts';
import { auditContext } from './use-case.ts';

interface ChangePasswordRequest extends AuthenticatedRequest<
  ReauthenticatePorts | 'accountChanges' | 'mailer' | 'passwordRules'
> {
  /** Null: none was sent, as is right where the account has none. */
  currentPassword: string | null;
  newPassword: string;
}

export async function changePassword(
  request: ChangePasswordRequest,
): Promise<Outcome<NewDeviceCookie>> {
  const { services, currentPassword, newPassword } = request;
  const caller = await requirePassword(request, {
    password: currentPassword,
    field: 'currentPassword',
    label: 'Current password',
  });
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { account, user } = session;
  const password = { value: newPassword, field: 'newPassword' };
  const refusal = await checkNewPassword(services, password, user);
  if (refusal !== null) return refuse(refusal);

  const passwordHash = await services.passwords.hash(newPassword);
  const isChanged = await services.accountChanges.changePassword(account, {
    ...auditContext(request, accountKey),
    passwordHash,
    keepSessionId: session.id,
  });
  // Another request has changed it meanwhile, and that has ended this session.
  if (!isChanged) return UNAUTHENTICATED;
  notify(request, account, { kind: 'password-changed' });
  // This browser has proven the password as a login does.
  const deviceVersion = account.deviceVersion + 1;
  return ok({ deviceCookie: await services.devices.issue({ userId: user.id, deviceVersion }) });
}
