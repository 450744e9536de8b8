/**
 * Proves a mailbox with a code. The password is asked for as well: the code says that the mailbox
 * is theirs, the password that they are the one who registered, and neither alone opens anything,
 * so nobody can prepare an account on somebody else's address and have its owner confirm it.
 */
import { CODE_SECONDS, CODES, TRIES } from '../policy/allowances.ts';
import { normalised, type Identifier } from '../policy/identifier.ts';
import { afterwards, happening, ownerOf, type AccountRequest } from './account-request.ts';
import type { Challenge, Owner } from './account-services.ts';
import { verifyGuess } from './guess.ts';
import { clearLockouts, lockoutKeyFor, scopesOfNames } from './lockout-keys.ts';
import { granted, refused, type Outcome } from './outcome.ts';
import type { Services } from './services.ts';

/** Sends a fresh code where there is something to verify; the answer is the same for everyone. */
export async function sendCode(
  request: AccountRequest & { identifier: Identifier },
): Promise<Outcome<null>> {
  const identifier = normalised(request.identifier);
  const found = await ownerOf(request, identifier, 'verify-email');
  if (!found.ok) return found;
  const { owner } = found.value;
  afterwards(request.services, () => issueCode(request, identifier, owner));
  return granted(null);
}

async function issueCode(
  request: AccountRequest,
  identifier: Identifier,
  owner: Owner | null,
): Promise<void> {
  const { services } = request;
  const email = owner === null ? null : unverifiedEmail(owner);
  if (owner === null || email === null) return;
  const admission = await services.guard.allow(`codes to ${email}`, CODES);
  if (!admission.admitted) return;
  const id = services.uuid();
  const { code, hash: secretHash } = await services.secrets.newCode(id);
  const event = happening(request, await subjectOf(services, identifier, owner));
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
  const letter = { kind: 'verification-code', code, minutes: CODE_SECONDS / 60 } as const;
  await services.mailer.send({ to: email, contract: request.rules.contract, letter });
}

export async function verifyEmail(
  request: AccountRequest & { identifier: Identifier; password: string; code: string },
): Promise<Outcome<null>> {
  const { services, rules, visit, password, code } = request;
  const identifier = normalised(request.identifier);
  const found = await ownerOf(request, identifier, 'verify-email');
  if (!found.ok) return found;
  const { owner, challenge } = found.value;

  // The guess at the password is one like any login's, and the try at the code is counted beside
  // it: both before either is compared, and both under one key, whoever's the name is.
  const account = owner?.is === 'user' ? owner.account : null;
  const subject = await subjectOf(services, identifier, owner);
  const key = await lockoutKeyFor(services, { scope: identifier, account, visit });
  const tries = services.guard.allow(`tries at ${key}`, TRIES);
  tries.catch(() => undefined);
  const stored = owner === null ? null : passwordOf(owner);
  const guess = await verifyGuess(request, { password, stored, account, subject, key });
  if (!guess.ok) return guess;
  const { verdict, ticket } = guess.value;

  let done = false;
  try {
    const mayTry = (await tries).admitted;
    const isCode = await codeIs(services, challenge, code);
    if (verdict === 'right' && owner !== null && challenge !== null && mayTry && isCode) {
      if (ticket.isExpired()) return refused({ reason: 'busy' });
      const event = happening(request, subject);
      done = await prove(services, { owner, challenge, event });
    }
  } catch (outage) {
    // The password was right: an outage must not add up to a lock for its owner.
    if (verdict === 'right') services.later(ticket.settle('void'));
    throw outage;
  }
  if (done) {
    services.later(ticket.settle('right'));
    // The names have just become somebody's: failures at them were made while nobody had them.
    const registered = owner?.is === 'registration' ? scopesOfNames(owner.registration) : [];
    services.later(clearLockouts(services, registered, rules.lockout));
    return granted(null);
  }
  // A failure, whichever of the two was wrong: else the lock that does not come would tell that the
  // password was right, which for a fresh registration tells that nobody had the address before.
  if (!(await ticket.settle('wrong'))) return refused({ reason: 'busy' });
  return missed(request, subject, owner);
}

function prove(
  services: Services,
  { owner, challenge, event }: { owner: Owner; challenge: Challenge; event: Event },
): Promise<boolean> {
  return owner.is === 'user'
    ? services.credentials.verifyEmail(owner.account, challenge, event)
    : services.registrations.admit(owner.registration, challenge, {
        ...event,
        publicId: services.uuid(),
        passwordHash: null,
      });
}

type Event = ReturnType<typeof happening>;

function missed(request: AccountRequest, subject: string, owner: Owner | null): Outcome<never> {
  const { services, rules, visit } = request;
  services.later(
    services.audit.record({
      action: 'CODE_CHECK_FAILED',
      atMs: services.nowMs(),
      userId: owner?.is === 'user' ? owner.account.user.id : null,
      subject,
      contract: rules.contract,
      visit,
      reason: 'invalid-code',
    }),
  );
  return refused({ reason: 'invalid-code' });
}

/** The same work where there is no code to compare with. */
function codeIs(services: Services, challenge: Challenge | null, code: string): Promise<boolean> {
  return services.secrets.isCode(challenge ?? { id: '', secretHash: '', email: null }, code);
}

function subjectOf(services: Services, identifier: Identifier, owner: Owner | null) {
  return services.subject(owner?.is === 'user' ? { userId: owner.account.user.id } : identifier);
}

const passwordOf = (owner: Owner): string | null =>
  owner.is === 'user' ? owner.account.passwordHash : owner.registration.passwordHash;

function unverifiedEmail(owner: Owner): string | null {
  if (owner.is === 'registration') return owner.registration.email;
  const { email, emailVerified, status } = owner.account.user;
  return emailVerified || status !== 'active' ? null : email;
}
