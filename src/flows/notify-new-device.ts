/**
 * Tells the owner of an account by e-mail of a sign-in on a device that the account was not used on, with a
 * link that ends the session and sets a new password (OWASP ASVS 6.3.5). A device is known by its cookie, or
 * by an earlier sign-in with the same browser and system from the same network.
 */
import { issueChallenge, type IssueChallengePorts } from './issue-challenge.ts';
import type { Account } from './model/user.ts';
import type { UseCaseRequest } from './use-case.ts';

export type NewDevicePorts = IssueChallengePorts | 'audit' | 'devices' | 'waitUntil';

/**
 * Starts behind the response: a login waits for neither the look-up nor the e-mail. `account`: as it was
 * before the sign-in. The first sign-in is no news, and the owner of an address that is not proven may be
 * a stranger to the account.
 */
export function notifyNewDevice(
  request: UseCaseRequest<NewDevicePorts>,
  account: Account,
  sessionId: string,
): void {
  const { email, emailVerified, lastLoginAtMs } = account.user;
  if (email === null || !emailVerified || lastLoginAtMs === null) return;
  const { audit, devices, waitUntil } = request.services;
  const { meta } = request;
  const notify = async () => {
    if ((await devices.lockoutKeyFor(meta.device, account)) !== null) return;
    if (await audit.knowsDevice({ userId: account.user.id, sessionId }, meta)) return;
    const owner = { is: 'user', account } as const;
    await issueChallenge(request, { purpose: 'revoke-session', owner, to: email, sessionId });
  };
  waitUntil(notify());
}
