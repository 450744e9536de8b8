/**
 * Chooses the lockouts of a user. Failures are counted for each LockoutScope (ports/platform.ts) and
 * for each known device, so that neither a lock nor its absence says which names belong to one
 * account, or to any.
 *
 * Lockouts are cleared after a password reset, a code that makes a registration a user, a change
 * of address, the deletion of the account, and by an operator's unlock. A right password resets its own one, and
 * locks expire by time (policy/lockout.ts).
 */
import { normalise, type Identifier } from '../policy/identifier.ts';
import type { LockoutRules } from '../policy/lockout-state.ts';
import type { RequestMeta } from './model/request.ts';
import type { Account, User } from './model/user.ts';
import type { LockoutScope } from './ports/platform.ts';
import type { Services } from './ports/services.ts';

type Names = Pick<User, 'email' | 'username'>;

export type LockoutKeyPorts = 'devices' | 'lockoutKey';
export type ClearLockoutsPorts = 'limits' | 'lockoutKey' | 'waitUntil';

/** The lockout key of an attempt: the known device's own, or that of `scope`. */
export async function lockoutKeyFor(
  services: Pick<Services, LockoutKeyPorts>,
  attempt: { scope: LockoutScope; account: Account | null; meta: RequestMeta },
): Promise<string> {
  const { scope, account, meta } = attempt;
  const [ofDevice, ofScope] = await Promise.all([
    services.devices.lockoutKeyFor(meta.device, account),
    services.lockoutKey(scope),
  ]);
  return ofDevice ?? ofScope;
}

export function scopesOfNames({ email, username }: Names): LockoutScope[] {
  const names: Identifier[] = [];
  if (email !== null) names.push(normalise({ kind: 'email', value: email }));
  if (username !== null) names.push(normalise({ kind: 'username', value: username }));
  return names;
}

/** All but those of known devices: their keys are stored nowhere. */
export const scopesOfUser = ({ id, ...names }: Names & Pick<User, 'id'>): LockoutScope[] => [
  ...scopesOfNames(names),
  { kind: 'sessions', userId: id },
];

/**
 * Clears failures, locks and the final stop. Never throws: the caller's change is done even where
 * the lockout is out of reach, and the failure is logged.
 */
export async function clearLockouts(
  services: Pick<Services, ClearLockoutsPorts>,
  scopes: readonly LockoutScope[],
  rules: LockoutRules,
): Promise<void> {
  await Promise.all(
    scopes.map(async (scope) => {
      const key = await services.lockoutKey(scope);
      await services.limits.clear(key, rules).catch((error: unknown) => {
        services.waitUntil(Promise.reject(error));
      });
    }),
  );
}
