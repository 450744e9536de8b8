/** Accounts with a second factor, their authenticator apps, and the requests that prove a code. */
import { setTimeout as sleep } from 'node:timers/promises';
import { operationsOf } from '../../../src/contracts/routes.ts';
import type { Contract } from '../../../src/contracts/contract.ts';
import { codeAt, valueNamed } from '../../../test/support/authenticator.ts';
import { sendOne, type BurstAnswer } from '../../burst.ts';
import { threshold } from './context.ts';
import { times } from './guessing.ts';
import { newUsers, registrar } from './users.ts';
import {
  ask,
  byIdentifier,
  contractAt,
  identifierOf,
  login,
  served,
  tokensIn,
  type Attempt,
  type Person,
} from './wire.ts';

const STEP_MS = 30_000;
const POLL_MS = 500;

export interface Enrolled extends Person {
  /** Base32. */
  secret: string;
  recoveryCodes: string[];
  /** Of the session that enrolled. */
  token: string;
  /** The time step of the last code that the app has shown. */
  lastStep: number;
}

/** The contracts whose logins ask for the code in a second request. */
export const withStep: readonly Contract[] = served.filter(
  (contract) =>
    contract.codeTravels !== 'with-password' && operationsOf(contract).includes('second-factor'),
);

/** The contracts whose logins may carry the code beside the password. */
export const withCode = served.filter(({ loginFields }) => loginFields.code !== null);

/**
 * As many contracts as steps fit at each name: the first ones that share the name, or the last ones, so
 * that both together are all.
 */
const fittingOf = (contracts: readonly Contract[]): readonly Contract[] =>
  byIdentifier.flatMap((group) => {
    const some = contracts.filter((contract) => group.includes(contract));
    return some.length === 0 ? [] : times(threshold, (n) => contractAt(n, some));
  });
export const fitting = fittingOf(withStep);
export const lastFitting = fittingOf(withStep.toReversed());
export const [firstWithStep = registrar] = withStep;

/** Each attempt at a login with a code beside the password computes a hash. */
export const FEW = 100;

/** Answers that tell nothing of a code, or that it is used up or wrong. */
export const REFUSALS = [
  'busy',
  'limited',
  'locked',
  'expired-step',
  'invalid-factor',
  'invalid',
] as const;

const currentStep = () => Math.floor(Date.now() / STEP_MS);
const codeOf = ({ secret }: Pick<Enrolled, 'secret'>, step: number) =>
  codeAt(secret, step * STEP_MS);

/** A code that was not shown before. It is good for half a minute at least; may wait for one. */
export async function freshCode(user: Enrolled): Promise<string> {
  while (user.lastStep > currentStep()) await sleep(POLL_MS);
  user.lastStep = Math.max(user.lastStep + 1, currentStep());
  return codeOf(user, user.lastStep);
}

/** Different codes, of no time step that is accepted within the next minutes. */
export function wrongCodes(user: Enrolled, amount: number): string[] {
  const right = new Set(times(20, (n) => codeOf(user, currentStep() - 4 + n)));
  const first = Number([...right][0]);
  const codes = times(amount + right.size, (n) =>
    String((first + 1 + n * 7) % 1_000_000).padStart(6, '0'),
  );
  return codes.filter((code) => !right.has(code)).slice(0, amount);
}

/** The value of a successful answer under one of the names. */
function valueIn<T>(answer: BurstAnswer, ...names: string[]): T {
  const value = answer.status === 200 ? valueNamed(JSON.parse(answer.text), ...names) : undefined;
  if (value === undefined) throw new Error(`no ${names[0]} in ${answer.status} ${answer.text}`);
  return value as T;
}

/** Registers accounts and enrols an authenticator app at each of them. */
export async function enrolledUsers(origin: string, amount: number): Promise<Enrolled[]> {
  const enrolled: Enrolled[] = [];
  for (const person of await newUsers(origin, amount)) {
    const granted = await sendOne(origin, login(registrar, person));
    const token = tokensIn(registrar, granted)?.access ?? '';
    const input = { challenge: null, name: null };
    const enrolment = await sendOne(origin, ask(registrar, 'enroll-totp', { input, token }));
    const secret = valueIn<string>(enrolment, 'secret');
    const user: Enrolled = { ...person, secret, recoveryCodes: [], token, lastStep: 0 };
    const code = await freshCode(user);
    const confirmed = await sendOne(
      origin,
      ask(registrar, 'confirm-totp', { input: { code }, token }),
    );
    user.recoveryCodes = valueIn<string[]>(confirmed, 'recoveryCodes', 'recovery_codes');
    enrolled.push(user);
  }
  return enrolled;
}

/** The same, by the name of a part in an attack. */
export async function createEnrolled<Part extends string>(
  origin: string,
  ...parts: readonly Part[]
): Promise<Record<Part, Enrolled>> {
  const users = await enrolledUsers(origin, parts.length);
  return Object.fromEntries(parts.map((part, n) => [part, users[n]])) as Record<Part, Enrolled>;
}

/** A login that waits for its code. */
export interface Step {
  contract: Contract;
  challenge: string;
  /** Carries the challenge, on wires whose clients send it like an access token. */
  token: string | null;
}

/** Logs in with the right password. Null: the login was refused. */
export async function openStep(
  origin: string,
  person: Person,
  contract: Contract,
): Promise<Step | null> {
  const body: unknown = JSON.parse((await sendOne(origin, login(contract, person))).text);
  const challenge = valueNamed(body, 'challenge', 'mfa_token');
  const token = valueNamed(body, 'access_token') as string | undefined;
  return typeof challenge === 'string' ? { contract, challenge, token: token ?? null } : null;
}

/** The same at each contract, one after the other; throws where one refuses. */
export async function openSteps(
  origin: string,
  person: Person,
  contracts: readonly Contract[],
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const contract of contracts) {
    const step = await openStep(origin, person, contract);
    if (step === null) throw new Error(`${contract.name} asks ${person.email} for no code`);
    steps.push(step);
  }
  return steps;
}

/** Says how many there are, and over how many contracts. */
export function describeSteps(steps: readonly Step[]): string {
  if (steps.length === 1) return 'one handle';
  return `${steps.length} handles of ${new Set(steps.map(({ contract }) => contract)).size} contracts`;
}

export const submit = ({ contract, challenge, token }: Step, code: string): Attempt =>
  token === null
    ? ask(contract, 'second-factor', { input: { challenge, code } })
    : ask(contract, 'verify-factor', { input: { id: 'recovery-codes', code }, token });

/** The same code for each of the steps in turns. */
export const submissions = (steps: readonly Step[], code: string, amount: number): Attempt[] =>
  times(amount, (n) => submit(steps[n % steps.length] as Step, code));

/** With the right password. */
export function loginWithCode(contract: Contract, user: Enrolled, code: string): Attempt {
  const identifier = identifierOf(contract, user);
  const { password } = user;
  return ask(contract, 'login', { input: { identifier, password, remember: false, code } });
}
