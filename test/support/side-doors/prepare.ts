/** Makes accounts, sessions, codes and links by the operations that grant them, at an app without limits. */
import { env } from 'cloudflare:workers';
import type { AnyRoute } from '../../../src/contracts/contract.ts';
import type { InputOf, Operation } from '../../../src/flows/operations.ts';
import { codeAt } from '../authenticator.ts';
import { codeIn, otherThan, tokenIn, type Mail } from '../mailbox.ts';
import { claimsOf, deviceOf as deviceIn, WRONG } from '../session.ts';
import { addUser, factorIdOf, freshAddress, newUser, type TestUser } from '../test-app.ts';
import {
  at,
  granted,
  loginAt,
  named,
  open,
  plain,
  signIn,
  type Account,
  type Cell,
  type User,
} from './accounts.ts';
import { codeExchange, codeRequest } from './authorization-codes.ts';
import { ask, NO_TOKENS, tokensIn, type Request, type Tokens } from './ask.ts';
import { asksInAStep, enrol, enroll, nextCode, stepOf } from './factors.ts';
import { addPasskeys, proveBoth, register, sign } from './passkeys.ts';

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
  'revoke-session',
  'second-factor',
  'passkey-login-options',
  'passkey-login',
]);
/** Need a second factor. */
const ENROLLED = new Set<Operation>(['second-factor', 'new-recovery-codes', 'remove-factor']);
/** The number of passkeys that the operation needs. */
const PASSKEYS: Partial<Record<Operation, number>> = {
  'passkey-login': 1,
  'rename-passkey': 1,
  'remove-passkey': 1,
  'remove-password': 2,
};

/** Change nothing that another operation meets, even where they are granted. */
const HARMLESS = new Set<Operation>([
  'login',
  'register',
  'forgot-password',
  'profile',
  'list-sessions',
  'list-activity',
  'update-profile',
  'logout-others',
  'renew',
  'refresh',
  'change-email',
  'reauthenticate',
  'list-factors',
  'passkey-login-options',
  'passkey-login',
  'passkey-options',
  'list-passkeys',
  'rename-passkey',
]);

/** Groups routes that can be asked for one account. `isGranted`: some are granted a change. */
export function groupsOf(routes: readonly AnyRoute[], isGranted: boolean): AnyRoute[][] {
  const shares = ({ operation }: AnyRoute) =>
    isGranted ? HARMLESS.has(operation) : !VERIFYING.has(operation);
  const isEnrolled = ({ operation }: AnyRoute) => ENROLLED.has(operation);
  return [
    routes.filter((route) => shares(route) && !isEnrolled(route)),
    routes.filter((route) => shares(route) && isEnrolled(route)),
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
  const account = { wire, app, user, tokens: NO_TOKENS, device: null, factor: null, passkeys: [] };
  const tokens = hasSession ? await signIn(account, wire) : NO_TOKENS;
  const signedIn: Account = { ...account, tokens };
  if (group.some(({ operation }) => ENROLLED.has(operation))) await enrol(signedIn);
  const passkeys = Math.max(0, ...group.map(({ operation }) => PASSKEYS[operation] ?? 0));
  await addPasskeys(signedIn, passkeys);
  // The proof has to work without the password.
  if (group.some(({ operation }) => operation === 'remove-password')) await proveBoth(signedIn);
  return signedIn;
}

export const newStranger = (): User => ({ ...newUser(), id: 0 });

const sessionIdOf = ({ tokens }: Account): string => claimsOf(tokens.access ?? '').sid;

type Inputs = {
  readonly [O in Operation]: (account: Account) => InputOf<O> | Promise<InputOf<O>>;
};

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
  'rename-session': (account) => ({ id: sessionIdOf(account), name: 'Laptop' }),
  'end-session': (account) => ({ id: sessionIdOf(account) }),
  async 'revoke-session'(account) {
    await signIn(account);
    const { user } = account;
    await loginAt(open, user, { address: freshAddress() });
    return { token: tokenIn(plain.to(user.email)) };
  },
  'list-activity': () => null,
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
  // Empty for wires without a step of this kind: their states send another request.
  'second-factor': async (account) => ({
    challenge: asksInAStep(account.wire) ? await stepOf(account, { wire: account.wire }) : '',
    code: nextCode(account),
  }),
  reauthenticate: ({ user }) => ({ password: user.password, code: null }),
  'list-factors': () => null,
  'enroll-totp': () => ({ challenge: null, name: null }),
  'confirm-totp': async (account) => ({ code: (await newFactor(account)).code }),
  'new-recovery-codes': () => null,
  'challenge-factor': async (account) => ({ id: (await newFactor(account)).id }),
  'verify-factor': newFactor,
  'remove-factor': async ({ user }) => ({ id: await factorIdOf(user) }),
  'passkey-login-options': () => null,
  'passkey-login': async (account) => ({ credential: await sign(account), remember: false }),
  'passkey-options': () => null,
  'add-passkey': async (account) => ({ name: 'Phone', credential: await register(account) }),
  'list-passkeys': () => null,
  'rename-passkey': ({ passkeys }) => ({ id: passkeys[0]?.id ?? '', name: 'Another name' }),
  'remove-passkey': ({ passkeys }) => ({ id: passkeys[0]?.id ?? '' }),
  'remove-password': () => null,
  'issue-authorization-code': codeRequest,
  'exchange-authorization-code': codeExchange,
};

