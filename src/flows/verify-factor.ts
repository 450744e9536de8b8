/**
 * Second factors as wires have them that ask for a challenge and verify a code against it: one pair of
 * requests for the second half of a login, a new factor's first code, and a proof within a session.
 *
 * A challenge is not stored and opens nothing. Codes of TOTP answer none, and what bounds guesses is
 * the step's ticket or the session's lockout.
 */
import { STEP_MS } from '../policy/lockout.ts';
import { authenticate, type AuthenticatedRequest, type AuthenticatePorts } from './authenticate.ts';
import { confirmTotp, type ConfirmRequest } from './factors.ts';
import { ok, refuse, type LoginResult, type Outcome } from './model/outcome.ts';
import { proveIdentity, type ProveIdentityRequest } from './prove-identity.ts';
import { rotate, type RotateRequest } from './refresh.ts';
import {
  completeLogin,
  handleIn,
  readStep,
  type CompleteLoginRequest,
  type ReadStepPorts,
} from './second-factor.ts';

export interface FactorChallenge {
  id: string;
  expiresAtMs: number;
}

const NOT_FOUND = refuse({ reason: 'not-found' });

/** Finds the factor, so that a client does not ask its user for a code in vain. */
export async function challengeFactor(
  request: AuthenticatedRequest<AuthenticatePorts | ReadStepPorts | 'uuid'> & { id: string },
): Promise<Outcome<FactorChallenge>> {
  const { services, id } = request;
  const handle = await handleIn(request);
  const owner = handle === null ? await authenticate(request) : await readStep(request, handle);
  if (!owner.ok) return owner;
  const { factors } = owner.value.account.user;
  if (!factors.some((factor) => factor.id === id)) return NOT_FOUND;
  return ok({ id: services.uuid(), expiresAtMs: services.nowMs() + STEP_MS });
}

type VerifyFactorPorts = keyof (CompleteLoginRequest['services'] &
  ConfirmRequest['services'] &
  ProveIdentityRequest['services'] &
  RotateRequest['services']);

interface VerifyFactorRequest
  extends AuthenticatedRequest<VerifyFactorPorts>, Pick<RotateRequest, 'sessionLimits'> {
  /** Of the factor; `recovery-codes` for all of those. */
  id: string;
  code: string;
}

/** Names all recovery codes in the place of a factor's id. */
const RECOVERY_CODES = 'recovery-codes';

/**
 * Verifies a code. With the token of a step it completes the login. With an access token it activates
 * the factor, if that is new, or proves the identity again, and answers with new tokens of the session.
 */
export async function verifyFactor(request: VerifyFactorRequest): Promise<Outcome<LoginResult>> {
  const challenge = await handleIn(request);
  if (challenge !== null) return completeLogin({ ...request, challenge });
  const session = await authenticate(request);
  if (!session.ok) return session;
  const factor = session.value.user.factors.find(({ id }) => id === request.id);
  if (factor === undefined && request.id !== RECOVERY_CODES) return NOT_FOUND;
  const proof =
    factor?.confirmedAtMs === null
      ? await confirmTotp({ ...request, omitsRecoveryCodes: true })
      : await proveIdentity({ ...request, password: null });
  if (!proof.ok) return proof;
  // Once more: another request may have rotated the refresh token in the meantime.
  const current = await authenticate(request);
  if (!current.ok) return current;
  const { id: sessionId, generation } = current.value;
  const granted = await rotate(request, { sessionId, generation });
  return granted.ok ? ok({ ...granted.value, deviceCookie: null }) : granted;
}
