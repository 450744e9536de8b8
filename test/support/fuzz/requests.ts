/**
 * For each operation of a contract a request that is granted: real tokens of a real login, real
 * codes and links out of the mailbox.
 */
import { env } from 'cloudflare:workers';
import { codeIn, mailbox, tokenIn } from '../mailbox.ts';
import { client, deviceOf, tokensOf } from '../session.ts';
import {
  addUser,
  contractCase,
  createTestApp,
  deployed,
  freshAddress,
  newUser,
} from '../test-app.ts';
import type { Answer, TestUser } from '../test-app.ts';
import type { Outgoing } from './mutation.ts';

export const ORIGIN = 'https://gatehouse.example';
export const ALLOWED_ORIGIN = 'https://app.example.com';

interface Prepared {
  outgoing: Outgoing;
  /** Values that have to arrive unchanged for the request to be granted. */
  needed: string[];
  /** Values that must never be logged or answered. */
  secret: string[];
  /** The log shows no more of a name than its first letter. */
  user: TestUser & { id?: number };
}

export interface Granted extends Prepared {
  route: string;
}

export interface AttackContext {
  /** The change of the user since the credentials were issued. */
  user: keyof typeof CHANGES;
  /** `spent`: an address that has used up its attempts. */
  from: 'a fresh address' | 'a spent address' | 'plain http';
}

