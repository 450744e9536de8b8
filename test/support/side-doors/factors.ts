/** Enrols second factors of accounts, and begins logins that owe one. */
import { env } from 'cloudflare:workers';
import { encodeFields } from '../../../src/contracts/routes.ts';
import { codeAt } from '../authenticator.ts';
import type { TestApp } from '../test-app.ts';
import {
  change,
  granted,
  loginAt,
  open,
  partOf,
  plain,
  signIn,
  stepIn,
  type Account,
} from './accounts.ts';
import type { Wire } from './all-wires.ts';
import { ask, type Tokens } from './ask.ts';

const TIME_STEP_MS = 30_000;

/** Others take the code beside the password alone. */
export const asksInAStep = ({ contract }: Wire): boolean =>
  contract.codeTravels !== 'with-password';

/** The handle is sent in a token, in the place of an access token. */
export const sendsStepToken = ({ contract }: Wire): boolean =>
  contract.codeTravels === 'by-step-token';

/** Tells whether logins have a field for the code beside the password. */
export function takesCode({ contract }: Wire): boolean {
  const identifier = { kind: contract.identifier, value: 'x' };
  const fields = { identifier, password: 'x', remember: false, code: 'the code' };
  return JSON.stringify(encodeFields(contract, 'login', fields)).includes('the code');
}

export const stepOf = async (
  { user }: Account,
  { wire, app = plain.app }: { wire: Wire; app?: TestApp },
): Promise<string> => stepIn(await loginAt(wire, user, { app }));

/** Enrols a factor that is not confirmed, with tokens of `open`; returns its secret. */
export async function enroll(tokens: Tokens): Promise<string> {
  const input = { challenge: null, name: null };
  const enrolling = { contract: open.contract, operation: 'enroll-totp', input, tokens } as const;
  return String(partOf(await granted(plain.app, enrolling), 'secret'));
}

/** Gives the account a second factor, by which its sessions are proven. */
export async function enrol(account: Account): Promise<void> {
  // An address that is not verified counts as verified meanwhile: no factor is enrolled with it.
  await change('users', 'email_verified = email_verified + 2')(account);
  const tokens = await signIn(account);
  const secret = await enroll(tokens);
  const input = { code: codeAt(secret) };
  const confirming = { contract: open.contract, operation: 'confirm-totp', input, tokens } as const;
  const codes = partOf(await granted(plain.app, confirming), 'recoveryCodes', 'recovery_codes');
  account.factor = { secret, codes: codes as string[], tokens };
  await change('sessions', 'second_factor_at_ms = proven_at_ms')(account);
  await change('users', 'email_verified = email_verified - 2')(account);
}

/** The code of the time step after the one that the enrolment has used up. */
export const nextCode = ({ factor }: Account): string =>
  codeAt(factor?.secret ?? '', Date.now() + TIME_STEP_MS);

/** A recovery code that is used up. */
export async function usedCode({ factor }: Account): Promise<string> {
  const code = factor?.codes.pop() ?? '';
  const { tokens } = factor ?? {};
  const input = { password: null, code };
  const proving = { contract: open.contract, operation: 'reauthenticate', input } as const;
  await granted(plain.app, { ...proving, ...(tokens && { tokens }) });
  return code;
}

/** As an operator does. */
export const removeFactors = ({ user }: Account) =>
  env.DB.prepare('DELETE FROM factors WHERE user_id = ?').bind(user.id).run();

/** Begins a login at an account without a factor, where the policy requires one. */
export async function enrollingStep({ app, wire, user }: Account) {
  const owed = await loginAt(wire, user, { app });
  const challenge = stepIn(owed);
  const input = { challenge, name: null };
  const enrolling = { contract: wire.contract, operation: 'enroll-totp', input } as const;
  const secret = partOf(await ask(app, enrolling), 'secret');
  const token = sendsStepToken(wire) ? String(partOf(owed, 'access_token')) : null;
  return { input: { challenge, code: codeAt(String(secret)) }, token };
}

/** The code by which the factor was enrolled. */
export const usedTotp = ({ factor }: Account): string => codeAt(factor?.secret ?? '');
