/** Makes accounts, sessions, codes and links by the operations that grant them, at an app without limits. */
import { env } from 'cloudflare:workers';
import type { AnyRoute } from '../../../src/contracts/contract.ts';
import type { InputOf, Operation } from '../../../src/flows/operations.ts';
import { codeIn, mailbox, otherThan, tokenIn, type Mail, type Mailbox } from '../mailbox.ts';
import { claimsOf, deviceOf as deviceIn, WRONG } from '../session.ts';
import { addUser, newUser, type TestApp, type TestUser } from '../test-app.ts';
import { forEach, WIRES, type Wire } from './all-wires.ts';
import { ask, NO_TOKENS, tokensIn, type Request, type Tokens } from './ask.ts';

type User = TestUser & { id: number };

/** An account at a contract. */
export interface Account {
  readonly wire: Wire;
  /** The app that is asked, with the settings of the state. */
  readonly app: TestApp;
  user: User;
  /** Null where no operation takes them. */
  tokens: Tokens;
  device: string | null;
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

let plain: Mailbox;
export function prepareApp(): void {
  plain = mailbox(UNLIMITED);
}

/** The first contract that signs users in whose address is not verified. */
const open = WIRES.find(({ contract }) => !contract.requiresVerifiedEmail) as Wire;

export const NEW_PASSWORD = 'something else entirely';
const newAddressOf = ({ email }: TestUser) => `new-${email}`;

/** Need an address that is not verified, and no session. */
const VERIFYING = new Set<Operation>(['send-code', 'verify-email']);
const WITHOUT_SESSION = new Set<Operation>([
  ...VERIFYING,
  'login',
  'register',
  'forgot-password',
  'reset-password',
]);

/** Change nothing that another operation meets, even where they are granted. */
const HARMLESS = new Set<Operation>([
  'login',
  'register',
  'forgot-password',
  'profile',
  'list-sessions',
  'update-profile',
  'logout-others',
  'renew',
  'refresh',
  'change-email',
]);

/** Groups routes that can be asked for one account. `isGranted`: some are granted a change. */
export function groupsOf(routes: readonly AnyRoute[], isGranted: boolean): AnyRoute[][] {
  const shares = ({ operation }: AnyRoute) =>
    isGranted ? HARMLESS.has(operation) : !VERIFYING.has(operation);
  return [
    routes.filter(shares),
    ...routes.filter((route) => !shares(route)).map((route) => [route]),
  ].filter((group) => group.length > 0);
}

export async function newAccount(
  group: readonly Pick<AnyRoute, 'operation'>[],
  { wire, app }: Pick<Account, 'wire' | 'app'>,
): Promise<Account> {
  const isVerifying = group.some(({ operation }) => VERIFYING.has(operation));
  const user = await addUser(isVerifying ? { email_verified: 0 } : {});
  const hasSession = group.some(({ operation }) => !WITHOUT_SESSION.has(operation));
  const tokens = hasSession ? await signIn(user, wire) : NO_TOKENS;
  return { wire, app, user, tokens, device: null };
}

export const newStranger = (): User => ({ ...newUser(), id: 0 });

type Named = Pick<Account, 'wire' | 'user'>;

export const identifierOf = ({ wire, user }: Named) => {
  const kind = wire.contract.identifier;
  return { kind, value: user[kind] };
};

const named = (account: Named) => ({ identifier: identifierOf(account), handle: null });

type Inputs = { readonly [O in Operation]: (account: Account) => InputOf<O> | Promise<InputOf<O>> };

const INPUTS: Inputs = {
  login: (account) => ({
    ...named(account),
    password: account.user.password,
    remember: false,
    code: null,
  }),
  refresh: () => null,
  logout: () => null,
  'logout-all': () => null,
  'logout-others': () => null,
  renew: () => null,
  profile: () => null,
  'update-profile': () => ({ name: 'Another Name' }),
  'list-sessions': () => null,
  'end-session': ({ tokens }) => ({ id: claimsOf(tokens.access ?? '').sid }),
  // A contract whose registrations have no username leaves it out.
  register: () => ({ ...newUser(), name: null, handle: null }),
  'send-code': named,
  async 'verify-email'(account) {
    const { user } = account;
    await granted(plain.app, at(account, 'send-code', named(account)));
    return { ...named(account), password: user.password, code: codeIn(plain.to(user.email)) };
  },
  'forgot-password': named,
  async 'reset-password'(account) {
    await granted(plain.app, at(account, 'forgot-password', named(account)));
    return { token: tokenIn(plain.to(account.user.email)), password: NEW_PASSWORD };
  },
  'change-password': ({ user }) => ({ currentPassword: user.password, newPassword: NEW_PASSWORD }),
  'change-email': ({ user }) => ({ email: newAddressOf(user), password: user.password }),
  async 'confirm-email'(account) {
    const { user } = account;
    const email = newAddressOf(user);
    const input = { email, password: user.password };
    await granted(plain.app, at(account, 'change-email', input));
    return { code: codeIn(plain.to(email)) };
  },
  'delete-account': ({ user }) => ({ password: user.password }),
  'second-factor': () => ({ challenge: '', code: '' }),
  reauthenticate: ({ user }) => ({ password: user.password, code: null }),
  'list-factors': () => null,
  'enroll-totp': () => ({ challenge: null, name: null }),
  'confirm-totp': () => ({ code: '' }),
  'new-recovery-codes': () => null,
  'remove-factor': () => ({ id: '' }),
  'challenge-factor': () => ({ id: '' }),
  'verify-factor': () => ({ id: '', code: '' }),
};

/** The input with which the operation is granted. */
export const inputOf = async (operation: Operation, account: Account): Promise<Cell['input']> => ({
  ...(await INPUTS[operation](account)),
});

const cellRequest = ({ wire, ...cell }: Cell): Request => ({ contract: wire.contract, ...cell });

const at = ({ wire, tokens }: Account, operation: Operation, input: object = {}): Request => ({
  contract: wire.contract,
  operation,
  input,
  tokens,
});

/** Throws unless the request is granted, so that no state rests on one that failed. */
async function granted(app: TestApp, request: Request) {
  const answer = await ask(app, request);
  if (answer.status < 300) return answer;
  throw new Error(`${request.operation} is answered ${answer.status} ${answer.text}`);
}

const loginAt = (wire: Wire, user: User, app = plain.app) =>
  ask(app, {
    contract: wire.contract,
    operation: 'login',
    input: { ...named({ wire, user }), password: user.password, remember: false, code: null },
  });

export const signIn = async (user: User, wire = open): Promise<Tokens> =>
  tokensIn(wire.contract, await loginAt(wire, user));

export const deviceOf = async (user: User): Promise<string> => deviceIn(await loginAt(open, user));

/** Counts an attempt and an e-mail of the address. */
export const attempt = ({ wire, app, address }: Cell) =>
  granted(app, {
    contract: wire.contract,
    operation: 'forgot-password',
    input: named({ wire, user: newStranger() }),
    address,
  });

/** Asks as often as one mailbox is sent codes, links or registrations in an hour. */
export async function sendMany(cell: Cell): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    const { username } = newUser();
    await granted(plain.app, at(cell, cell.operation, { ...cell.input, username }));
  }
}

