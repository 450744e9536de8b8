/**
 * The step between password and second factor. A login with the right password at an account that has
 * a factor is answered with a handle, and completed by a second request with handle and code.
 *
 * The password's ticket stays out until the code is right, so that neither the password's verdict nor
 * the code is free to guess (policy/lockout.ts); each request takes two round trips. The step is bound
 * to account, credential version and contract, and ends with any other login of the account.
 */
import {
  isEnrolled,
  methodsOf,
  requiresSecondFactor,
  type SecondFactorPolicy,
} from '../policy/second-factor.ts';
import { STEP_MS } from '../policy/lockout.ts';
import type { AuthenticatedRequest } from './authenticate.ts';
import { notify } from './email.ts';
import { wholeSeconds } from './issue-tokens.ts';
import type { FactorUse } from './model/factor.ts';
import { ok, refuse, type LoginResult, type Outcome, type Refusal } from './model/outcome.ts';
import type { Account, User } from './model/user.ts';
import { openSession, type OpenSessionPorts } from './new-session.ts';
import type { LoginStep } from './ports/login-steps.ts';
import type { Services } from './ports/services.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { recordEvent, type RecordEventPorts, type UseCaseRequest } from './use-case.ts';
import { takeTicket, type LockoutPorts, type Ticket } from './verify-password.ts';

type Owed = 'second-factor-required' | 'enrolment-required';

/** Names the step that a login owes after the right password; null: none. */
export function owedStep(account: Account, policy: SecondFactorPolicy): Owed | null {
  if (isEnrolled(account.user)) return 'second-factor-required';
  return requiresSecondFactor(policy, account.user) ? 'enrolment-required' : null;
}

export type AskSecondFactorPorts = RecordEventPorts | 'loginSteps' | 'tokens' | 'uuid';

/**
 * Answers with a step in place of a session. What a replica says of the account is enough: the second
 * request asks the primary, and refuses a step whose account has changed.
 */
export async function askSecondFactor(
  request: UseCaseRequest<AskSecondFactorPorts>,
  login: {
    account: Account;
    accountKey: string;
    key: string;
    ticket: Ticket;
    remember: boolean;
    owed: Owed;
  },
): Promise<Outcome<never>> {
  const { services, rules } = request;
  const { account, accountKey, key, ticket, remember, owed } = login;
  if (!(await ticket.settle('owed'))) return refuse({ reason: 'busy' });
  recordEvent(request, { action: 'SECOND_FACTOR_ASKED', reason: owed, account, accountKey });
  const enrols = owed === 'enrolment-required';
  const issuedAtMs = services.nowMs();
  const handle = await services.loginSteps.issue({
    contract: rules.contract,
    userId: account.user.id,
    credentialVersion: account.credentialVersion,
    lockoutKey: key,
    ticket: ticket.id,
    remember,
    enrols,
    issuedAtMs,
  });
  const { user } = account;
  const token =
    rules.codeTravels === 'by-step-token'
      ? await signStep(request, { handle, user, issuedAtMs })
      : null;
  return pendingStep(request, { account, enrols, issuedAtMs }, { handle, token });
}

/** The facts of a step that a client learns. */
function pendingStep(
  { rules }: UseCaseRequest<never>,
  { account, enrols, issuedAtMs }: { account: Account; enrols: boolean; issuedAtMs: number },
  { handle, token }: { handle: string; token: string | null },
): { ok: false; refusal: Refusal } {
  const reason = enrols ? 'enrolment-required' : 'second-factor-required';
  const own = methodsOf(account, rules);
  // A passkey stands for both factors, and asks for no enrolment.
  const methods = enrols ? ['totp' as const, ...own.filter((way) => way === 'passkey')] : own;
  const { user } = account;
  const expiresAtMs = issuedAtMs + STEP_MS;
  return refuse({ reason, step: { handle, methods, issuedAtMs, expiresAtMs, user, token } });
}

function signStep(
  { services, rules }: UseCaseRequest<'tokens' | 'uuid'>,
  { handle, user, issuedAtMs }: { handle: string; user: User; issuedAtMs: number },
): Promise<string> {
  const atMs = wholeSeconds(issuedAtMs);
  const claims = {
    handle,
    sub: user.publicId,
    jti: services.uuid(),
    issuedAtMs: atMs,
    expiresAtMs: atMs + STEP_MS,
    extra: rules.tokens.stepClaims({ issuedAtMs: atMs }),
  };
  return services.tokens.signStep(claims, rules.tokens);
}

/** The handle in the token of a step, which clients send as an access token. Null: it is none. */
export async function handleIn({
  services,
  rules,
  token,
}: AuthenticatedRequest<'tokens'>): Promise<string | null> {
  if (rules.codeTravels !== 'by-step-token' || token === null) return null;
  return services.tokens.readStep(token, rules.tokens);
}

export type ReadStepPorts = 'loginSteps' | 'users';

/** Reads a step that is still good, with its account from the primary. It takes no ticket. */
export async function readStep(
  { services, rules }: UseCaseRequest<ReadStepPorts>,
  handle: string,
): Promise<Outcome<{ step: LoginStep; account: Account }>> {
  const step = await services.loginSteps.read(handle);
  if (step === null || step.contract !== rules.contract) return EXPIRED_STEP;
  const account = await services.users.findById(step.userId);
  const flaw = checkStep(step, account, rules.requiresVerifiedEmail);
  if (account === null || flaw !== null) return EXPIRED_STEP;
  return ok({ step, account });
}

