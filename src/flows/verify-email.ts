/**
 * Proves a mailbox with a code. The password is asked for as well: the code says that the mailbox
 * is theirs, the password that they are the one who registered, and neither alone opens anything,
 * so nobody can prepare an account on somebody else's address and have its owner confirm it.
 *
 * Several registrations of one address may wait for their codes: the code says which of them is
 * meant, and the password is verified against that one's hash alone.
 */
import { CODE_SECONDS, CODES, MAX_LIVE_CODES, TRIES } from '../policy/allowances.ts';
import { normalise } from '../policy/identifier.ts';
import {
  afterResponse,
  handleIdFor,
  auditContext,
  recipientOf,
  type AccountRequest,
  type NamedRequest,
} from './account-request.ts';
import type { AuditContext } from './model/audit.ts';
import type { Challenge, ChallengeOwner, OwnedChallenge } from './model/challenge.ts';
import type { EmailTemplate } from './ports/mail.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { verifyPassword } from './verify-password.ts';
import { clearLockouts, lockoutKeyFor, scopesOfNames } from './lockout-keys.ts';
import { ok, refuse, type Outcome, type NewDeviceCookie } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import type { LockoutScope } from './ports/platform.ts';
import type { Services } from './ports/services.ts';

/** Sends a fresh code where there is something to verify; the answer is the same for everyone. */
export async function sendCode(request: NamedRequest): Promise<Outcome<null>> {
  const found = await recipientOf(request);
  if (!found.ok) return found;
  afterResponse(request.services, () => issueCode(request, found.value));
  return ok(null);
}

async function issueCode(request: AccountRequest, owner: ChallengeOwner | null): Promise<void> {
  const { services } = request;
  const email = owner === null ? null : unverifiedEmail(owner);
  if (owner === null || email === null) return;
  const admission = await services.limits.consume(`codes to ${email}`, CODES);
  if (!admission.admitted) return;
  const id = services.uuid();
  const { code, hash: secretHash } = await services.secrets.newCode(id);
  const accountKey = await services.accountKey(
    owner.is === 'user' ? { userId: owner.account.user.id } : { kind: 'email', value: email },
  );
  const event = auditContext(request, accountKey);
  await services.challenges.issue(
    owner,
    {
      id,
      secretHash,
      email: null,
      purpose: 'verify-email',
      expiresAtMs: event.nowMs + CODE_SECONDS * 1000,
    },
    event,
  );
  const kind = owner.is === 'user' ? 'verification-code' : 'registration-code';
  const template: EmailTemplate = { kind, code, minutes: CODE_SECONDS / 60 };
  await services.mailer.send({ to: email, contract: request.rules.contract, template });
}

export async function verifyEmail(
  request: NamedRequest & { password: string; code: string },
): Promise<Outcome<NewDeviceCookie>> {
  const { services, rules, meta, password, code } = request;
  const identifier = normalise(request.identifier);
  const handleId = await handleIdFor(request, identifier);
  const [turnedAway, { account, codes }] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.challenges.findCodes(identifier, { most: MAX_LIVE_CODES, nowMs: services.nowMs() }),
  ]);
  if (turnedAway !== null) return refuse(turnedAway);

  // The guess at the password is one like any login's, and the try at the code is counted beside
  // it: both before a verdict is told, and under keys that do not depend on whose the name is.
  // With a handle, strangers who know the name can neither lock nor use up what it draws.
  const accountKey = await services.accountKey(
    account === null ? identifier : { userId: account.user.id },
  );
  const ofHandle: LockoutScope | null =
    handleId === null ? null : { kind: 'registration', value: handleId };
  const tries = countTries(services, [
    await lockoutKeyFor(services, { scope: identifier, account, meta }),
    ofHandle === null ? null : await services.lockoutKey(ofHandle),
  ]);
  tries.catch(() => undefined);
  const sent = await sentCodeOf(services, codes, code);
  const guess = await verifyPassword(request, {
    password,
    stored: sent === null ? null : passwordOf(sent.owner),
    account,
    accountKey,
    key: await lockoutKeyFor(services, { scope: ofHandle ?? identifier, account, meta }),
  });
  if (!guess.ok) return guess;
  const { verdict, ticket } = guess.value;

  let proven: NewDeviceCookie | null = null;
  try {
    const [mayTryOthers, mayTryOwn] = await tries;
    if (verdict === 'right' && sent !== null) {
      if (isOf(sent.owner, handleId) ? mayTryOwn : mayTryOthers) {
        if (ticket.isExpired()) return refuse({ reason: 'busy' });
        proven = await prove(services, sent, auditContext(request, accountKey));
      }
    }
  } catch (outage) {
    // The password was right: an outage must not add up to a lock for its owner.
    if (verdict === 'right') services.waitUntil(ticket.settle('void'));
    throw outage;
  }
  if (proven !== null && sent !== null) {
    services.waitUntil(ticket.settle('right'));
    // The names have just become somebody's: failures at them were made while nobody had them.
    const { owner } = sent;
    const names = owner.is === 'registration' ? scopesOfNames(owner.registration) : [];
    services.waitUntil(clearLockouts(services, names, rules.lockout));
    return ok(proven);
  }
  // A failure, whichever of the two was wrong: else the lock that does not come would tell that the
  // password was right, which for a fresh registration tells that nobody had the address before.
  if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  return missed(request, accountKey, account);
}

