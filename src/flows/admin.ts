/**
 * What an operator may do about a user. Whoever calls has been let in by the operator's door; what
 * is done is kept in the audit with the operator's address and the request's trace id.
 */
import { combined, type LockoutRules, type LockoutView } from '../policy/lockout.ts';
import type { Happening } from './account-services.ts';
import type { AdminServices, Changed, RoleChoice, UserName } from './admin-services.ts';
import { clearLockouts, scopesOfUser } from './lockout-keys.ts';
import type { User, Visit } from './services.ts';

export interface AdminRequest {
  services: AdminServices;
  lockout: LockoutRules;
  visit: Visit;
  who: UserName;
}

/** Stands where a contract's name stands in what users do themselves. */
export const OPERATORS = 'admin';

export interface UserState {
  user: User;
  /** Of both names and the sessions' password checks together. */
  guard: LockoutView;
  liveSessions: number;
}

/** Null: there is no such user. */
export async function showUser(request: AdminRequest): Promise<UserState | null> {
  const { services } = request;
  const account = await services.directory.find(request.who);
  if (account === null) return null;
  const { user } = account;
  const [guard, liveSessions] = await Promise.all([
    lockoutOf(request, user),
    services.directory.liveSessions(user.id, services.nowMs()),
  ]);
  return { user, guard, liveSessions };
}

/** Active or inactive; of an inactive user no session is left. */
export async function setStatus(request: AdminRequest, status: User['status']): Promise<Changed> {
  const found = await identify(request);
  return found && request.services.directory.setStatus(found.user.id, status, found.happening);
}

export async function endSessions(request: AdminRequest): Promise<Changed> {
  const found = await identify(request);
  return found && request.services.directory.endSessions(found.user.id, found.happening);
}

export async function setRole(
  request: AdminRequest,
  role: RoleChoice,
): Promise<Changed | 'unknown-role'> {
  const found = await identify(request);
  return found && request.services.directory.setRole(found.user.id, role, found.happening);
}

/**
 * Lifts a lock and the final stop. Guard and database share no transaction: it is written down
 * first, so that there may be a record of an unlock that failed, and never an unlock without one.
 */
export async function unlock(request: AdminRequest): Promise<Changed> {
  const found = await identify(request);
  if (found === null) return null;
  const { user, happening } = found;
  const { services, lockout } = request;
  const { subject, nowMs, visit, contract } = happening;
  const { failuresInARow, locksInARow } = await lockoutOf(request, user);
  const changed = failuresInARow > 0 || locksInARow > 0;
  if (changed) {
    const event = { action: 'ADMIN_UNLOCKED', reason: 'done', atMs: nowMs } as const;
    await services.audit.record({ ...event, userId: user.id, subject, contract, visit });
    const keys = await keysOf(request, user);
    await Promise.all(keys.map((key) => services.guard.clear(key, lockout)));
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
    const { account, user, happening } = found;
    if (await services.credentials.remove(account, { ...happening, by: 'operator' })) {
      // After a final stop the guard would keep the failures for ever.
      services.later(clearLockouts(services, scopesOfUser(user), lockout));
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
  return combined(await Promise.all(keys.map((key) => services.guard.look(key, lockout))));
}

async function identify({ services, visit, who }: AdminRequest) {
  const account = await services.directory.find(who);
  if (account === null) return null;
  const { user } = account;
  const subject = await services.subject({ userId: user.id });
  const happening: Happening = { subject, contract: OPERATORS, visit, nowMs: services.nowMs() };
  return { account, user, happening };
}
