/**
 * For each operation of a contract a request that is granted: real tokens of a real login, real
 * codes and links out of the mailbox.
 */
import { env } from 'cloudflare:workers';
import type { InputOf, Operation } from '../../../src/flows/operations.ts';
import { codeIn, mailbox, tokenIn } from '../mailbox.ts';
import { claimsOf, client, deviceOf, tokensOf } from '../session.ts';
import { addUser, createTestApp, deployed, freshAddress, newUser } from '../test-app.ts';
import type { TestUser } from '../test-app.ts';
import { factorRequests, succeeded } from './factor-requests.ts';
import type { Outgoing } from './mutation.ts';
import { ORIGIN, requestOf, withHeader } from './outgoing.ts';
import { authorizationCodeRequests } from './authorization-code-requests.ts';
import { passkeyRequests } from './passkey-requests.ts';

export const ALLOWED_ORIGIN = 'https://app.example.com';

export interface Prepared {
  outgoing: Outgoing;
  /** Values that have to arrive unchanged for the request to be granted. */
  needed: string[];
  /** Values that must never be logged or answered. */
  secret: string[];
  /** The log shows no more of a name than its first letter. */
  user: TestUser & { id?: number };
}

export interface Granted extends Prepared {
  route: Operation;
}

export interface AttackContext {
  /** The change of the user since the credentials were issued. */
  user: keyof typeof CHANGES;
  /** `spent`: an address that has used up its attempts. */
  from: 'a fresh address' | 'a spent address' | 'plain http';
}

/** Statements about the user. */
const CHANGES = {
  active: [],
  inactive: ["UPDATE users SET status = 'inactive' WHERE id = ?"],
  unverified: ['UPDATE users SET email_verified = 0 WHERE id = ?'],
  'without a password': ['UPDATE users SET password_hash = NULL WHERE id = ?'],
  'proven long ago': [
    'UPDATE sessions SET proven_at_ms = 0, second_factor_at_ms = 0 WHERE user_id = ?',
  ],
  'with all factors': [
    `INSERT INTO factors (id, user_id, kind, secret, created_at_ms, confirmed_at_ms)
      SELECT hex(randomblob(16)), ?, 'totp', 'x', 0, 0 FROM json_each('[1, 2, 3, 4, 5]')`,
    'UPDATE sessions SET second_factor_at_ms = proven_at_ms WHERE user_id = ?',
  ],
  'with all passkeys': [
    `INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, is_syncable, transports, created_at_ms)
      SELECT hex(randomblob(16)), ?, hex(randomblob(16)), '{}', 0, 0, '[]', 0
      FROM json_each('[1, 2, 3, 4]'), json_each('[1, 2, 3, 4, 5]')`,
  ],
  'without passkeys': ['DELETE FROM passkeys WHERE user_id = ?'],
};

/** Every address has a limiter of its own, which takes longer to create than all the rest. */
const USES_OF_ADDRESS = 300;
let uses = 0;
let address = '';
function sharedAddress(): string {
  if (uses % USES_OF_ADDRESS === 0) address = freshAddress();
  uses += 1;
  return address;
}
const SPENT = freshAddress();
/** More than the five failures that lock, so that a locked name is asked about, too. */
const USES = 8;

/** The operations that are granted again and again. */
const REPEATABLE =
  /^(?:login|profile|list-sessions|list-activity|send-code|forgot-password|list-passkeys|passkey(?:-login)?-options)$/;

export type Requests = ReturnType<typeof requestsOf>;