const CHANGES = {
  active: null,
  inactive: "status = 'inactive'",
  unverified: 'email_verified = 0',
  'without a password': 'password_hash = NULL',
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
const REPEATABLE = /^(?:login|profile|sessions|verify-email\/send|forgot-password)$/;

export const requestTo = (method: string, path: string, body?: object): Outgoing => ({
  origin: ORIGIN,
  method,
  path,
  headers: body === undefined ? [] : [['Content-Type', 'application/json']],
  fields: body === undefined ? null : Object.entries(body).map(([k, v]) => [k, JSON.stringify(v)]),
  bodyChanges: [],
});

export const withHeader = (request: Outgoing, header: string, value: string): Outgoing => ({
  ...request,
  headers: [...request.headers, [header, value]],
});

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
  const caller = client(app, name);
  const { base, contract } = caller;
  const { path: loginPath, body: loginBody, named, application } = contractCase(name);
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : null;

  const succeeded = (answer: Answer): Answer => {
    if (answer.status < 300) return answer;
    throw new Error(`a request could not be prepared: ${answer.status} ${answer.text}`);
  };
  const ask = async (operation: string, body: object, token = '') =>
    succeeded(await caller.post(operation, body, { token, address: sharedAddress() }));
  const signedIn = async () => {
    const user = await addUser();
    const answer = succeeded(await caller.login(user, { address: sharedAddress() }));
    const { access, refresh } = tokensOf(answer);
    const secret = [access, refresh, user.password].filter((value) => value !== '');
    return { user, access, refresh, secret, device: deviceOf(answer) };
  };

  /** A request with an access token; `body` needs the password. */
  const byBearer = async (
    method: string,
    path: string,
    body?: (user: TestUser) => object,
  ): Promise<Prepared> => {
    const { user, access, secret } = await signedIn();
    const request = requestTo(method, path, body?.(user));
    return {
      outgoing: withHeader(request, 'Authorization', `Bearer ${access}`),
      needed: body === undefined ? [access] : [access, user.password],
      secret,
      user,
    };
  };
  const byRefreshToken = async (operation: string): Promise<Prepared> => {
    const { user, refresh, secret } = await signedIn();
    const path = `${base}/${operation}`;
    const outgoing =
      cookie === null
        ? requestTo('POST', path, { refreshToken: refresh })
        : withHeader(requestTo('POST', path, {}), 'Cookie', `${cookie}=${refresh}`);
    return { outgoing, needed: [refresh], secret, user };
  };
  /** A request without a token: its password, code and link are needed and secret. */
  const open = (
    operation: string,
    body: Record<string, string>,
    user: Prepared['user'],
  ): Prepared => {
    const secret = [body['password'], body['code'], body['token']].filter(
      (value) => value !== undefined,
    );
    return {
      outgoing: requestTo('POST', `${base}/${operation}`, body),
      needed: secret,
      secret,
      user,
    };
  };
  const registered = async (): Promise<TestUser> => {
    const user = newUser();
    await ask('register', application(user));
    return user;
  };

  const prepare: Record<string, () => Promise<Prepared>> = {
    login: async () => {
      const { user, device, secret } = await signedIn();
      const request = requestTo('POST', loginPath, loginBody(user));
      const outgoing = withHeader(request, 'Cookie', `__Host-gh-device=${device}`);
      return { outgoing, needed: [user.password], secret: [...secret, device], user };
    },
    refresh: () => byRefreshToken('refresh'),
    logout: () => (cookie === null ? byBearer('POST', `${base}/logout`) : byRefreshToken('logout')),
    'logout-all': () => byBearer('POST', `${base}/logout-all`),
    profile: () => byBearer('GET', `/${name}${contract.profilePath}`),
    sessions: () => byBearer('GET', `${base}/sessions`),
    'sessions/{id}': async () => {
      const prepared = await byBearer('DELETE', `${base}/sessions`);
      const id = await env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?')
        .bind(prepared.user.id)
        .first<string>('id');
      const { outgoing } = prepared;
      return { ...prepared, outgoing: { ...outgoing, path: `${outgoing.path}/${id}` } };
    },
    register: async () => {
      const user = newUser();
      return { ...open('register', application(user), user), needed: [] };
    },
    'verify-email/send': async () => {
      const user = await registered();
      return open('verify-email/send', named(user), user);
    },
    'verify-email': async () => {
      const user = await registered();
      const code = codeIn(to(user.email));
      return open('verify-email', { ...named(user), password: user.password, code }, user);
    },
    'forgot-password': async () => {
      const user = await addUser();
      return open('forgot-password', named(user), user);
    },
    'reset-password': async () => {
      const user = await addUser();
      await ask('forgot-password', named(user));
      const token = tokenIn(to(user.email));
      const { password } = newUser();
      return { ...open('reset-password', { token, password }, user), needed: [token] };
    },
    'logout-others': () => byBearer('POST', `${base}/logout-others`),
    'update-profile': async () => {
      const prepared = await byBearer('POST', `${base}/update-profile`, () => ({ name: 'Al' }));
      return { ...prepared, needed: prepared.needed.slice(0, 1) };
    },
    'change-password': () =>
      byBearer('POST', `${base}/change-password`, ({ password }) => ({
        currentPassword: password,
        newPassword: newUser().password,
      })),
    'change-email': () =>
      byBearer('POST', `${base}/change-email`, ({ password }) => ({
        email: newUser().email,
        password,
      })),
    'change-email/confirm': async () => {
      const { user, access, secret } = await signedIn();
      const { email } = newUser();
      await ask('change-email', { email, password: user.password }, access);
      const code = codeIn(to(email));
      const { outgoing } = open('change-email/confirm', { code }, user);
      const request = withHeader(outgoing, 'Authorization', `Bearer ${access}`);
      return { outgoing: request, needed: [access, code], secret: [...secret, code], user };
    },
    'delete-account': () =>
      byBearer('POST', `${base}/delete-account`, ({ password }) => ({ password })),
  };

  const prepared = new Map<string, { request: Prepared; uses: number }>();

  return {
    name,
    contract,
    /** The operation of a published path, as a path below the contract's base. */
    routeOf: (path: string) =>
      path === contract.profilePath ? 'profile' : path.slice(contract.base.length + 1),
    /** A request that would be granted to an active user from a fresh address. */
    async granted(route: string, { user, from }: AttackContext): Promise<Granted> {
      const key = `${route} ${user}`;
      let found = prepared.get(key);
      if (found === undefined) {
        const request = await prepare[route]?.();
        if (request === undefined) throw new Error(`no request for ${route}`);
        prepared.set(key, (found = { request, uses: 0 }));
        if (CHANGES[user] !== null && request.user.id !== undefined) {
          await env.DB.prepare(`UPDATE users SET ${CHANGES[user]} WHERE id = ?`)
            .bind(request.user.id)
            .run();
        }
      }
      found.uses += 1;
      if (found.uses >= USES) prepared.delete(key);
      // The first attempt is let through, here and again each minute.
      if (from === 'a spent address') {
        const attempt = () => limited.post(loginPath, loginBody(newUser()), { address: SPENT });
        if ((await attempt()).status !== 429) await attempt();
      }
      const address = from === 'a spent address' ? SPENT : sharedAddress();
      const outgoing = withHeader(found.request.outgoing, 'CF-Connecting-IP', address);
      const origin = from === 'plain http' ? ORIGIN.replace('https', 'http') : ORIGIN;
      return { ...found.request, route, outgoing: { ...outgoing, origin } };
    },
    /** To be called when the request was granted: most are granted once. */
    used(route: string, { user }: AttackContext): void {
      if (!REPEATABLE.test(route)) prepared.delete(`${route} ${user}`);
    },
    fetch: ({ from }: AttackContext) =>
      ({ 'plain http': secure, 'a spent address': limited, 'a fresh address': app })[from].fetch,
  };
}
