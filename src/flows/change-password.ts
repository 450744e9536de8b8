/** A new password for who knows the current one. All other sessions end. */
import { flawOfPassword, happening } from './account-request.ts';
import { granted, refused, type Outcome, type Recognised } from './outcome.ts';
import { reauthenticate, type PrivateRequest } from './reauthenticate.ts';

export async function changePassword(
  request: PrivateRequest & { currentPassword: string; newPassword: string },
): Promise<Outcome<Recognised>> {
  const { services, rules, currentPassword, newPassword } = request;
  const caller = await reauthenticate(request, currentPassword);
  if (!caller.ok) return caller;
  const { session, subject } = caller.value;
  const { username, email, name } = session.user;
  const flaw = await flawOfPassword(request, { value: newPassword, field: 'newPassword' }, [
    username,
    email,
    name,
  ]);
  if (flaw !== null) return refused(flaw);

  const passwordHash = await services.passwords.hash(newPassword);
  const done = await services.credentials.changePassword(session.account, {
    ...happening(request, subject),
    passwordHash,
    keepSessionId: session.id,
  });
  // Somebody changed it meanwhile, and that has ended this session.
  if (!done) return refused({ reason: 'unauthenticated', presented: true });
  const letter = { kind: 'password-changed' } as const;
  if (email !== null) {
    services.later(services.mailer.send({ to: email, contract: rules.contract, letter }));
  }
  // That this browser knows the password is as fresh as after a login.
  const { account } = session;
  const renewed = { userId: account.user.id, deviceVersion: account.deviceVersion + 1 };
  return granted({ device: await services.devices.issue(renewed) });
}
