/**
 * Verifies an address with a code. The password is asked for as well: the code proves the mailbox,
 * the password that the same person registered. Neither alone opens anything, so an attacker cannot
 * prepare an account on a stranger's address and have its owner confirm it.
 *
 * Several registrations of one address may wait for their codes: the code says which of them is
 * meant, and the password is verified against that one's hash alone.
 */
import { MAX_LIVE_CODES, TRIES } from '../policy/allowances.ts';
import { normalise } from '../policy/identifier.ts';
import { codeTriesAt } from '../policy/rate-limit-keys.ts';
import { afterResponse, type AfterResponsePorts } from './email.ts';
import { issueChallenge, type IssueChallengePorts } from './issue-challenge.ts';
import {
  clearLockouts,
  lockoutKeyFor,
  scopesOfNames,
  type LockoutKeyPorts,
} from './lockout-keys.ts';
import type { AuditContext } from './model/audit.ts';
import { DECOY_CHALLENGE, type ChallengeOwner, type OwnedChallenge } from './model/challenge.ts';
import { ok, refuse, type NewDeviceCookie, type Outcome } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import type { LockoutScope } from './ports/platform.ts';
import type { Services } from './ports/services.ts';
import { checkAddressLimit } from './rate-limits.ts';
import {
  findRecipient,
  readRegistrationHandle,
  type FindRecipientPorts,
  type IdentifierRequest,
} from './recipients.ts';
import {
  auditContext,
  recordEvent,
  type RecordEventPorts,
  type UseCaseRequest,
} from './use-case.ts';
import { verifyPassword, type VerifyPasswordPorts } from './verify-password.ts';

/** Sends a fresh code where there is something to verify; the answer is the same for everyone. */
export async function sendCode(
  request: IdentifierRequest<AfterResponsePorts | FindRecipientPorts | IssueChallengePorts>,
): Promise<Outcome<null>> {
  const found = await findRecipient(request);
  if (!found.ok) return found;
  const owner = found.value;
  const to = owner && unverifiedEmail(owner);
  afterResponse(request.services, async () => {
    if (owner === null || to === null) return;
    await issueChallenge(request, { purpose: 'verify-email', owner, to });
  });
  return ok(null);
}

function unverifiedEmail(owner: ChallengeOwner): string | null {
  if (owner.is === 'registration') return owner.registration.email;
  const { email, emailVerified, status } = owner.account.user;
  return emailVerified || status !== 'active' ? null : email;
}

interface VerifyEmailRequest extends IdentifierRequest<
  | LockoutKeyPorts
  | VerifyPasswordPorts
  | 'accountChanges'
  | 'accountKey'
  | 'challenges'
  | 'registrationHandles'
  | 'registrations'
  | 'secrets'
> {
  password: string;
  code: string;
}

