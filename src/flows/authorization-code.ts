/**
 * Transfers the session of a sign-in page to the application that sent its user there (RFC 6749 4.1, RFC
 * 7636): the page asks for a code, and the application exchanges it for the tokens of that session. The
 * page's own refresh token is the previous one from then on (refresh.ts); its access token expires.
 *
 * A code is asked for with the credential that it leads to: a refresh token where the contract has them.
 * Otherwise a thief of an access token could make a session of it.
 */
import { expiriesOfRefresh, type SessionLimits } from '../policy/lifetimes.ts';
import { AUTHORIZATION_CODE_SECONDS } from '../policy/allowances.ts';
import {
  authenticate,
  requireSession,
  UNAUTHENTICATED,
  type AuthenticatedRequest,
  type AuthenticatePorts,
} from './authenticate.ts';
import { issueTokens, wholeSeconds, type IssueTokensPorts } from './issue-tokens.ts';
import { ok, refuse, type Granted, type Outcome } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import { checkAddressLimit, type RequestLimitPorts } from './rate-limits.ts';
import { auditContext, type RecordEventPorts, type UseCaseRequest } from './use-case.ts';
import { rejectCode } from './verify-email.ts';

export interface AuthorizationCode {
  code: string;
  expiresInSeconds: number;
}

interface IssueCodeRequest extends AuthenticatedRequest<
  AuthenticatePorts | RequestLimitPorts | 'authorizationCodes' | 'uuid'
> {
  codeChallenge: string;
  /** The address of the application, with which it has to ask for the tokens. */
  returnTo: string;
  /** Null: the contract has none. */
  refreshToken: string | null;
}

export async function issueAuthorizationCode(
  request: IssueCodeRequest,
): Promise<Outcome<AuthorizationCode>> {
  const { services, rules, meta, codeChallenge, returnTo } = request;
  const [limited, session] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    authenticate(request),
  ]);
  if (limited !== null) return refuse(limited);
  if (!session.ok) return session;
  if (!(await hasRefreshToken(request, session.value))) return UNAUTHENTICATED;
  const { id: sessionId, contract, account } = session.value;
  const code = await services.authorizationCodes.issue({
    id: services.uuid(),
    contract,
    sessionId,
    userId: account.user.id,
    credentialVersion: account.credentialVersion,
    codeChallenge,
    issuedAtMs: services.nowMs(),
    returnTo,
  });
  return ok({ code, expiresInSeconds: AUTHORIZATION_CODE_SECONDS });
}

/** The current one of the session; true where the contract has none. */
async function hasRefreshToken(
  { services, rules, refreshToken }: IssueCodeRequest,
  { id, generation }: LiveSession,
): Promise<boolean> {
  if (rules.lifetimes.refreshSeconds === undefined) return true;
  if (refreshToken === null) return false;
  const options = { rules: rules.tokens, ignoreExpiry: rules.rotation === 'kept' };
  const claims = await services.tokens.verify('refresh', refreshToken, options);
  const current = await services.tokens.refreshId(id, generation);
  return claims?.sessionId === id && claims.jti === current.jti;
}

interface ExchangeCodeRequest extends UseCaseRequest<
  | IssueTokensPorts
  | RecordEventPorts
  | RequestLimitPorts
  | 'accountKey'
  | 'authorizationCodes'
  | 'sessions'
> {
  sessionLimits: SessionLimits;
  code: string;
  codeVerifier: string;
  returnTo: string;
}

const INVALID = refuse({ reason: 'invalid-code' });

export async function exchangeAuthorizationCode(
  request: ExchangeCodeRequest,
): Promise<Outcome<Granted>> {
  const { services, rules, meta, code, codeVerifier, returnTo } = request;
  const [limited, grant] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.authorizationCodes.verify(code, { codeVerifier, returnTo }),
  ]);
  if (limited !== null) return refuse(limited);
  if (grant === null || grant.contract !== rules.contract) return INVALID;
  const { sessionId, userId, credentialVersion } = grant;
  const found = await services.sessions.live(sessionId, services.nowMs());
  const live = requireSession(found, rules);
  if (!live.ok) return INVALID;
  const session = live.value;
  const { account } = session;
  if (account.user.id !== userId || account.credentialVersion !== credentialVersion) return INVALID;

  const accountKey = await services.accountKey({ userId });
  const transferred = await transferSession(request, { session, accountKey, grantId: grant.id });
  return transferred ?? rejectCode(request, accountKey, account);
}

/** Null: the code was used before, or the session has ended or was refreshed meanwhile. */
async function transferSession(
  request: ExchangeCodeRequest,
  { session, accountKey, grantId }: { session: LiveSession; accountKey: string; grantId: string },
): Promise<Outcome<Granted> | null> {
  const { services, rules, sessionLimits } = request;
  const { id: sessionId, generation, user, createdAtMs, openedBy, secondFactorAtMs } = session;
  const { refreshSeconds } = rules.lifetimes;
  const hasRefresh = refreshSeconds !== undefined;
  const presented = await services.tokens.refreshId(sessionId, generation);
  const successor = await services.tokens.refreshId(sessionId, generation + 1);
  const context = auditContext(request, accountKey);
  const { nowMs } = context;
  const isDone = await services.sessions.transfer({
    ...context,
    sessionId,
    userId: user.id,
    code: { id: grantId, expiresAtMs: nowMs + AUTHORIZATION_CODE_SECONDS * 1000 },
    presentedHash: hasRefresh ? presented.hash : null,
    successorHash: hasRefresh ? successor.hash : null,
    idleMs: (refreshSeconds ?? 0) * 1000,
    absoluteMs: sessionLimits.absoluteSeconds * 1000,
  });
  if (!isDone) return null;
  const expiries = hasRefresh
    ? expiriesOfRefresh(rules.lifetimes, sessionLimits, { createdAtMs, refreshedAtMs: nowMs })
    : {
        issuedAtMs: wholeSeconds(nowMs),
        // A remembered login is good for longer than others: for as long as its session.
        accessExpiresAtMs: session.expiresAtMs,
        refreshExpiresAtMs: null,
      };
  const refresh = hasRefresh ? { jti: successor.jti, generation: generation + 1 } : null;
  const proven = { createdAtMs, openedBy, secondFactorAtMs };
  return ok(await issueTokens(request, { user, sessionId, ...proven, expiries, refresh }));
}