/** Shows the step that a token holds; null: it holds none. */
export async function showStep(
  request: AuthenticatedRequest<ReadStepPorts | 'tokens'>,
): Promise<Outcome<never> | null> {
  const handle = await handleIn(request);
  if (handle === null) return null;
  const read = await readStep(request, handle);
  if (!read.ok) return read;
  const { step, account } = read.value;
  return pendingStep(request, { ...step, account }, { handle, token: request.token });
}

export interface CompleteLoginRequest extends UseCaseRequest<
  | OpenSessionPorts
  | RecordEventPorts
  | 'accountKey'
  | 'factorSecrets'
  | LockoutPorts
  | 'loginSteps'
  | 'mailer'
  | 'users'
> {
  challenge: string;
  code: string;
}

export const EXPIRED_STEP = refuse({ reason: 'expired-step' });

/** Completes a login with a code of the account's factor, or of the one that the step has enrolled. */
export async function completeLogin(request: CompleteLoginRequest): Promise<Outcome<LoginResult>> {
  const { services, rules, meta } = request;
  const step = await services.loginSteps.read(request.challenge);
  if (step === null || step.contract !== rules.contract) {
    const limited = await checkAddressLimit(services, rules.limit, meta);
    return limited === null ? EXPIRED_STEP : refuse(limited);
  }
  const owner = { user: { id: step.userId } };
  const accountKey = await services.accountKey({ userId: step.userId });
  const of = { account: owner, accountKey, key: step.lockoutKey };
  const taking = takeTicket(request, of, step.ticket);
  const [limited, account, taken] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.users.findById(step.userId),
    taking,
  ]).catch((outage: unknown) => {
    services.waitUntil(giveBack(taking));
    throw outage;
  });
  if (taken === 'gone') return limited === null ? EXPIRED_STEP : refuse(limited);
  if (!taken.ok) return limited === null ? taken : refuse(limited);
  const ticket = taken.value;
  const flaw = limited ?? checkStep(step, account, rules.requiresVerifiedEmail);
  if (flaw !== null || account === null) {
    services.waitUntil(ticket.settle('void'));
    return flaw === null ? EXPIRED_STEP : refuse(flaw);
  }

  const how = { nowMs: services.nowMs(), enrolling: step.enrols };
  const matching = services.factorSecrets.match(account, request.code, how);
  const secondFactor = await countLostKey(matching, { services, ticket });
  try {
    if (secondFactor !== null) {
      const proven = { account, accountKey, ticket, remember: step.remember, secondFactor };
      const { issuedAtMs: stepIssuedAtMs } = step;
      const outcome = await openSession(request, {
        ...proven,
        passkey: null,
        renewedHash: null,
        stepIssuedAtMs,
      });
      if (outcome === 'stale') {
        services.waitUntil(ticket.settle('void'));
        return EXPIRED_STEP;
      }
      if (outcome.ok) reportUse(request, { account, use: secondFactor, enrols: step.enrols });
      return outcome;
    }
  } catch (outage) {
    services.waitUntil(ticket.settle('void'));
    throw outage;
  }
  return rejectFactor(request, { account, accountKey, ticket });
}

/** Counts a wrong code before it is called wrong. */
export async function rejectFactor(
  request: UseCaseRequest<RecordEventPorts>,
  { account, accountKey, ticket }: { account: Account; accountKey: string; ticket: Ticket },
): Promise<Outcome<never>> {
  if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  const event = { action: 'SECOND_FACTOR_FAILED', reason: 'wrong-code' } as const;
  recordEvent(request, { ...event, account, accountKey });
  return refuse({ reason: 'invalid-factor' });
}

/** Counts a code that met a lost key like a wrong one: it was compared with the account's other factors. */
export function countLostKey(
  matching: Promise<FactorUse | null>,
  { services, ticket }: { services: Pick<Services, 'waitUntil'>; ticket: Ticket },
): Promise<FactorUse | null> {
  return matching.catch((lostKey: unknown) => {
    services.waitUntil(ticket.settle('wrong'));
    throw lostKey;
  });
}

/** An outage must not add up to a lock: a ticket that was taken for nothing goes back to its step. */
async function giveBack(taking: ReturnType<typeof takeTicket>): Promise<void> {
  const taken = await taking.catch(() => 'gone' as const);
  if (taken !== 'gone' && taken.ok) await taken.value.settle('void');
}

/** The step ends with everything that its password was verified for, and with a later login. */
function checkStep(
  step: LoginStep,
  account: Account | null,
  requiresVerifiedEmail: boolean,
): Refusal | null {
  const isCurrent =
    account !== null &&
    account.credentialVersion === step.credentialVersion &&
    account.user.status === 'active' &&
    (account.user.emailVerified || !requiresVerifiedEmail) &&
    isEnrolled(account.user) !== step.enrols &&
    (account.user.lastLoginAtMs ?? 0) <= step.issuedAtMs;
  return isCurrent ? null : { reason: 'expired-step' };
}

/** Tells the account's owner of what a code has changed; the audit has it from the store's batch. */
export function reportUse(
  request: UseCaseRequest<'mailer' | 'waitUntil'>,
  used: { account: Account; use: FactorUse; enrols: boolean },
): void {
  const { account, use, enrols } = used;
  if (!enrols && use.kind === 'totp') return;
  const left = account.user.recoveryCodesLeft - 1;
  const template = enrols
    ? ({ kind: 'factor-added' } as const)
    : ({ kind: 'recovery-code-used', left } as const);
  notify(request, account, template);
}