/** Enrols a factor that is not confirmed. */
async function newFactor(account: Account): Promise<{ id: string; code: string }> {
  const secret = await enroll(await signIn(account));
  return { id: await factorIdOf(account.user), code: codeAt(secret) };
}

/** The input with which the operation is granted. */
export const inputOf = async (operation: Operation, account: Account): Promise<Cell['input']> => ({
  ...(await INPUTS[operation](account)),
});

const cellRequest = ({ wire, ...cell }: Cell): Request => ({ contract: wire.contract, ...cell });

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
  loginAt(wire, { ...user, password: WRONG }, { app });

/** Sends one wrong password in a session. */
export const lockChecks = async (account: Account) =>
  ask(account.app, {
    contract: account.tokens.access === null ? open.contract : account.wire.contract,
    operation: 'delete-account',
    input: { password: WRONG },
    tokens: account.tokens.access === null ? await elsewhere(account) : account.tokens,
  });

/** Returns the tokens of another session, and leaves the steps of logins alone. */
const elsewhere = async (account: Account) => account.factor?.tokens ?? signIn(account);

async function askElsewhere(account: Account, operation: Operation, input: object) {
  const tokens = await elsewhere(account);
  return granted(plain.app, { contract: open.contract, operation, input, tokens });
}

export const deleteAccount = (account: Account) =>
  askElsewhere(account, 'delete-account', { password: account.user.password });

export const changePassword = (account: Account) =>
  askElsewhere(account, 'change-password', {
    currentPassword: account.user.password,
    newPassword: NEW_PASSWORD,
  });

export async function resetPassword(account: Account): Promise<void> {
  const there = { ...account, wire: open };
  const input = await inputOf('reset-password', there);
  await granted(plain.app, at(there, 'reset-password', input));
  account.user = { ...account.user, password: NEW_PASSWORD };
}

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

/** The stored users, sessions, factors and passkeys of accounts, and the used challenges, as text. */
export async function storedOf(cells: readonly Cell[]): Promise<string> {
  const ids = cells.map(({ user }) => user.id).join();
  const tables = await env.DB.batch([
    env.DB.prepare(`SELECT * FROM users WHERE id IN (${ids}) ORDER BY id`),
    env.DB.prepare(`SELECT * FROM sessions WHERE user_id IN (${ids}) ORDER BY id`),
    env.DB.prepare(`SELECT * FROM factors WHERE user_id IN (${ids}) ORDER BY id`),
    env.DB.prepare(`SELECT * FROM passkeys WHERE user_id IN (${ids}) ORDER BY id`),
    env.DB.prepare('SELECT * FROM used_challenges ORDER BY id'),
  ]);
  return JSON.stringify(tables.map(({ results }) => results));
}

/** Tells whether an e-mail to the recipient of the request holds a code or a link. */
export const holdsSecret = (mails: readonly Mail[]): boolean =>
  codeIn(mails) !== 'no code' || tokenIn(mails) !== 'no token';
