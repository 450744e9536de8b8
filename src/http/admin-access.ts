/** Decides whether an operator may do an operation: by scope, recent proof, and own account. */
import type { MiddlewareHandler } from 'hono';
import {
  hasRecentProof,
  isOwnAccount,
  operatorMethods,
  type OperatorRules,
} from '../flows/authenticate-operator.ts';
import type { UserRef } from '../flows/ports/admin.ts';
import { adminRefusal, type AdminEnv } from './admin-auth.ts';

export interface AdminApiEnv extends AdminEnv {
  Variables: AdminEnv['Variables'] & { user: UserRef };
}

/** The part of an operation's row that says whose it is. */
export interface AccessRules {
  method: string;
  /** An account has to prove itself anew, by a second factor or a passkey, within five minutes. */
  needsRecentProof?: true;
  /** Refused where the user of the path is the operator, who could be locked out by accident. */
  sparesOwnAccount?: true;
}

/** Reads take `read`; everything else takes `write` (RFC 6750 3.1: `insufficient_scope`). */
export function requireAccess(
  { method, needsRecentProof, sparesOwnAccount }: AccessRules,
  { accounts, nowMs }: { accounts: Pick<OperatorRules, 'passkeys'> | null; nowMs(): number },
): MiddlewareHandler<AdminApiEnv> {
  return async (c, next) => {
    const { operator, user } = c.var;
    if (method !== 'GET' && operator.scope !== 'write') {
      const challenge = 'Bearer error="insufficient_scope", scope="write"';
      return adminRefusal(403, 'insufficient_scope', {
        headers: { 'WWW-Authenticate': challenge },
      });
    }
    if (sparesOwnAccount && isOwnAccount(operator, user)) return adminRefusal(409, 'own_account');
    if (needsRecentProof && !hasRecentProof(operator, nowMs())) {
      const methods =
        operator.session === null || accounts === null
          ? []
          : operatorMethods(operator.session, accounts);
      return adminRefusal(403, 'reauthentication_required', { details: { methods } });
    }
    return next();
  };
}