export function requestsOf(name: string) {
  const settings = {
    CONTRACTS: [name],
    ALLOWED_ORIGINS: [ALLOWED_ORIGIN],
    ADDRESS_LIMITS: { [name]: 1000 },
    EMAIL_LIMITS: { perAddressPerHour: 1000, perHour: 1_000_000 },
    OPERATOR_TOKEN: undefined,
  };
  const { app, to } = mailbox(settings);
  const limited = createTestApp({ ...settings, ADDRESS_LIMITS: { [name]: 1 } });
  const secure = createTestApp({ ...settings, ...deployed });
  const required = createTestApp({ ...settings, SECOND_FACTOR: 'required' });
  const caller = client(app, name);
  const { contract, named, application, attempt, ask } = caller;
  const from = () => ({ address: sharedAddress() });

  const signedIn = async () => {
    const user = await addUser();
    const answer = succeeded(await caller.login(user, from()));
    const { access, refresh } = tokensOf(answer);
    const secret = [access, refresh, user.password].filter((value) => value !== '');
    return { user, access, refresh, secret, device: deviceOf(answer) };
  };
  const write = <O extends Operation>(operation: O, input: InputOf<O>, tokens = {}): Outgoing =>
    requestOf(name, operation, { input, ...tokens });

  /** A request with an access token. */
  const byBearer = async <O extends Operation>(
    operation: O,
    inputOf: (user: TestUser) => InputOf<O>,
    needsPassword = true,
  ): Promise<Prepared> => {
    const { user, access, secret } = await signedIn();
    return {
      outgoing: write(operation, inputOf(user), { token: access }),
      needed: needsPassword ? [access, user.password] : [access],
      secret,
      user,
    };
  };
  const byRefreshToken = async (operation: 'refresh' | 'logout'): Promise<Prepared> => {
    const { user, refresh: refreshToken, secret } = await signedIn();
    const outgoing = write(operation, { refreshToken }, { refreshToken });
    return { outgoing, needed: [refreshToken], secret, user };
  };
  /** A request without a token: `secret` is needed as well. */
  const open = (outgoing: Outgoing, user: Prepared['user'], secret: string[] = []): Prepared => ({
    outgoing,
    needed: secret,
    secret,
    user,
  });
  const registered = async (): Promise<TestUser> => {
    const user = newUser();
    succeeded(await ask('register', application(user), from()));
    return user;
  };
  const without = () => null;

  const tools = { name, from, required, caller, signedIn, write, byBearer };
  const prepare: Record<Operation, () => Promise<Prepared>> = {
    login: async () => {
      const { user, device, secret } = await signedIn();
      const login = write('login', attempt(user));
      const outgoing =
        device === '' ? login : withHeader(login, 'Cookie', `__Host-gh-device=${device}`);
      return {
        outgoing,
        needed: [user.password],
        secret: [...secret, device].filter(Boolean),
        user,
      };
    },
    refresh: () => byRefreshToken('refresh'),
    logout: async () => {
      if (contract.refresh?.in === 'cookie') return byRefreshToken('logout');
      const { user, access, refresh, secret } = await signedIn();
      const input = { token: access, refreshToken: refresh || access };
      const outgoing = write('logout', input, { token: access });
      // Some contracts have the one in the body, some the other.
      const [sent] = (outgoing.fields ?? []).map(([, json]): unknown => JSON.parse(json));
      return { outgoing, needed: [sent === undefined ? access : String(sent)], secret, user };
    },
    'logout-all': () => byBearer('logout-all', without, false),
    'logout-others': () => byBearer('logout-others', without, false),
    renew: () => byBearer('renew', without, false),
    profile: () => byBearer('profile', without, false),
    'update-profile': () =>
      byBearer('update-profile', () => ({ name: 'Al', avatar: 'https://a.example/al.png' }), false),
    'list-sessions': () => byBearer('list-sessions', without, false),
    'rename-session': async () => {
      const { user, access, secret } = await signedIn();
      const input = { id: claimsOf(access).sid, name: 'Laptop' };
      return {
        outgoing: write('rename-session', input, { token: access }),
        needed: [access],
        secret,
        user,
      };
    },
    'end-session': async () => {
      const { user, access, secret } = await signedIn();
      const outgoing = write('end-session', { id: claimsOf(access).sid }, { token: access });
      return { outgoing, needed: [access], secret, user };
    },
    'revoke-session': async () => {
      const { user } = await signedIn();
      succeeded(await caller.login(user, { address: freshAddress() }));
      const token = tokenIn(to(user.email));
      return open(write('revoke-session', { token }), user, [token]);
    },
    'list-activity': () => byBearer('list-activity', without, false),
    register: async () => {
      const user = newUser();
      return { ...open(write('register', application(user)), user, [user.password]), needed: [] };
    },
    'send-code': async () => {
      const user = await registered();
      return open(write('send-code', named(user)), user);
    },
    'verify-email': async () => {
      const user = await registered();
      const { password } = user;
      const code = codeIn(to(user.email));
      return open(write('verify-email', { ...named(user), password, code }), user, [
        password,
        code,
      ]);
    },
    'forgot-password': async () => {
      const user = await addUser();
      return open(write('forgot-password', named(user)), user);
    },
    'reset-password': async () => {
      const user = await addUser();
      succeeded(await ask('forgot-password', named(user), from()));
      const token = tokenIn(to(user.email));
      const { password } = newUser();
      const prepared = open(write('reset-password', { token, password }), user, [token, password]);
      return { ...prepared, needed: [token] };
    },
    'change-password': () =>
      byBearer('change-password', ({ password }) => ({
        currentPassword: password,
        newPassword: newUser().password,
      })),
    'change-email': () =>
      byBearer('change-email', ({ password }) => ({ email: newUser().email, password })),
    'confirm-email': async () => {
      const { user, access, secret } = await signedIn();
      const { email } = newUser();
      const move = { email, password: user.password };
      succeeded(await ask('change-email', move, { token: access, ...from() }));
      const code = codeIn(to(email));
      const outgoing = write('confirm-email', { code }, { token: access });
      return { outgoing, needed: [access, code], secret: [...secret, code], user };
    },
    'delete-account': () => byBearer('delete-account', ({ password }) => ({ password })),
    ...factorRequests(tools),
    ...passkeyRequests(tools),
    ...authorizationCodeRequests(tools),
  };

  const prepared = new Map<string, { request: Prepared; uses: number }>();

  return {
    name,
    contract,
    /** A request that would be granted to an active user from a fresh address. */
    async granted(route: Operation, { user, from }: AttackContext): Promise<Granted> {
      const key = `${route} ${user}`;
      let found = prepared.get(key);
      if (found === undefined) {
        const request = await prepare[route]();
        prepared.set(key, (found = { request, uses: 0 }));
        for (const change of request.user.id === undefined ? [] : CHANGES[user]) {
          await env.DB.prepare(change).bind(request.user.id).run();
        }
      }
      found.uses += 1;
      if (found.uses >= USES) prepared.delete(key);
      // The first attempt is let through, here and again each minute.
      if (from === 'a spent address') {
        const tryOnce = () => client(limited, name).login(newUser(), { address: SPENT });
        if ((await tryOnce()).status !== caller.statusAt('login').limited) await tryOnce();
      }
      const address = from === 'a spent address' ? SPENT : sharedAddress();
      const outgoing = withHeader(found.request.outgoing, 'CF-Connecting-IP', address);
      const origin = from === 'plain http' ? ORIGIN.replace('https', 'http') : ORIGIN;
      return { ...found.request, route, outgoing: { ...outgoing, origin } };
    },
    /** To be called when the request was granted: most are granted once, and one is then sent again. */
    used(route: Operation, { user }: AttackContext): void {
      const key = `${route} ${user}`;
      const found = prepared.get(key);
      if (route === 'passkey-login' && found !== undefined) found.uses = USES - 1;
      else if (!REPEATABLE.test(route)) prepared.delete(key);
    },
    fetch: ({ from }: AttackContext) =>
      ({ 'plain http': secure, 'a spent address': limited, 'a fresh address': app })[from].fetch,
  };
}
