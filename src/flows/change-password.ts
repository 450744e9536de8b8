/** A new password for who knows the current one. All other sessions end. */
import { checkNewPassword, auditContext } from './account-request.ts';
import { ok, refuse, type Outcome, type NewDeviceCookie } from './model/outcome.ts';
import { reauthenticate, type PrivateRequest } from './reauthenticate.ts';

export async function changePassword(
  request: PrivateRequest & { currentPassword: string; newPassword: string },
): Promise<Outcome<NewDeviceCookie>> {
  const { services, rules, currentPassword, newPassword } = request;
  const caller = await reauthenticate(request, currentPassword);
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { username, email, name } = session.user;
  const flaw = await checkNewPassword(request, { value: newPassword, field: 'newPassword' }, [
    username,
    email,
    name,
  ]);
  if (flaw !== null) return refuse(flaw);

  const passwordHash = await services.passwords.hash(newPassword);
  const done = await services.accountChanges.changePassword(session.account, {
    ...auditContext(request, accountKey),
    passwordHash,
    keepSessionId: session.id,
  });
  // Somebody changed it meanwhile, and that has ended this session.
  if (!done) return refuse({ reason: 'unauthenticated', presented: true });
  const template = { kind: 'password-changed' } as const;
  if (email !== null) {
    services.waitUntil(services.mailer.send({ to: email, contract: rules.contract, template }));
  }
  // That this browser knows the password is as fresh as after a login.
  const { account } = session;
  const renewed = { userId: account.user.id, deviceVersion: account.deviceVersion + 1 };
  return ok({ device: await services.devices.issue(renewed) });
}
