/**
 * Authenticates an operator by the access token of an account whose role a setting names. Role, status
 * and session are read from the primary with every request, so that what is taken away is gone at once.
 */
import { isRecent, methodsOf, type FactorMethod } from '../policy/second-factor.ts';
import { authenticate, type AuthenticatePorts } from './authenticate.ts';
import type { LoginRules } from './model/login.ts';
import type { Operator, OperatorScope } from './model/operator.ts';
import type { LiveSession } from './model/session.ts';
import type { Services } from './ports/services.ts';

export interface OperatorRules extends Pick<
  LoginRules,
  'contract' | 'passkeys' | 'secondFactor' | 'tokens'
> {
  /** Ids of roles; null: no role has this scope alone. */
  readRole: string | null;
  writeRole: string | null;
}

/** `methods`: those that would prove what is missing; none: the account has to set one up. */
export type OperatorRefusal =
  | { reason: 'unauthenticated' }
  | { reason: 'no-operator'; name: string }
  | { reason: 'second-factor-required'; name: string; methods: readonly FactorMethod[] };

export async function authenticateOperator(
  services: Pick<Services, AuthenticatePorts>,
  rules: OperatorRules,
  token: string,
): Promise<Operator | OperatorRefusal> {
  const caller = await authenticate({ services, rules, token });
  if (!caller.ok) return { reason: 'unauthenticated' };
  const session = caller.value;
  const name = session.user.publicId;
  const scope = scopeOf(session, rules);
  if (scope === null) return { reason: 'no-operator', name };
  // A password alone opens no other user's data, whatever SECOND_FACTOR asks of everybody.
  if (session.secondFactorAtMs === null) {
    return { reason: 'second-factor-required', name, methods: operatorMethods(session, rules) };
  }
  return { name, scope, session };
}

function scopeOf(
  { user }: LiveSession,
  { readRole, writeRole }: OperatorRules,
): OperatorScope | null {
  if (user.role === null) return null;
  if (user.role.id === writeRole) return 'write';
  return user.role.id === readRole ? 'read' : null;
}

/** Methods that prove more than the password does. */
export const operatorMethods = (
  { account }: LiveSession,
  rules: Pick<OperatorRules, 'passkeys'>,
): FactorMethod[] => methodsOf(account, rules).filter((method) => method !== 'password');

/** Tells whether the operator may do what cannot be undone: a token may, a session for five minutes. */
export const hasRecentProof = ({ session }: Operator, nowMs: number): boolean =>
  session === null || isRecent(session.secondFactorAtMs, nowMs);

/** Tells whether the user of the reference is the operator. */
export const isOwnAccount = (
  { session }: Operator,
  userRef: { id: number } | { publicId: string },
): boolean =>
  session !== null &&
  ('id' in userRef ? userRef.id === session.user.id : userRef.publicId === session.user.publicId);
