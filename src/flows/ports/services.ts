/** All ports together, as composition.ts builds them; each use case takes the ones that it uses. */
import type { AccountChanges } from './account-changes.ts';
import type { AdminUsers, AuditLog, Overview } from './admin.ts';
import type { AuthorizationCodes } from './authorization-codes.ts';
import type { Audit } from './audit.ts';
import type { Challenges } from './challenges.ts';
import type { Factors } from './factors.ts';
import type { EmailLimits, Limits } from './limits.ts';
import type { Mailer } from './mail.ts';
import type { PasskeyCeremonies } from './passkey-ceremonies.ts';
import type { Passkeys } from './passkeys.ts';
import type { PasswordRules, Passwords } from './passwords.ts';
import type { Platform, Pseudonyms } from './platform.ts';
import type { Registrations } from './registrations.ts';
import type { Sessions } from './sessions.ts';
import type { Devices, RegistrationHandles, Secrets, Tokens } from './tokens.ts';
import type { Users } from './users.ts';
import type { FactorSecrets } from './factor-secrets.ts';
import type { LoginSteps } from './login-steps.ts';

export interface Services extends Platform, Pseudonyms {
  users: Users;
  sessions: Sessions;
  audit: Audit;
  limits: Limits;
  passwords: Passwords;
  passwordRules: PasswordRules;
  tokens: Tokens;
  devices: Devices;
  secrets: Secrets;
  factorSecrets: FactorSecrets;
  loginSteps: LoginSteps;
  authorizationCodes: AuthorizationCodes;
  registrations: Registrations;
  registrationHandles: RegistrationHandles;
  challenges: Challenges;
  accountChanges: AccountChanges;
  factors: Factors;
  passkeys: Passkeys;
  passkeyCeremonies: PasskeyCeremonies;
  mailer: Mailer;
  emailLimits: EmailLimits;
}

export interface AdminServices extends Pick<
  Services,
  | 'nowMs'
  | 'waitUntil'
  | 'accountKey'
  | 'lockoutKey'
  | 'limits'
  | 'audit'
  | 'accountChanges'
  | 'factors'
  | 'mailer'
  | 'sessions'
  | 'tokens'
> {
  adminUsers: AdminUsers;
  auditLog: AuditLog;
  overview: Overview;
}
