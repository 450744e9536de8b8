/** A contract's part in a login: its rules, and its reading of a request's body. */
import type { Identifier } from '../../policy/identifier.ts';
import type { Lifetimes } from '../../policy/lifetimes.ts';
import type { LockoutRules } from '../../policy/lockout-state.ts';
import type { PasskeyPolicy } from '../../policy/passkeys.ts';
import type { SecondFactorPolicy } from '../../policy/second-factor.ts';
import type { Limit } from '../../policy/throttle.ts';
import type { TokenRules } from './token-rules.ts';

export interface LoginRules {
  contract: string;
  lifetimes: Lifetimes;
  /** Requests of one client address. */
  limit: Limit;
  lockout: LockoutRules;
  requiresVerifiedEmail: boolean;
  /** `immediate`: grants at once and unverified, so that anybody learns whether an address is taken. */
  registration: 'by-code' | 'immediate';
  /** `kept`: the first refresh token stays good, and its theft cannot be noticed by a second use. */
  rotation: 'each-use' | 'kept';
  secondFactor: SecondFactorPolicy;
  passkeys: PasskeyPolicy;
  /**
   * The way of a code: in a request of its own after the password's; the same, with the step's handle
   * in a token in the place of an access token; or beside the password, where a missing code is
   * answered like a wrong one.
   */
  codeTravels: 'in-a-step' | 'by-step-token' | 'with-password';
  tokens: TokenRules;
}

export interface LoginAttempt {
  identifier: Identifier;
  password: string;
  remember: boolean;
  /** Of a second factor; null: none was sent beside the password. */
  code: string | null;
}
