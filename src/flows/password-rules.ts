/**
 * Checks a password that is to be set: by the rules of policy/ first; the breach check is asked
 * only about passwords that pass those.
 */
import { isCommon } from '../policy/common.ts';
import { passwordMessages, violationOf, type PasswordBounds } from '../policy/password-rules.ts';
import type { Refusal } from './model/outcome.ts';
import type { User } from './model/user.ts';
import type { PasswordRules } from './ports/passwords.ts';
import type { Services } from './ports/services.ts';

interface PasswordRuleOptions {
  rules: PasswordBounds;
  /** The service's name, which must not be a password. */
  service: string;
  /** Null: not asked. False where the breach check cannot be reached. */
  isBreached: ((password: string) => Promise<boolean>) | null;
}

export function createPasswordRules(options: PasswordRuleOptions): PasswordRules {
  const { rules, service, isBreached } = options;
  return {
    async flawOf(password, personal) {
      const flaw = violationOf(password, { rules, personal: [...personal, service], isCommon });
      if (flaw !== null || isBreached === null || !(await isBreached(password))) return flaw;
      return { flaw: 'breached', message: passwordMessages(rules).breached };
    },
  };
}

/** Null: the password may be set. `field`: its name in the request. */
export async function checkNewPassword(
  { passwordRules }: Pick<Services, 'passwordRules'>,
  { value, field }: { value: string; field: string },
  { username, email, name }: Pick<User, 'username' | 'email' | 'name'>,
): Promise<Refusal | null> {
  const personal = [username, email, name].filter((text) => text !== null);
  const flaw = await passwordRules.flawOf(value, personal);
  if (flaw === null) return null;
  return { reason: 'malformed', issues: [{ field, ...flaw, missing: false }] };
}
