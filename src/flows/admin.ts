/**
 * What an operator may do about a user. Whoever calls has been let in by the operator's door; what
 * is done is kept in the audit with the operator's address and the request's trace id.
 */
import { combined, type LockoutRules, type LockoutView } from '../policy/lockout.ts';
import { OPERATORS, type AuditContext } from './model/audit.ts';
import type { ChangeResult, RoleChoice, UserRef } from './ports/admin.ts';
import type { AdminServices } from './ports/services.ts';
import { clearLockouts, scopesOfUser } from './lockout-keys.ts';
import type { RequestMeta } from './model/request.ts';
import type { User } from './model/user.ts';

export interface AdminRequest {
  services: AdminServices;
  lockout: LockoutRules;
  meta: RequestMeta;
  who: UserRef;
}

export interface UserState {
  user: User;
  /** Of both names and the sessions' password checks together. */
  limits: LockoutView;
  liveSessions: number;
}

/** Null: there is no such user. */
export async function showUser(request: AdminRequest): Promise<UserState | null> {
  const { services } = request;
  const account = await services.adminUsers.find(request.who);
  if (account === null) return null;
  const { user } = account;
  const [limits, liveSessions] = await Promise.all([
    lockoutOf(request, user),
    services.adminUsers.liveSessions(user.id, services.nowMs()),
  ]);
  return { user, limits, liveSessions };
}

/** Active or inactive; of an inactive user no session is left. */
export async function setStatus(
  request: AdminRequest,
  status: User['status'],
): Promise<ChangeResult> {
  const found = await identify(request);
  return found && request.services.adminUsers.setStatus(found.user.id, status, found.auditContext);
}

export async function endSessions(request: AdminRequest): Promise<ChangeResult> {
  const found = await identify(request);
  return found && request.services.adminUsers.endSessions(found.user.id, found.auditContext);
}

export async function setRole(
  request: AdminRequest,
  role: RoleChoice,
): Promise<ChangeResult | 'unknown-role'> {
  const found = await identify(request);
  return found && request.services.adminUsers.setRole(found.user.id, role, found.auditContext);
}

/**
 * Lifts a lock and the final stop. Guard and database share no transaction: it is written down
 * first, so that there may be a record of an unlock that failed, and never an unlock without one.
 */
export async function unlock(request: AdminRequest): Promise<ChangeResult> {
  const found = await identify(request);
  if (found === null) return null;
  const { user, auditContext } = found;
  const { services, lockout } = request;
  const { failuresInARow, locksInARow } = await lockoutOf(request, user);
  const changed = failuresInARow > 0 || locksInARow > 0;
  if (changed) {
    const event = { action: 'ADMIN_UNLOCKED', reason: 'done', userId: user.id } as const;
    await services.audit.record({ ...event, ...auditContext });
    const keys = await keysOf(request, user);
    await Promise.all(keys.map((key) => services.limits.clear(key, lockout)));
  }
  return { user, changed, sessionsEnded: 0 };
}

/**
 * As when the owner deletes the account: what is personal goes. `changed-meanwhile`: the password
 * changed hands twice in between, and nothing was deleted.
 */
export async function deleteUser(
  request: AdminRequest,
): Promise<'deleted' | 'changed-meanwhile' | null> {
  const { services, lockout } = request;
  for (let tries = 0; tries < 2; tries += 1) {
    const found = await identify(request);
    if (found === null) return null;
    const { account, user, auditContext } = found;
    if (await services.accountChanges.remove(account, { ...auditContext, by: 'operator' })) {
      // After a final stop the guard would keep the failures for ever.
      services.waitUntil(clearLockouts(services, scopesOfUser(user), lockout));
      return 'deleted';
    }
  }
  return 'changed-meanwhile';
}

const keysOf = ({ services }: AdminRequest, user: User): Promise<string[]> =>
  Promise.all(scopesOfUser(user).map((scope) => services.lockoutKey(scope)));

async function lockoutOf(request: AdminRequest, user: User): Promise<LockoutView> {
  const { services, lockout } = request;
  const keys = await keysOf(request, user);
  return combined(await Promise.all(keys.map((key) => services.limits.view(key, lockout))));
}

async function identify({ services, meta, who }: AdminRequest) {
  const account = await services.adminUsers.find(who);
  if (account === null) return null;
  const { user } = account;
  const accountKey = await services.accountKey({ userId: user.id });
  const auditContext: AuditContext = {
    accountKey,
    contract: OPERATORS,
    meta,
    nowMs: services.nowMs(),
  };
  return { account, user, auditContext };
}
