/**
 * Ends the session that an e-mail told of, with the token of its link. The token is good for a day and
 * stays good for a new password (reset-password.ts), so ending is done once and answered alike after that.
 */
import { ok, refuse, type Outcome } from './model/outcome.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { accountKeyOf } from './recipients.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

export async function revokeSession(
  request: UseCaseRequest<
    'accountKey' | 'challenges' | 'limits' | 'nowMs' | 'secrets' | 'sessions'
  > & { token: string },
): Promise<Outcome<null>> {
  const { services, rules, meta, token } = request;
  const secretHash = await services.secrets.hashOfToken(token);
  const [limited, found] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.challenges.findBySecret(secretHash, ['revoke-session'], services.nowMs()),
  ]);
  if (limited !== null) return refuse(limited);
  if (found === null || found.owner.is !== 'user') return refuse({ reason: 'invalid-link' });
  const { owner, challenge } = found;
  const context = auditContext(request, await accountKeyOf(services, owner));
  const isRevoked = await services.sessions.revoke(owner.account, challenge, context);
  return isRevoked ? ok(null) : refuse({ reason: 'invalid-link' });
}
