/**
 * Registers: 202 for everyone, with the same calls, bytes and time, whether the address is known or
 * not. The difference is in the mailbox, and only its owner sees it. What is stored is no user yet
 * and opens nothing; the code makes it one (verify-email.ts).
 *
 * Registrations of one address stand side by side, each with its own password and code, so that
 * nobody has to wait for a stranger's to expire; the first that is proven wins. There are as many as
 * there are letters: without a letter there is no code that could be guessed.
 */
import { CODE_SECONDS, REGISTRATION_SECONDS, REGISTRATIONS } from '../policy/allowances.ts';
import { normalise, type Identifier } from '../policy/identifier.ts';
import {
  afterResponse,
  checkNewPassword,
  handleIdFor,
  auditContext,
  type AccountRequest,
} from './account-request.ts';
import type { EmailTemplate } from './ports/mail.ts';
import { checkAddressLimit, checkEmailLimit } from './rate-limits.ts';
import { ok, refuse, type Outcome, type RegistrationAccepted } from './model/outcome.ts';

/** A contract's reading of a registration's body. */
export interface RegistrationInput {
  username: string | null;
  email: string;
  password: string;
  name: string | null;
  /** The handle of an earlier registration of this address. */
  handle: string | null;
}

export async function register(
  request: AccountRequest & { application: RegistrationInput },
): Promise<Outcome<RegistrationAccepted>> {
  const { services, rules, meta, application } = request;
  const { username, name, password } = application;
  const identifier = normalise({ kind: 'email', value: application.email });
  const email = identifier.value;

  const knownId = await handleIdFor({ ...request, handle: application.handle }, identifier);
  const { id: handleId, handle } = await services.registrationHandles.issue(
    namesOf(identifier, username),
    knownId,
  );
  const usernameKey = username && normalise({ kind: 'username', value: username }).value;
  const wanted = { usernameKey, email, handleId };
  // Asked for before the letter is counted: a taken username costs none.
  const [turnedAway, isTaken] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    username !== null && services.registrations.isUsernameTaken(wanted, services.nowMs()),
  ]);
  if (turnedAway !== null) return refuse(turnedAway);
  const flaw = await checkNewPassword(request, { value: password, field: 'password' }, [
    username,
    email,
    name,
  ]);
  if (flaw !== null) return refuse(flaw);
  if (isTaken) return refuse({ reason: 'taken' });

  // Not sooner: a password that the rules refuse uses up no e-mail.
  const [{ refusal, mayRegister }, passwordHash, accountKey] = await Promise.all([
    countRegistration(request, email),
    services.passwords.hash(password),
    services.accountKey(identifier),
  ]);
  if (refusal !== null) return refuse(refusal);
  if (!mayRegister) return ok({ handle });

  const challengeId = services.uuid();
  const { code, hash: secretHash } = await services.secrets.newCode(challengeId);
  const event = auditContext(request, accountKey);
  const outcome = await services.registrations.add(
    {
      ...wanted,
      id: services.uuid(),
      username,
      name,
      passwordHash,
      expiresAtMs: event.nowMs + REGISTRATION_SECONDS * 1000,
      challenge: { id: challengeId, secretHash, expiresAtMs: event.nowMs + CODE_SECONDS * 1000 },
    },
    event,
  );
  if (outcome === 'username-taken') return refuse({ reason: 'taken' });

  const template: EmailTemplate =
    outcome === 'added'
      ? { kind: 'registration-code', code, minutes: CODE_SECONDS / 60 }
      : { kind: 'registration-attempt' };
  afterResponse(services, () =>
    services.mailer.send({ to: email, contract: rules.contract, template }),
  );
  return ok({ handle });
}

/** Asks one after the other: a sender that is refused must not use up what others may register. */
async function countRegistration({ services, meta }: AccountRequest, email: string) {
  const refusal = await checkEmailLimit(services, meta);
  if (refusal !== null) return { refusal, mayRegister: false };
  const { admitted: mayRegister } = await services.limits.consume(
    `registrations of ${email}`,
    REGISTRATIONS,
  );
  return { refusal, mayRegister };
}

function namesOf(email: Identifier, username: string | null): Identifier[] {
  if (username === null) return [email];
  return [email, normalise({ kind: 'username', value: username })];
}
