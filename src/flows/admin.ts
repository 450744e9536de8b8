/**
 * The operator's use cases. The caller has passed the admin API's authentication; every change is
 * recorded with the operator, their address and the request's trace id.
 */
import type { LockoutRules } from '../policy/lockout-state.ts';
import { combined, type LockoutView } from '../policy/lockout-view.ts';
import { clearLockouts, scopesOfUser, type ClearLockoutsPorts } from './lockout-keys.ts';
import { OPERATORS } from './model/audit.ts';
import type { Operator } from './model/operator.ts';
import type { RequestMeta } from './model/request.ts';
import type { ListedSession } from './model/session.ts';
import type { User } from './model/user.ts';
import type { ChangeResult, RoleChoice, UserRef } from './ports/admin.ts';
import type { EmailTemplate } from './ports/mail.ts';
import type { AdminServices } from './ports/services.ts';

export interface AdminRequest<Ports extends keyof AdminServices = keyof AdminServices> {
  services: Pick<AdminServices, Ports>;
  lockout: LockoutRules;
  meta: RequestMeta;
  operator: Operator;
  userRef: UserRef;
  /** The contract whose pages the links of e-mails lead to. */
  pagesOf: string;
}

export interface UserState {
  user: User;
  /** Of both names and the sessions' password checks together. */
  lockout: LockoutView;
  liveSessions: number;
  hasPassword: boolean;
}

/** Null: there is no such user. */
export async function showUser(
  request: AdminRequest<ViewLockoutPorts | 'adminUsers' | 'nowMs'>,
): Promise<UserState | null> {
  const { services } = request;
  const account = await services.adminUsers.find(request.userRef);
  if (account === null) return null;
  const { user, passwordHash } = account;
  const [lockout, liveSessions] = await Promise.all([
    viewLockout(request, user),
    services.adminUsers.liveSessions(user.id, services.nowMs()),
  ]);
  return { user, lockout, liveSessions, hasPassword: passwordHash !== null };
}

/** The live sessions of the user, newest first. Null: there is no such user. */
export async function listSessions({
  services,
  userRef,
}: AdminRequest<'adminUsers' | 'sessions' | 'nowMs'>): Promise<ListedSession[] | null> {
  const account = await services.adminUsers.find(userRef);
  return account && services.sessions.list(account.user.id, services.nowMs());
}

/** Makes the user active or inactive; all sessions of an inactive user end. */
export async function setStatus(
  request: AdminRequest<FindUserPorts>,
  status: User['status'],
): Promise<ChangeResult> {
  const found = await findUser(request);
  return found && request.services.adminUsers.setStatus(found.user.id, status, found.context);
}

export async function endSessions(request: AdminRequest<FindUserPorts>): Promise<ChangeResult> {
  const found = await findUser(request);
  return found && request.services.adminUsers.endSessions(found.user.id, found.context);
}

export async function setRole(
  request: AdminRequest<FindUserPorts>,
  role: RoleChoice,
): Promise<ChangeResult | 'unknown-role'> {
  const found = await findUser(request);
  return found && request.services.adminUsers.setRole(found.user.id, role, found.context);
}

/**
 * Lifts a lock and the final stop. Lockout and database share no transaction: the event is recorded
 * first, so that there may be a record of an unlock that failed, and never an unlock without one.
 */
export async function unlock(
  request: AdminRequest<FindUserPorts | ViewLockoutPorts | 'audit'>,
): Promise<ChangeResult> {
  const found = await findUser(request);
  if (found === null) return null;
  const { user, context } = found;
  const { services, lockout } = request;
  const { failuresInARow, locksInARow } = await viewLockout(request, user);
  const changed = failuresInARow > 0 || locksInARow > 0;
  if (changed) {
    const event = { action: 'ADMIN_UNLOCKED', reason: 'done', userId: user.id } as const;
    await services.audit.record({ ...event, ...context });
    const keys = await lockoutKeysOf(services, user);
    await Promise.all(keys.map((key) => services.limits.clear(key, lockout)));
  }
  return { user, changed, sessionsEnded: 0 };
}

/**
 * Removes all second factors and passkeys of a user who has lost them, for an operator who has made sure
 * who asks. The user is told by e-mail. Sessions stay, and the password is asked for at the next login as
 * before; an account without one is left with the password reset by e-mail.
 */
export async function resetFactors(
  request: AdminRequest<FindUserPorts | NotifyPorts | 'factors'>,
): Promise<ChangeResult> {
  const found = await findUser(request);
  if (found === null) return null;
  const { account, user, context } = found;
  const changed = await request.services.factors.reset(account, context);
  if (changed) notifyOwner(request, user, { kind: 'factors-reset' });
  const left = { factors: [], recoveryCodesLeft: 0, passkeys: [] };
  return { user: { ...user, ...left }, changed, sessionsEnded: 0 };
}

/**
 * Deletes the account as its owner does, and tells its owner by e-mail. `changed-meanwhile`: the password
 * was changed twice in between, and nothing was deleted.
 */
export async function deleteUser(
  request: AdminRequest<FindUserPorts | ClearLockoutsPorts | NotifyPorts | 'accountChanges'>,
): Promise<'deleted' | 'changed-meanwhile' | null> {
  const { services, lockout } = request;
  for (let tries = 0; tries < 2; tries += 1) {
    const found = await findUser(request);
    if (found === null) return null;
    const { account, user, context } = found;
    if (await services.accountChanges.remove(account, { ...context, by: 'operator' })) {
      // After a final stop the lockout would keep the failures for ever.
      services.waitUntil(clearLockouts(services, scopesOfUser(user), lockout));
      notifyOwner(request, user, { kind: 'account-deleted' });
      return 'deleted';
    }
  }
  return 'changed-meanwhile';
}

type NotifyPorts = 'mailer' | 'waitUntil';

/** Tells the owner of the account what an operator did, behind the answer. */
function notifyOwner(
  { services, pagesOf: contract }: AdminRequest<NotifyPorts>,
  { email, language }: User,
  template: EmailTemplate,
): void {
  if (email === null) return;
  services.waitUntil(services.mailer.send({ to: { email, language }, contract, template }));
}

type ViewLockoutPorts = 'limits' | 'lockoutKey';

const lockoutKeysOf = (
  { lockoutKey }: Pick<AdminServices, 'lockoutKey'>,
  user: User,
): Promise<string[]> => Promise.all(scopesOfUser(user).map((scope) => lockoutKey(scope)));

async function viewLockout(
  { services, lockout }: AdminRequest<ViewLockoutPorts>,
  user: User,
): Promise<LockoutView> {
  const keys = await lockoutKeysOf(services, user);
  return combined(await Promise.all(keys.map((key) => services.limits.view(key, lockout))));
}

type FindUserPorts = 'accountKey' | 'adminUsers' | 'nowMs';

async function findUser({ services, meta, operator, userRef }: AdminRequest<FindUserPorts>) {
  const account = await services.adminUsers.find(userRef);
  if (account === null) return null;
  const { user } = account;
  const accountKey = await services.accountKey({ userId: user.id });
  const caused = { contract: OPERATORS, operator: operator.name };
  const context = { accountKey, ...caused, meta, nowMs: services.nowMs() };
  return { account, user, context };
}
