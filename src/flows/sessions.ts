/** Reads and ends the sessions of the user who bears an access token. */
import { authenticate, type AuthenticatePorts, type Bearer } from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { ListedSession, LiveSession, SessionEnd } from './model/session.ts';
import type { User } from './model/user.ts';
import type { Services } from './ports/services.ts';

export interface BearerRequest<Ports extends keyof Services = AuthenticatePorts> {
  services: Pick<Services, Ports>;
  bearer: Bearer;
  meta: RequestMeta;
}

type EndRequest = BearerRequest<AuthenticatePorts | 'accountKey'>;

export async function profile({ services, bearer }: BearerRequest): Promise<Outcome<User>> {
  const session = await authenticate(services, bearer);
  return session.ok ? ok(session.value.user) : session;
}

/** Newest first; `current` is the id of the session that asks. */
export async function listSessions({
  services,
  bearer,
}: BearerRequest): Promise<Outcome<{ sessions: ListedSession[]; current: string }>> {
  const session = await authenticate(services, bearer);
  if (!session.ok) return session;
  const { user, id } = session.value;
  const sessions = await services.sessions.list(user.id, services.nowMs());
  return ok({ sessions, current: id });
}

export async function endSession(request: EndRequest, sessionId: string): Promise<Outcome<null>> {
  const session = await authenticate(request.services, request.bearer);
  if (!session.ok) return session;
  const userId = session.value.user.id;
  const sessionEnd = await sessionEndBy(request, session.value, 'SESSION_ENDED');
  const ended = await request.services.sessions.end({ id: sessionId, userId }, sessionEnd);
  return ended ? ok(null) : refuse({ reason: 'not-found' });
}

/** Ends all sessions of the user over all contracts, this one included. */
export async function logoutAll(request: EndRequest): Promise<Outcome<null>> {
  const session = await authenticate(request.services, request.bearer);
  if (!session.ok) return session;
  const sessionEnd = await sessionEndBy(request, session.value, 'LOGOUT_ALL');
  await request.services.sessions.endAll(session.value.user.id, sessionEnd);
  return ok(null);
}

async function sessionEndBy(
  { services, meta }: EndRequest,
  { user, contract }: LiveSession,
  action: SessionEnd['action'],
): Promise<SessionEnd> {
  const accountKey = await services.accountKey({ userId: user.id });
  return { action, contract, meta, accountKey, nowMs: services.nowMs() };
}
