/** What the bearer of an access token may see and do of the sessions that are theirs. */
import { authenticate, type Bearer } from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { SessionEnd, ListedSession, LiveSession } from './model/session.ts';
import type { User } from './model/user.ts';
import type { Services } from './ports/services.ts';

export interface SessionRequest {
  services: Services;
  bearer: Bearer;
  meta: RequestMeta;
}

export async function profile({ services, bearer }: SessionRequest): Promise<Outcome<User>> {
  const caller = await authenticate(services, bearer);
  return caller.ok ? ok(caller.value.user) : caller;
}

/** Newest first; `current` is the one that asks. */
export async function listSessions({
  services,
  bearer,
}: SessionRequest): Promise<Outcome<{ sessions: ListedSession[]; current: string }>> {
  const caller = await authenticate(services, bearer);
  if (!caller.ok) return caller;
  const { user, id } = caller.value;
  const sessions = await services.sessions.list(user.id, services.nowMs());
  return ok({ sessions, current: id });
}

export async function endSession(
  request: SessionRequest,
  sessionId: string,
): Promise<Outcome<null>> {
  const caller = await authenticate(request.services, request.bearer);
  if (!caller.ok) return caller;
  const userId = caller.value.user.id;
  const sessionEnd = await endingBy(request, caller.value, 'SESSION_ENDED');
  const ended = await request.services.sessions.end({ id: sessionId, userId }, sessionEnd);
  return ended ? ok(null) : refuse({ reason: 'not-found' });
}

/** All of them, over all contracts, this one included. */
export async function logoutAll(request: SessionRequest): Promise<Outcome<null>> {
  const caller = await authenticate(request.services, request.bearer);
  if (!caller.ok) return caller;
  const sessionEnd = await endingBy(request, caller.value, 'LOGOUT_ALL');
  await request.services.sessions.endAll(caller.value.user.id, sessionEnd);
  return ok(null);
}

async function endingBy(
  { services, meta }: SessionRequest,
  { user, contract }: LiveSession,
  action: SessionEnd['action'],
): Promise<SessionEnd> {
  const accountKey = await services.accountKey({ userId: user.id });
  return { action, contract, meta, accountKey, nowMs: services.nowMs() };
}