export async function verifyEmail(request: VerifyEmailRequest): Promise<Outcome<NewDeviceCookie>> {
  const { services, rules, meta, password, code } = request;
  const identifier = normalise(request.identifier);
  const handleId = await readRegistrationHandle(request, identifier);
  const [limited, { account, codes }] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.challenges.findCodes(identifier, { most: MAX_LIVE_CODES, nowMs: services.nowMs() }),
  ]);
  if (limited !== null) return refuse(limited);

  // The password is checked as at any login, and the try at the code is counted beside it: both
  // before a verdict is told, and under keys that do not depend on whose the name is. With a handle,
  // strangers who know the name can neither lock its password check nor use up its tries.
  const accountKey = await services.accountKey(
    account === null ? identifier : { userId: account.user.id },
  );
  const handleScope: LockoutScope | null =
    handleId === null ? null : { kind: 'registration', value: handleId };
  const counting = countTries(services, [
    await lockoutKeyFor(services, { scope: identifier, account, meta }),
    handleScope === null ? null : await services.lockoutKey(handleScope),
  ]);
  counting.catch(() => undefined);
  const sent = await findMatchingCode(services, codes, code);
  const check = await verifyPassword(request, {
    password,
    stored: sent === null ? null : passwordHashOf(sent.owner),
    // A wrong code is answered alike, whatever the password.
    tellsRight: false,
    account,
    accountKey,
    key: await lockoutKeyFor(services, { scope: handleScope ?? identifier, account, meta }),
  });
  if (!check.ok) return check;
  const { verdict, ticket } = check.value;

  let verified: NewDeviceCookie | null = null;
  try {
    const [mayTryName, mayTryHandle] = await counting;
    if (verdict === 'right' && sent !== null) {
      if (isRegisteredWith(sent.owner, handleId) ? mayTryHandle : mayTryName) {
        if (ticket.isExpired()) return refuse({ reason: 'busy' });
        verified = await acceptCode(services, sent, auditContext(request, accountKey));
      }
    }
  } catch (outage) {
    // The password was right: an outage must not add up to a lock for its owner.
    if (verdict === 'right') services.waitUntil(ticket.settle('void'));
    throw outage;
  }
  if (verified !== null && sent !== null) {
    services.waitUntil(ticket.settle('right'));
    // The names have just become a user's: the failures were made while they were no user's.
    const { owner } = sent;
    const scopes = owner.is === 'registration' ? scopesOfNames(owner.registration) : [];
    services.waitUntil(clearLockouts(services, scopes, rules.lockout));
    return ok(verified);
  }
  // A failure, whichever of the two was wrong: else the lock that does not come would tell that the
  // password was right, which for a fresh registration tells that the address was no user's before.
  if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  return rejectCode(request, accountKey, account);
}

/**
 * Counts a try at the codes of the name, and one at the codes of the handle where one came along:
 * the code that matches decides which of the two limits holds.
 */
function countTries(
  { limits }: Pick<Services, 'limits'>,
  lockoutKeys: readonly [string, string | null],
): Promise<[boolean, boolean]> {
  const count = async (key: string | null) =>
    key !== null && (await limits.consume(codeTriesAt(key), TRIES)).admitted;
  return Promise.all([count(lockoutKeys[0]), count(lockoutKeys[1])]);
}

/** Compares with as many codes as there can be, so that their number does not show in the time. */
async function findMatchingCode(
  { secrets }: Pick<Services, 'secrets'>,
  codes: readonly OwnedChallenge[],
  code: string,
): Promise<OwnedChallenge | null> {
  let found: OwnedChallenge | null = null;
  for (let n = 0; n < MAX_LIVE_CODES; n += 1) {
    const candidate = codes[n] ?? null;
    if (await secrets.isCode(candidate?.challenge ?? DECOY_CHALLENGE, code)) found ??= candidate;
  }
  return found;
}

const isRegisteredWith = (owner: ChallengeOwner, handleId: string | null): boolean =>
  owner.is === 'registration' && owner.registration.handleId === handleId;

const passwordHashOf = (owner: ChallengeOwner): string | null =>
  owner.is === 'user' ? owner.account.passwordHash : owner.registration.passwordHash;

/** Null: the code is no longer good. */
async function acceptCode(
  services: VerifyEmailRequest['services'],
  { owner, challenge }: OwnedChallenge,
  context: AuditContext,
): Promise<NewDeviceCookie | null> {
  if (owner.is === 'user') {
    const { account } = owner;
    if (!(await services.accountChanges.verifyEmail(account, challenge, context))) return null;
    // Earlier cookies are void: they may be a stranger's who did not have the mailbox.
    const deviceVersion = account.deviceVersion + 1;
    return {
      deviceCookie: await services.devices.issue({ userId: account.user.id, deviceVersion }),
    };
  }
  const admitted = await services.registrations.admit(owner.registration, challenge, {
    ...context,
    publicId: services.uuid(),
    passwordHash: null,
  });
  if (admitted === null) return null;
  return { deviceCookie: admitted.device && (await services.devices.issue(admitted.device)) };
}

/** Records and refuses a wrong, expired or missing code: one refusal for all of them. */
export function rejectCode(
  request: UseCaseRequest<RecordEventPorts>,
  accountKey: string,
  account: Account | null,
): Outcome<never> {
  recordEvent(request, {
    action: 'CODE_CHECK_FAILED',
    reason: 'invalid-code',
    account,
    accountKey,
  });
  return refuse({ reason: 'invalid-code' });
}
