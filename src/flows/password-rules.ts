/**
 * Judges a password that is to be set: by the rules of policy/ first, and only what passes those is
 * asked about elsewhere.
 */
import { isCommon } from '../policy/common.ts';
import { violationOf, type PasswordBounds } from '../policy/password-rules.ts';
import type { PasswordRules } from './ports/passwords.ts';

export interface PasswordRuleOptions {
  rules: PasswordBounds;
  /** The service's name is nobody's password. */
  service: string;
  /** Null: not asked. Where it cannot tell, it says false. */
  isBreached: ((password: string) => Promise<boolean>) | null;
}

export function createPasswordRules(options: PasswordRuleOptions): PasswordRules {
  const { rules, service, isBreached } = options;
  return {
    async flawOf(password, personal) {
      const flawed = violationOf(password, { rules, personal: [...personal, service], isCommon });
      if (flawed !== null || isBreached === null || !(await isBreached(password))) return flawed;
      return { flaw: 'breached', message: 'Password is known from a data breach elsewhere' };
    },
  };
}
