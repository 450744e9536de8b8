/**
 * Registers: 202 for everyone, with the same calls, bytes and time, whether the address is known or
 * not. The difference is in the mailbox, and only its owner sees it. A stored registration is no
 * user yet and opens nothing; the code makes it one (verify-email.ts).
 *
 * Registrations of one address stand side by side, each with its own password and code, so that
 * no owner has to wait for a stranger's to expire; the first that is proven wins. There are as many as
 * there are e-mails: without an e-mail there is no code that could be guessed.
 */
import { REGISTRATION_SECONDS, REGISTRATIONS } from '../policy/allowances.ts';
import { normalise } from '../policy/identifier.ts';
import { registrationsOf } from '../policy/rate-limit-keys.ts';
import { afterResponse, sendEmail, type AfterResponsePorts } from './email.ts';
import { newChallenge } from './issue-challenge.ts';
import {
  ok,
  refuse,
  type Outcome,
  type Refusal,
  type RegistrationAccepted,
} from './model/outcome.ts';
import type { NewRegistration } from './model/registration.ts';
import type { EmailTemplate } from './ports/mail.ts';
import { checkNewPassword } from './password-rules.ts';
import { checkAddressLimit, checkEmailLimit, type RequestLimitPorts } from './rate-limits.ts';
import { readRegistrationHandle } from './recipients.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

/** A contract's reading of a registration's body. */
export interface RegistrationInput {
  username: string | null;
  email: string;
  password: string;
  name: string | null;
  /** The handle of an earlier registration of this address. */
  handle: string | null;
}

export interface RegisterRequest extends UseCaseRequest<
  | AfterResponsePorts
  | RequestLimitPorts
  | 'accountKey'
  | 'mailer'
  | 'nowMs'
  | 'passwordRules'
  | 'passwords'
  | 'registrationHandles'
  | 'registrations'
  | 'secrets'
  | 'uuid'
> {
  input: RegistrationInput;
}

export async function register(request: RegisterRequest): Promise<Outcome<RegistrationAccepted>> {
  const { services, meta, input } = request;
  const { username, name, password } = input;
  const identifier = normalise({ kind: 'email', value: input.email });
  const email = identifier.value;

  const knownId = await readRegistrationHandle({ ...request, handle: input.handle }, identifier);
  const names = [identifier];
  if (username !== null) names.push(normalise({ kind: 'username', value: username }));
  const { id: handleId, handle } = await services.registrationHandles.issue(names, knownId);
  const wanted = { usernameKey: names[1]?.value ?? null, email, handleId };
  const flaw = await checkApplication(request, wanted);
  if (flaw !== null) return refuse(flaw);

  // Not sooner: a password that the rules refuse uses up no e-mail.
  const [{ refusal, mayRegister }, passwordHash, accountKey] = await Promise.all([
    countRegistration(request, email),
    services.passwords.hash(password),
    services.accountKey(identifier),
  ]);
  if (refusal !== null) return refuse(refusal);
  const accepted = () =>
    ok({
      placeholderId: services.uuid(),
      acceptedAtMs: services.nowMs(),
      email,
      name,
      handle,
    });
  if (!mayRegister) return accepted();

  const context = auditContext(request, accountKey);
  const { nowMs } = context;
  const { secret, minutes, challenge } = await newChallenge(services, 'verify-email', nowMs);
  const expiresAtMs = nowMs + REGISTRATION_SECONDS * 1000;
  const outcome = await services.registrations.add(
    {
      ...wanted,
      id: services.uuid(),
      username,
      name,
      language: meta.language,
      passwordHash,
      expiresAtMs,
      challenge,
    },
    context,
  );
  if (outcome === 'username-taken') return refuse({ reason: 'taken', field: 'username' });

  const template: EmailTemplate =
    outcome === 'added'
      ? { kind: 'registration-code', code: secret, minutes }
      : { kind: 'registration-attempt' };
  const language = outcome === 'added' ? meta.language : outcome.known.language;
  afterResponse(services, () => sendEmail(request, { email, language }, template));
  return accepted();
}

/**
 * Counts the request, and checks the password and the username. Done before the e-mail is counted:
 * neither a taken username nor a password that the rules refuse costs one.
 */
export async function checkApplication(
  request: UseCaseRequest<'limits' | 'nowMs' | 'passwordRules' | 'registrations'> & {
    input: RegistrationInput;
  },
  wanted: Pick<NewRegistration, 'usernameKey' | 'email' | 'handleId'>,
): Promise<Refusal | null> {
  const { services, rules, meta, input } = request;
  const { username, name, password } = input;
  const [limited, isTaken] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    username !== null && services.registrations.isUsernameTaken(wanted, services.nowMs()),
  ]);
  if (limited !== null) return limited;
  const field = { value: password, field: 'password' };
  const flaw = await checkNewPassword(services, field, { username, email: wanted.email, name });
  if (flaw !== null) return flaw;
  return isTaken ? { reason: 'taken', field: 'username' } : null;
}

/** Asks one after the other: a sender that is refused must not use up what others may register. */
async function countRegistration({ services, meta }: RegisterRequest, email: string) {
  const refusal = await checkEmailLimit(services, meta);
  if (refusal !== null) return { refusal, mayRegister: false };
  const { admitted } = await services.limits.consume(registrationsOf(email), REGISTRATIONS);
  return { refusal, mayRegister: admitted };
}
