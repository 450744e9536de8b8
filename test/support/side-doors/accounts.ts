/** Accounts of a contract, their sign-ins, and changes of what is stored of them. */
import { env } from 'cloudflare:workers';
import type { AnyRoute } from '../../../src/contracts/contract.ts';
import type { Operation } from '../../../src/flows/operations.ts';
import { valueNamed } from '../authenticator.ts';
import { mailbox, type Mailbox } from '../mailbox.ts';
import type { HeldPasskey } from '../passkeys.ts';
import type { Answer, TestApp, TestUser } from '../test-app.ts';
import { forEach, WIRES, type Wire } from './all-wires.ts';
import { ask, tokensIn, type Request, type Tokens } from './ask.ts';

export type User = TestUser & { id: number };

/** An account at a contract. */
export interface Account {
  readonly wire: Wire;
  /** The app that is asked, with the settings of the state. */
  readonly app: TestApp;
  user: User;
  /** Null where no operation takes them. */
  tokens: Tokens;
  device: string | null;
  /** Null: none is enrolled. */
  factor: SecondFactor | null;
  readonly passkeys: HeldPasskey[];
}

export interface SecondFactor {
  /** Base32, as the service shows it. */
  secret: string;
  /** The recovery codes that were not used yet. */
  codes: string[];
  /** Of a session at `open` that enrolled it. */
  tokens: Tokens;
}

/** A request that is granted unless the state is against it. */
export interface Cell extends Account {
  readonly operation: Operation;
  readonly route: AnyRoute;
  input: Record<string, unknown>;
  address: string;
  origin?: string;
}

/** Many requests come from one address, since each address is an object; metrics are left out. */
export const UNLIMITED = {
  CONTRACTS: WIRES.map(({ name }) => name),
  ADDRESS_LIMITS: forEach(1000),
  EMAIL_LIMITS: { perAddressPerHour: 1000, perHour: 1_000_000 },
  OPERATOR_TOKEN: undefined,
};

let current: Mailbox;
/** An app without limits, and its mailbox. */
export const plain: Pick<Mailbox, 'app' | 'to'> = {
  get app() {
    return current.app;
  },
  to: (address) => current.to(address),
};
export function prepareApp(): void {
  current = mailbox(UNLIMITED);
}

/** The first contract that signs users in whose address is not verified. */
export const open = WIRES.find(({ contract }) => !contract.requiresVerifiedEmail) as Wire;

type Named = Pick<Account, 'wire' | 'user'>;

export const identifierOf = ({ wire, user }: Named) => {
  const kind = wire.contract.identifier;
  return { kind, value: user[kind] };
};

export const named = (account: Named) => ({ identifier: identifierOf(account), handle: null });

export const at = (
  { wire, tokens }: Account,
  operation: Operation,
  input: object = {},
): Request => ({
  contract: wire.contract,
  operation,
  input,
  tokens,
});

/** Throws unless the request is granted, so that no state rests on one that failed. */
export async function granted(app: TestApp, request: Request) {
  const answer = await ask(app, request);
  if (answer.status < 300) return answer;
  throw new Error(`${request.operation} is answered ${answer.status} ${answer.text}`);
}

export const loginAt = (
  wire: Wire,
  user: User,
  {
    app = plain.app,
    code = null as string | null,
    address,
  }: { app?: TestApp; code?: string | null; address?: string } = {},
) =>
  ask(app, {
    ...(address === undefined ? {} : { address }),
    contract: wire.contract,
    operation: 'login',
    input: { ...named({ wire, user }), password: user.password, remember: false, code },
  });

/** Signs in, with a recovery code where the account has a second factor. */
export async function signIn(
  { user, factor }: Pick<Account, 'user' | 'factor'>,
  wire = open,
): Promise<Tokens> {
  const answer = await loginAt(wire, user);
  if (factor === null) return tokensIn(wire.contract, answer);
  const input = { challenge: stepIn(answer), code: factor.codes.pop() ?? '' };
  const request = { contract: wire.contract, operation: 'second-factor', input } as const;
  return tokensIn(wire.contract, await ask(plain.app, request));
}

/** The handle of the step in a login's refusal. */
export const stepIn = (answer: Answer): string => {
  const handle = partOf(answer, 'challenge', 'mfa_token');
  if (typeof handle === 'string') return handle;
  throw new Error(`no step: ${answer.status} ${answer.text}`);
};

export const partOf = ({ text }: Answer, ...names: string[]) =>
  valueNamed(JSON.parse(text), ...names);

type Table = 'users' | 'sessions' | 'challenges' | 'factors' | 'passkeys';

export const change = (table: Table, columns: string) => {
  const owner = table === 'users' ? 'id' : 'user_id';
  return ({ user }: Account) =>
    env.DB.prepare(`UPDATE ${table} SET ${columns} WHERE ${owner} = ?`).bind(user.id).run();
};