/** Sends one wrong password. */
export const lockName = ({ wire, app, user }: Account) =>
  loginAt(wire, { ...user, password: WRONG }, app);

/** Sends one wrong password in a session. */
export const lockChecks = async ({ app, tokens, wire, user }: Account) =>
  ask(app, {
    contract: tokens.access === null ? open.contract : wire.contract,
    operation: 'delete-account',
    input: { password: WRONG },
    tokens: tokens.access === null ? await signIn(user) : tokens,
  });

async function elsewhere(user: User, operation: Operation, input: object) {
  const tokens = await signIn(user);
  return granted(plain.app, { contract: open.contract, operation, input, tokens });
}

export const deleteAccount = ({ user }: Account) =>
  elsewhere(user, 'delete-account', { password: user.password });

export const changePassword = ({ user }: Account) =>
  elsewhere(user, 'change-password', {
    currentPassword: user.password,
    newPassword: NEW_PASSWORD,
  });

export const logout = (account: Account) => granted(plain.app, at(account, 'logout'));

export const refresh = async (account: Account): Promise<Tokens> =>
  tokensIn(account.wire.contract, await granted(plain.app, at(account, 'refresh')));

export const reuse = (account: Account) => ask(plain.app, at(account, 'refresh'));

export const askOnce = (cell: Cell) => granted(cell.app, cellRequest(cell));

/** The name and the password stay: it is the proof alone that is another's. */
export async function swapProof(cell: Cell): Promise<void> {
  const other = await newAccount([cell.route], cell);
  const { code, id } = await inputOf(cell.operation, other);
  if (typeof code === 'string') {
    cell.input['code'] = code === cell.input['code'] ? otherThan(code) : code;
  }
  if (typeof id === 'string') cell.input['id'] = id;
}

export async function useUpTries(cell: Cell): Promise<void> {
  const code = otherThan(String(cell.input['code']));
  for (let n = 0; n < 5; n += 1) {
    await ask(cell.app, at(cell, cell.operation, { ...cell.input, code }));
  }
}

/** Gives the new address or username of the request to another account. */
export async function occupy(cell: Cell, name: 'email' | 'username'): Promise<void> {
  const value = cell.operation === 'confirm-email' ? newAddressOf(cell.user) : cell.input[name];
  await addUser(name === 'email' ? { email: String(value) } : namedBy(String(value)));
}

const namedBy = (username: string) => ({ username, username_key: username.toLowerCase() });

export const change = (table: 'users' | 'sessions' | 'challenges', columns: string) => {
  const owner = table === 'users' ? 'id' : 'user_id';
  return ({ user }: Account) =>
    env.DB.prepare(`UPDATE ${table} SET ${columns} WHERE ${owner} = ?`).bind(user.id).run();
};

/** The stored users and sessions of accounts, as text. */
export async function storedOf(cells: readonly Cell[]): Promise<string> {
  const ids = cells.map(({ user }) => user.id).join();
  const tables = await env.DB.batch([
    env.DB.prepare(`SELECT * FROM users WHERE id IN (${ids}) ORDER BY id`),
    env.DB.prepare(`SELECT * FROM sessions WHERE user_id IN (${ids}) ORDER BY id`),
  ]);
  return JSON.stringify(tables.map(({ results }) => results));
}

/** Tells whether an e-mail to the recipient of the request holds a code or a link. */
export const holdsSecret = (mails: readonly Mail[]): boolean =>
  codeIn(mails) !== 'no code' || tokenIn(mails) !== 'no token';
