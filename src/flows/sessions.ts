/** What the bearer of an access token may see and do of the sessions that are theirs. */
import { authenticate, type Bearer } from './authenticate.ts';
import { granted, refused, type Outcome } from './outcome.ts';
import type { Ending, ListedSession, LiveSession, Services, User, Visit } from './services.ts';

export interface SessionRequest {
  services: Services;
  bearer: Bearer;
  visit: Visit;
}

export async function profile({ services, bearer }: SessionRequest): Promise<Outcome<User>> {
  const caller = await authenticate(services, bearer);
  return caller.ok ? granted(caller.value.user) : caller;
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
  return granted({ sessions, current: id });
}

export async function endSession(
  request: SessionRequest,
  sessionId: string,
): Promise<Outcome<null>> {
  const caller = await authenticate(request.services, request.bearer);
  if (!caller.ok) return caller;
  const userId = caller.value.user.id;
  const ending = await endingBy(request, caller.value, 'SESSION_ENDED');
  const ended = await request.services.sessions.end({ id: sessionId, userId }, ending);
  return ended ? granted(null) : refused({ reason: 'not-found' });
}

/** All of them, over all contracts, this one included. */
export async function logoutAll(request: SessionRequest): Promise<Outcome<null>> {
  const caller = await authenticate(request.services, request.bearer);
  if (!caller.ok) return caller;
  const ending = await endingBy(request, caller.value, 'LOGOUT_ALL');
  await request.services.sessions.endAll(caller.value.user.id, ending);
  return granted(null);
}

async function endingBy(
  { services, visit }: SessionRequest,
  { user, contract }: LiveSession,
  action: Ending['action'],
): Promise<Ending> {
  const subject = await services.subject({ userId: user.id });
  return { action, contract, visit, subject, nowMs: services.nowMs() };
}
