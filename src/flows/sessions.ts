/** Reads, names and ends the sessions of the user who bears an access token, and reads the activity. */
import { authenticate, type AuthenticatedRequest, type AuthenticatePorts } from './authenticate.ts';
import { OPERATORS, type Activity, type StoredEvent } from './model/audit.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { ListedSession, SessionEnd } from './model/session.ts';
import type { User } from './model/user.ts';
import { authenticateCounted } from './reauthenticate.ts';
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

/** The number of events that a user is shown. */
const SHOWN_EVENTS = 50;

/** Newest first. */
export async function listActivity(
  request: AuthenticatedRequest<AuthenticatePorts | 'audit'>,
): Promise<Outcome<Activity[]>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const { user, id } = session.value;
  const events = await request.services.audit.newestOf(user.id, SHOWN_EVENTS);
  return ok(events.map((event) => activityOf(event, id)));
}

/**
 * Leaves out an operator's address and device, and the reason of a refused login: a stolen session must
 * not learn whether it was the password or the code that a guess had wrong.
 */
function activityOf(event: StoredEvent, current: string): Activity {
  const { action, reason, atMs, contract, sessionId, address, device } = event;
  const shown = { action, atMs, current: sessionId === current };
  if (contract === OPERATORS) return { ...shown, reason: 'done', address: null, device: null };
  return { ...shown, reason: action === 'LOGIN_FAILED' ? 'refused' : reason, address, device };
}

/** Names a session of the user; `name`: null takes the name away. */
export async function renameSession(
  request: AuthenticatedRequest<AuthenticatePorts | 'accountKey' | 'limits'>,
  { id, name }: { id: string; name: string | null },
): Promise<Outcome<null>> {
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { services } = request;
  const userId = session.value.user.id;
  const context = auditContext(request, await services.accountKey({ userId }));
  const isNamed = await services.sessions.rename({ id, userId, name }, context);
  return isNamed ? ok(null) : refuse({ reason: 'not-found' });
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
