/** Users with a second factor, enrolled by a contract's own operations, and their logins. */
import { codeAt, valueNamed } from './authenticator.ts';
import { tokensOf, type client, type ContractAnswer } from './session.ts';
import { addUser, contractCases, type Sending, type TestUser } from './test-app.ts';

/** RFC 6238: codes change with it. */
export const TIME_STEP_MS = 30_000;

/**
 * Keycloak has no step between password and code, gotrue one of its own, and the tokens of odd-1 end
 * before a proof of identity does.
 */
const APART = new Set(['gotrue', 'keycloak', 'odd-1']);
export const stepCases = contractCases.filter(({ name }) => !APART.has(name));

type Client = ReturnType<typeof client>;

/** The value under a name in an answer's body, in either case of names. */
export const fieldOf = (
  { text }: ContractAnswer,
  name: 'secret' | 'challenge' | 'recoveryCodes',
) => {
  const names = { secret: [], challenge: ['mfa_token'], recoveryCodes: ['recovery_codes'] }[name];
  return valueNamed(JSON.parse(text), name, ...names);
};

export interface Enrolled {
  user: TestUser & { id: number };
  /** Of the session that enrolled the factor. */
  token: string;
  /** Base32. */
  secret: string;
  recoveryCodes: string[];
}

/** Adds a user who has enrolled a factor, and confirmed it by the code of this time step. */
export async function enrol(
  { ask, login }: Client,
  columns: Parameters<typeof addUser>[0] = {},
): Promise<Enrolled> {
  const user = await addUser(columns);
  const { access: token } = tokensOf(await login(user));
  const secret = await enroll({ ask }, token);
  const confirmed = await ask('confirm-totp', { code: codeAt(secret) }, { token });
  return { user, token, secret, recoveryCodes: fieldOf(confirmed, 'recoveryCodes') as string[] };
}

/** Returns the secret of a factor that is not confirmed. */
export async function enroll({ ask }: Pick<Client, 'ask'>, token: string): Promise<string> {
  const answer = await ask('enroll-totp', { challenge: null, name: null }, { token });
  return fieldOf(answer, 'secret') as string;
}

/** The code of the time step after this one, which is accepted as well: the enrolment has used this one's. */
export const nextCode = ({ secret }: Pick<Enrolled, 'secret'>): string =>
  codeAt(secret, Date.now() + TIME_STEP_MS);

/** Sends the right password; returns the handle of the step that the login owes. */
export async function begin(
  { login }: Client,
  { user }: Pick<Enrolled, 'user'>,
  sending?: Sending,
): Promise<string> {
  const answer = await login(user, sending);
  const handle = fieldOf(answer, 'challenge');
  if (typeof handle === 'string') return handle;
  throw new Error(`no step: ${answer.status} ${answer.text}`);
}

/** Signs in with password and code. */
export async function signIn(caller: Client, enrolled: Enrolled, code = nextCode(enrolled)) {
  const challenge = await begin(caller, enrolled);
  return caller.ask('second-factor', { challenge, code });
}
