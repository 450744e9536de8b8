/** Plans a session before it is stored, and grants it afterwards: at a login, or a registration. */
import { expiries } from '../policy/lifetimes.ts';
import { issueTokens, type IssueTokensPorts } from './issue-tokens.ts';
import type { LoginResult } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import type { UseCaseRequest } from './use-case.ts';

export type NewSessionPorts = IssueTokensPorts | 'devices';

type Plan = Awaited<ReturnType<typeof planSession>>;

/** Chooses the id, the expiries and the refresh token's id. */
export async function planSession(
  { services, rules }: UseCaseRequest<NewSessionPorts>,
  { remember, nowMs }: { remember: boolean; nowMs: number },
) {
  const sessionId = services.uuid();
  const plan = { sessionId, nowMs, expiries: expiries(rules.lifetimes, remember, nowMs) };
  if (plan.expiries.refreshExpiresAtMs === null)
    return { ...plan, refresh: null, refreshHash: null };
  const { jti, hash } = await services.tokens.refreshId(sessionId, 0);
  return { ...plan, refresh: { jti, generation: 0 }, refreshHash: hash };
}

/** Issues the tokens of a session that is stored, and the cookie of a known device. */
export async function grantSession(
  request: UseCaseRequest<NewSessionPorts>,
  { user, deviceVersion }: Account,
  { sessionId, nowMs, expiries, refresh }: Plan,
): Promise<LoginResult> {
  const granted = await issueTokens(request, {
    user: { ...user, lastLoginAtMs: nowMs },
    sessionId,
    createdAtMs: nowMs,
    expiries,
    refresh,
  });
  const { devices } = request.services;
  const deviceCookie = await devices.issue({ userId: user.id, deviceVersion });
  return { ...granted, deviceCookie };
}
