/** Reads and ends the sessions of the user who bears an access token. */
import { authenticate, type AuthenticatedRequest, type AuthenticatePorts } from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { ListedSession, SessionEnd } from './model/session.ts';
import type { User } from './model/user.ts';
import { showStep, type ReadStepPorts } from './second-factor.ts';
import { auditContext } from './use-case.ts';

type ReadRequest = AuthenticatedRequest<AuthenticatePorts>;
type EndRequest = AuthenticatedRequest<AuthenticatePorts | 'accountKey'>;

/** The token of a login's step shows the step, where the contract has such tokens. */
export async function profile(
  request: AuthenticatedRequest<AuthenticatePorts | ReadStepPorts>,
): Promise<Outcome<User>> {
  const pending = await showStep(request);
  if (pending !== null) return pending;
  const session = await authenticate(request);
  return session.ok ? ok(session.value.user) : session;
}

/** Newest first; `current` is the id of the session that asks. */
export async function listSessions(
  request: ReadRequest,
): Promise<Outcome<{ sessions: ListedSession[]; current: string }>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const { services } = request;
  const { user, id } = session.value;
  const sessions = await services.sessions.list(user.id, services.nowMs());
  return ok({ sessions, current: id });
}

export async function endSession(request: EndRequest, sessionId: string): Promise<Outcome<null>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const userId = session.value.user.id;
  const sessionEnd = await sessionEndBy(request, userId, 'SESSION_ENDED');
  const isEnded = await request.services.sessions.end({ id: sessionId, userId }, sessionEnd);
  return isEnded ? ok(null) : refuse({ reason: 'not-found' });
}

/** Ends all sessions of the user over all contracts, this one included. */
export async function logoutAll(request: EndRequest): Promise<Outcome<null>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const userId = session.value.user.id;
  const sessionEnd = await sessionEndBy(request, userId, 'LOGOUT_ALL');
  await request.services.sessions.endAll(userId, sessionEnd);
  return ok(null);
}

/** Ends all other sessions of the user over all contracts. Known devices are forgotten with them. */
export async function logoutOthers(request: EndRequest): Promise<Outcome<null>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const { id, user } = session.value;
  const sessionEnd = await sessionEndBy(request, user.id, 'LOGOUT_OTHERS');
  await request.services.sessions.endOthers({ id, userId: user.id }, sessionEnd);
  return ok(null);
}

async function sessionEndBy(
  request: EndRequest,
  userId: number,
  action: SessionEnd['action'],
): Promise<SessionEnd> {
  return { ...auditContext(request, await request.services.accountKey({ userId })), action };
}
