/**
 * Enrols and removes the second factors of a signed-in user. Each change needs a recent proof of
 * identity (prove-identity.ts) and is told to the account's mailbox.
 */
import { hasApp, isEnrolled, MAX_FACTORS } from '../policy/second-factor.ts';
import { authenticate, UNAUTHENTICATED, type AuthenticatedRequest } from './authenticate.ts';
import type { AuthenticatePorts } from './authenticate.ts';
import { notify } from './email.ts';
import type { Enrolment, ShownFactor } from './model/factor.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import { authenticateProven } from './prove-identity.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { EXPIRED_STEP, handleIn, readStep } from './second-factor.ts';
import { auditContext } from './use-case.ts';

type FactorsRequest = AuthenticatedRequest<
  AuthenticatePorts | 'accountKey' | 'factors' | 'factorSecrets' | 'limits' | 'mailer' | 'waitUntil'
>;

export async function listFactors(
  request: AuthenticatedRequest<AuthenticatePorts>,
): Promise<Outcome<{ factors: ShownFactor[]; recoveryCodesLeft: number }>> {
  const session = await authenticate(request);
  if (!session.ok) return session;
  const { factors, recoveryCodesLeft } = session.value.user;
  const confirmed = factors.filter(({ confirmedAtMs }) => confirmedAtMs !== null);
  return ok({ factors: confirmed, recoveryCodesLeft });
}

interface EnrollRequest extends AuthenticatedRequest<
  keyof FactorsRequest['services'] | 'loginSteps' | 'users' | 'uuid'
> {
  /** The handle of a step that enrols, in place of a token; null: none. */
  challenge: string | null;
  name: string | null;
}

/**
 * Makes the secret of a new TOTP factor, in place of one that was never confirmed. It is shown in
 * this answer alone, and the factor proves nothing before a code of it is confirmed.
 */
export async function enrollTotp(request: EnrollRequest): Promise<Outcome<Enrolment>> {
  const { services, rules, token, challenge, name } = request;
  if (rules.secondFactor === 'off') return NOT_OFFERED;
  const handle = (await handleIn(request)) ?? (token === null ? challenge : null);
  const owner =
    handle === null ? await accountOfSession(request) : await accountOfStep(request, handle);
  if (!owner.ok) return owner;
  const account = owner.value;
  const confirmed = account.user.factors.filter(({ confirmedAtMs }) => confirmedAtMs !== null);
  if (confirmed.length >= MAX_FACTORS) return refuse({ reason: 'too-many-factors' });
  const { id: userId, email, username, emailVerified } = account.user;
  // A stranger may have registered the address: its owner, who takes the account back by a link, must
  // find no factor of the stranger's in it.
  if (email !== null && !emailVerified) return refuse({ reason: 'unverified' });
  const factorId = services.uuid();
  const label = email ?? username ?? account.user.publicId;
  const { sealed, secret, uri } = await services.factorSecrets.newTotp({ userId, factorId }, label);
  const context = auditContext(request, await services.accountKey({ userId }));
  const factor = { id: factorId, secret: sealed, name };
  if (!(await services.factors.enroll(account, factor, context))) return UNAUTHENTICATED;
  return ok({ id: factorId, name, secret, uri });
}

async function accountOfSession(request: EnrollRequest): Promise<Outcome<Account>> {
  const session = await authenticateProven(request);
  return session.ok ? ok(session.value.account) : session;
}

async function accountOfStep(request: EnrollRequest, handle: string): Promise<Outcome<Account>> {
  const { services, rules, meta } = request;
  const [limited, read] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    readStep(request, handle),
  ]);
  if (limited !== null) return refuse(limited);
  if (!read.ok) return read;
  const { step, account } = read.value;
  return step.enrols ? ok(account) : EXPIRED_STEP;
}

const NOT_OFFERED = refuse({ reason: 'not-found' });

/** The codes are shown in this answer alone; empty where the account had a factor before. */
export interface RecoveryCodes {
  recoveryCodes: string[];
}

export interface ConfirmRequest extends FactorsRequest {
  code: string;
  /** Makes no recovery codes, for answers that cannot show them. Absent: with an account's first factor. */
  omitsRecoveryCodes?: true;
}

/** Confirms the factor that was enrolled last, with a code of it, which is used up thereby. */
export async function confirmTotp(request: ConfirmRequest): Promise<Outcome<RecoveryCodes>> {
  const { services, rules, code, omitsRecoveryCodes } = request;
  if (rules.secondFactor === 'off') return NOT_OFFERED;
  const session = await authenticateProven(request);
  if (!session.ok) return session;
  const { account } = session.value;
  const userId = account.user.id;
  const how = { nowMs: services.nowMs(), enrolling: true };
  const use = await services.factorSecrets.match(account, code, how);
  if (use === null) return INVALID_FACTOR;
  const codes =
    isEnrolled(account.user) || omitsRecoveryCodes
      ? null
      : await services.factorSecrets.newRecoveryCodes(userId);
  const isConfirmed = await services.factors.confirm(session.value, use, {
    ...auditContext(request, await services.accountKey({ userId })),
    recoveryCodes: codes?.stored ?? [],
  });
  if (!isConfirmed) return INVALID_FACTOR;
  notify(request, account, { kind: 'factor-added' });
  return ok({ recoveryCodes: codes?.shown ?? [] });
}

const INVALID_FACTOR = refuse({ reason: 'invalid-factor' });

/** Replaces all recovery codes, used or not. */
export async function newRecoveryCodes(request: FactorsRequest): Promise<Outcome<RecoveryCodes>> {
  const { services } = request;
  const session = await authenticateProven(request);
  if (!session.ok) return session;
  const { account } = session.value;
  if (!hasApp(account.user) && account.user.passkeys.length === 0) return NOT_OFFERED;
  const userId = account.user.id;
  const { shown, stored } = await services.factorSecrets.newRecoveryCodes(userId);
  const isReplaced = await services.factors.replaceRecoveryCodes(account, {
    ...auditContext(request, await services.accountKey({ userId })),
    recoveryCodes: stored,
  });
  if (!isReplaced) return UNAUTHENTICATED;
  notify(request, account, { kind: 'recovery-codes-replaced' });
  return ok({ recoveryCodes: shown });
}

/** With the last factor the recovery codes go as well. */
export async function removeFactor(
  request: FactorsRequest & { id: string },
): Promise<Outcome<{ id: string }>> {
  const { services, id } = request;
  const session = await authenticateProven(request);
  if (!session.ok) return session;
  const { account } = session.value;
  const accountKey = await services.accountKey({ userId: account.user.id });
  const isRemoved = await services.factors.remove(account, id, auditContext(request, accountKey));
  if (!isRemoved) return NOT_OFFERED;
  notify(request, account, { kind: 'factor-removed' });
  return ok({ id });
}