/**
 * Counts a try at the codes of the name, and one at the codes of the handle where one came along:
 * which of the two is drawn upon, the code decides.
 */
function countTries(
  services: Services,
  keys: readonly [string, string | null],
): Promise<[boolean, boolean]> {
  const count = async (key: string | null) =>
    key !== null && (await services.limits.consume(`tries at ${key}`, TRIES)).admitted;
  return Promise.all([count(keys[0]), count(keys[1])]);
}

/** Matches no code: compared with in the place of codes that there are not. */
export const DECOY: Challenge = { id: '', secretHash: '-'.repeat(43), email: null };

/** The code that was sent; null where there is none like it. */
async function sentCodeOf(
  services: Services,
  codes: readonly OwnedChallenge[],
  code: string,
): Promise<OwnedChallenge | null> {
  let found: OwnedChallenge | null = null;
  for (let n = 0; n < MAX_LIVE_CODES; n += 1) {
    const candidate = codes[n] ?? null;
    const isCode = await services.secrets.isCode(candidate?.challenge ?? DECOY, code);
    if (isCode) found ??= candidate;
  }
  return found;
}

const isOf = (owner: ChallengeOwner, handleId: string | null): boolean =>
  owner.is === 'registration' && owner.registration.handleId === handleId;

/** Null: the code is no longer good. */
async function prove(
  services: Services,
  { owner, challenge }: OwnedChallenge,
  event: AuditContext,
): Promise<NewDeviceCookie | null> {
  if (owner.is === 'user') {
    const { account } = owner;
    if (!(await services.accountChanges.verifyEmail(account, challenge, event))) return null;
    // Cookies from before are void: whoever had them may not have had the mailbox.
    const deviceVersion = account.deviceVersion + 1;
    return { device: await services.devices.issue({ userId: account.user.id, deviceVersion }) };
  }
  const admitted = await services.registrations.admit(owner.registration, challenge, {
    ...event,
    publicId: services.uuid(),
    passwordHash: null,
  });
  if (admitted === null) return null;
  return { device: admitted.device && (await services.devices.issue(admitted.device)) };
}

/** Audits and refuses a wrong, expired or missing code: one refusal for all of them. */
export function missed(
  request: AccountRequest,
  accountKey: string,
  account: Account | null,
): Outcome<never> {
  const { services, rules, meta } = request;
  services.waitUntil(
    services.audit.record({
      action: 'CODE_CHECK_FAILED',
      nowMs: services.nowMs(),
      userId: account?.user.id ?? null,
      accountKey,
      contract: rules.contract,
      meta,
      reason: 'invalid-code',
    }),
  );
  return refuse({ reason: 'invalid-code' });
}

const passwordOf = (owner: ChallengeOwner): string | null =>
  owner.is === 'user' ? owner.account.passwordHash : owner.registration.passwordHash;

function unverifiedEmail(owner: ChallengeOwner): string | null {
  if (owner.is === 'registration') return owner.registration.email;
  const { email, emailVerified, status } = owner.account.user;
  return emailVerified || status !== 'active' ? null : email;
}
