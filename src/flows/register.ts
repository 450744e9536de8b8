/**
 * Registers: 202 for everyone, with the same calls, bytes and time, whether the address is known or
 * not. The difference is in the mailbox, and only its owner sees it. What is stored is no user yet
 * and opens nothing; the code makes it one (verify-email.ts).
 */
import { CODE_SECONDS, CODES, NOTICES, REGISTRATION_SECONDS } from '../policy/allowances.ts';
import { normalised } from '../policy/identifier.ts';
import {
  afterwards,
  flawOfPassword,
  happening,
  post,
  type AccountRequest,
} from './account-request.ts';
import { admitted } from './admission.ts';
import { granted, refused, type Outcome } from './outcome.ts';

/** A contract's reading of a registration's body. */
export interface Application {
  username: string | null;
  email: string;
  password: string;
  name: string | null;
}

export async function register(
  request: AccountRequest & { application: Application },
): Promise<Outcome<null>> {
  const { services, rules, visit, application } = request;
  const { username, name, password } = application;
  const identifier = normalised({ kind: 'email', value: application.email });
  const email = identifier.value;

  const turnedAway = await admitted(services, rules.limit, visit);
  if (turnedAway !== null) return refused(turnedAway);
  const flaw = await flawOfPassword(request, { value: password, field: 'password' }, [
    username,
    email,
    name,
  ]);
  if (flaw !== null) return refused(flaw);

  const [passwordHash, subject] = await Promise.all([
    services.passwords.hash(password),
    services.subject(identifier),
  ]);
  const id = services.uuid();
  const challengeId = services.uuid();
  const { code, hash: secretHash } = await services.secrets.newCode(challengeId);
  const event = happening(request, subject);
  const outcome = await services.registrations.add(
    {
      id,
      username,
      email,
      name,
      passwordHash,
      expiresAtMs: event.nowMs + REGISTRATION_SECONDS * 1000,
      challenge: { id: challengeId, secretHash, expiresAtMs: event.nowMs + CODE_SECONDS * 1000 },
    },
    event,
  );
  if (outcome === 'username-taken') return refused({ reason: 'taken' });

  const letter =
    outcome === 'added'
      ? ({ kind: 'verification-code', code, minutes: CODE_SECONDS / 60 } as const)
      : ({ kind: 'registration-attempt' } as const);
  const share =
    outcome === 'added' ? { of: 'codes', limit: CODES } : { of: 'notices', limit: NOTICES };
  afterwards(services, () => post(request, email, { letter, share }));
  return granted(null);
}
