/** Requests to the operations around second factors that are granted (requests.ts). */
import type { InputOf, Operation } from '../../../src/flows/operations.ts';
import { codeAt, valueNamed } from '../authenticator.ts';
import { client, type ContractAnswer } from '../session.ts';
import { addUser, factorIdOf, type Sending, type TestApp, type TestUser } from '../test-app.ts';
import type { Outgoing } from './mutation.ts';
import type { Prepared } from './requests.ts';

export const succeeded = (answer: ContractAnswer): ContractAnswer => {
  if (answer.status < 300) return answer;
  throw new Error(`a request could not be prepared: ${answer.status} ${answer.text}`);
};

export interface Tools {
  name: string;
  caller: ReturnType<typeof client>;
  /** Requires a second factor of every account. */
  required: TestApp;
  from(): Sending;
  signedIn(): Promise<{
    user: TestUser & { id: number };
    access: string;
    /** Empty where the contract has none. */
    refresh: string;
    secret: string[];
  }>;
  write<O extends Operation>(operation: O, input: InputOf<O>, tokens?: object): Outgoing;
  byBearer<O extends Operation>(
    operation: O,
    inputOf: (user: TestUser) => InputOf<O>,
    needsPassword?: boolean,
  ): Promise<Prepared>;
}

export function factorRequests({ name, caller, required, from, signedIn, write, byBearer }: Tools) {
  const { contract, ask } = caller;
  const enroll = async (token: string): Promise<string> => {
    const input = { challenge: null, name: null };
    const { text } = succeeded(await ask('enroll-totp', input, { token, ...from() }));
    return String(valueNamed(JSON.parse(text), 'secret'));
  };
  /** Signed in, with a second factor. */
  const enrolled = async () => {
    const signed = await signedIn();
    const token = signed.access;
    const totp = await enroll(token);
    const confirmation = { code: codeAt(totp) };
    const { text } = succeeded(await ask('confirm-totp', confirmation, { token, ...from() }));
    const codes = valueNamed(JSON.parse(text), 'recoveryCodes', 'recovery_codes') as string[];
    return { ...signed, codes, secret: [...signed.secret, totp, ...codes] };
  };
  const stepIn = ({ text }: ContractAnswer) =>
    String(valueNamed(JSON.parse(text), 'challenge', 'mfa_token'));
  /** A login that owes a code. */
  const asked = async () => {
    const { user, codes, secret } = await enrolled();
    const challenge = stepIn(await caller.login(user, from()));
    return { user, challenge, code: codes[0] ?? '', secret };
  };
  /** A login that owes an enrolment. */
  const enrolling = async () => {
    const strict = client(required, name);
    const user = await addUser();
    const challenge = stepIn(await strict.login(user, from()));
    const input = { challenge, name: null };
    const { text } = succeeded(await strict.ask('enroll-totp', input, from()));
    const totp = String(valueNamed(JSON.parse(text), 'secret'));
    return { user, challenge, code: codeAt(totp), secret: [user.password, totp] };
  };

  return {
    'second-factor': async () => {
      const { user, challenge, code, secret } =
        contract.codeTravels === 'with-password' ? await enrolling() : await asked();
      const outgoing = write('second-factor', { challenge, code });
      return { outgoing, needed: [challenge], secret: [...secret, challenge], user };
    },
    reauthenticate: () => byBearer('reauthenticate', ({ password }) => ({ password, code: null })),
    'list-factors': () => byBearer('list-factors', () => null, false),
    'enroll-totp': () => byBearer('enroll-totp', () => ({ challenge: null, name: null }), false),
    'confirm-totp': async () => {
      const { user, access, secret } = await signedIn();
      const totp = await enroll(access);
      const outgoing = write('confirm-totp', { code: codeAt(totp) }, { token: access });
      return { outgoing, needed: [access], secret: [...secret, totp], user };
    },
    'challenge-factor': async () => {
      const { user, access, secret } = await enrolled();
      const id = await factorIdOf(user);
      const outgoing = write('challenge-factor', { id }, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'verify-factor': async () => {
      const { user, access, codes, secret } = await enrolled();
      const input = { id: await factorIdOf(user), code: codes[0] ?? '' };
      const outgoing = write('verify-factor', input, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'new-recovery-codes': async () => {
      const { user, access, secret } = await enrolled();
      const outgoing = write('new-recovery-codes', null, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'remove-factor': async () => {
      const { user, access, secret } = await enrolled();
      const outgoing = write('remove-factor', { id: await factorIdOf(user) }, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
  };
}
