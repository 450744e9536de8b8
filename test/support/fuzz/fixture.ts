/**
 * For each operation of a contract a request that is granted: real tokens of a real login, real
 * codes and links out of the mailbox. What is spoiled afterwards is spoiled in that one place only.
 */
import { env } from 'cloudflare:workers';
import { OPERATIONS, type OperationRow } from '../../../src/flows/operations.ts';
import { addUser, contractCase, createTestApp, freshAddress } from '../test-app.ts';
import type { Answer, TestUser } from '../test-app.ts';
import { codeIn, mailbox, tokenIn } from '../mailbox.ts';
import { newUser } from '../new-user.ts';
import { client, held } from '../session.ts';
import type { Outgoing } from './outgoing.ts';

interface Prepared {
  outgoing: Outgoing;
  /** All that has to arrive unchanged for the request to be granted. */
  needed: string[];
  /** What must never be logged or told. */
  secret: string[];
  /** Who asks, or would: the log shows no more than a first letter. */
  person: TestUser & { id?: number };
}

export interface Ready extends Prepared {
  operation: string;
}

export interface Circumstances {
  /** What has happened to the user since. */
  user: 'active' | 'inactive' | 'unverified' | 'without a password';
  /** `spent`: an address that has used up its attempts. */
  from: 'a fresh address' | 'a spent address' | 'plain http';
}

const SINCE = {
  active: null,
  inactive: "status = 'inactive'",
  unverified: 'email_verified = 0',
  'without a password': 'password_hash = NULL',
};

/** Every address has a guard of its own, which takes longer to make than all the rest. */
const USES_OF_ADDRESS = 300;
let uses = 0;
let address = '';
function sharedAddress(): string {
  if (uses % USES_OF_ADDRESS === 0) address = freshAddress();
  uses += 1;
  return address;
}
const SPENT = freshAddress();
/** A wrong password counts up to five times; a lock and what comes after it shall be seen too. */
const USES = 8;
export const ORIGIN = 'https://gatehouse.example';
export const ALLOWED_ORIGIN = 'https://app.example.com';

/** Granted again and again. */
const LASTING = new Set(['login', 'profile', 'list-sessions', 'send-code', 'forgot-password']);

const rows: Record<string, OperationRow> = OPERATIONS;
export const isAroundAccounts = ({ id }: { id: string }): boolean =>
  rows[id]?.countsAttempt === true && id !== 'login';

export type Scene = ReturnType<typeof sceneOf>;

export function sceneOf(name: string) {
  const settings = {
    CONTRACTS: [name],
    ALLOWED_ORIGINS: [ALLOWED_ORIGIN],
    ADDRESS_LIMITS: { [name]: 1000 },
    EMAIL_LIMITS: { perAddressPerHour: 1000, perHour: 1_000_000 },
    OPERATOR_TOKEN: undefined,
  };
  const { here, to } = mailbox(settings);
  const narrow = createTestApp({ ...settings, ADDRESS_LIMITS: { [name]: 1 } });
  const strict = createTestApp({
    ...settings,
    LOCAL_DEVELOPMENT: 'false',
    PASSWORD_COST: { iterations: 100_000, rounds: 6 },
  });
  const caller = client(here, name);
  const { contract, base } = caller;
  const { path: loginPath, body: loginBody } = contractCase(name);
  const named = ({ username, email }: TestUser) =>
    contract.identifier === 'email' ? { email } : { username };

  const outgoing = (method: string, path: string, body?: object): Outgoing => ({
    origin: ORIGIN,
    method,
    path,
    headers: body === undefined ? [] : [['Content-Type', 'application/json']],
    fields:
      body === undefined
        ? null
        : Object.entries(body).map(([field, value]) => [field, JSON.stringify(value)]),
    spoils: [],
  });
  const withHeader = (request: Outgoing, header: string, value: string): Outgoing => ({
    ...request,
    headers: [...request.headers, [header, value]],
  });
  const succeeded = (answer: Answer): Answer => {
    if (answer.status < 300) return answer;
    throw new Error(`the scene was not set: ${answer.status} ${answer.text}`);
  };

  const asked = async (at: string, body: object, token = '') =>
    succeeded(await caller.post(at, body, { token, address: sharedAddress() }));
  const signedIn = async () => {
    const person = await addUser();
    const tokens = held(succeeded(await caller.login(person, { address: sharedAddress() })));
    return { person, ...tokens };
  };
  const asBearer = async (
    make: (person: TestUser) => [method: string, path: string, body?: object],
  ): Promise<Prepared> => {
    const { person, access, refresh } = await signedIn();
    const made = make(person);
    const [, , body] = made;
    const request = withHeader(outgoing(...made), 'Authorization', `Bearer ${access}`);
    return {
      outgoing: request,
      needed: body === undefined ? [access] : [access, person.password],
      secret: [access, ...(refresh ? [refresh] : []), person.password],
      person,
    };
  };
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : null;
  const byCookie = async (path: string): Promise<Prepared> => {
    const { person, access, refresh } = await signedIn();
    const request = outgoing('POST', `${base}/${path}`, {});
    return {
      outgoing: withHeader(request, 'Cookie', `${cookie}=${refresh}`),
      needed: [refresh],
      secret: [refresh, access, person.password],
      person,
    };
  };
  /** What the body says, and all of it needed but names. */
  const open = (
    path: string,
    body: Record<string, string>,
    person: Prepared['person'],
  ): Prepared => {
    const { password, code, token } = body;
    const secret = [password, code, token].filter((value) => value !== undefined);
    return { outgoing: outgoing('POST', `${base}/${path}`, body), needed: secret, secret, person };
  };
  const registered = async (): Promise<TestUser> => {
    const person = newUser();
    const { email, password } = person;
    await asked('register', { ...named(person), email, password });
    return person;
  };

  const ready: Record<string, () => Promise<Prepared>> = {
    login: async () => {
      const person = await addUser();
      const { password } = person;
      const { headers } = succeeded(await caller.login(person, { address: sharedAddress() }));
      const cookies = headers.getSetCookie().join('\n');
      const [device = ''] = /^__Host-gh-device=[^;]+/m.exec(cookies) ?? [];
      const request = withHeader(outgoing('POST', loginPath, loginBody(person)), 'Cookie', device);
      const secret = [password, device];
      return { outgoing: request, needed: [password], secret, person };
    },
    refresh: async () => {
      if (cookie !== null) return byCookie('refresh');
      const { person, access, refresh } = await signedIn();
      const request = outgoing('POST', `${base}/refresh`, { refreshToken: refresh });
      const secret = [refresh, access, person.password];
      return { outgoing: request, needed: [refresh], secret, person };
    },
    logout: async () =>
      cookie === null ? asBearer(() => ['POST', `${base}/logout`]) : byCookie('logout'),
    'logout-all': () => asBearer(() => ['POST', `${base}/logout-all`]),
    profile: () => asBearer(() => ['GET', `/${name}${contract.profilePath}`]),
    'list-sessions': () => asBearer(() => ['GET', `${base}/sessions`]),
    'end-session': async () => {
      const ready = await asBearer(() => ['DELETE', `${base}/sessions`]);
      const row = await env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?')
        .bind(ready.person.id)
        .first<{ id: string }>();
      const { outgoing } = ready;
      return { ...ready, outgoing: { ...outgoing, path: `${outgoing.path}/${row?.id}` } };
    },
    register: async () => {
      const person = newUser();
      const { email, password } = person;
      return { ...open('register', { ...named(person), email, password }, person), needed: [] };
    },
    'send-code': async () => {
      const person = await registered();
      return open('verify-email/send', named(person), person);
    },
    'verify-email': async () => {
      const person = await registered();
      const code = codeIn(to(person.email));
      return open('verify-email', { ...named(person), password: person.password, code }, person);
    },
    'forgot-password': async () => {
      const person = await addUser();
      return open('forgot-password', named(person), person);
    },
    'reset-password': async () => {
      const person = await addUser();
      await asked('forgot-password', named(person));
      const token = tokenIn(to(person.email));
      const { password } = newUser();
      const ready = open('reset-password', { token, password }, person);
      return { ...ready, needed: [token] };
    },
    'change-password': () =>
      asBearer(({ password: currentPassword }) => [
        'POST',
        `${base}/change-password`,
        { currentPassword, newPassword: newUser().password },
      ]),
    'change-email': () =>
      asBearer(({ password }) => [
        'POST',
        `${base}/change-email`,
        { email: newUser().email, password },
      ]),
    'confirm-email': async () => {
      const { person, access, refresh } = await signedIn();
      const { email } = newUser();
      const { password } = person;
      await asked('change-email', { email, password }, access);
      const code = codeIn(to(email));
      const { outgoing } = open('change-email/confirm', { code }, person);
      const request = withHeader(outgoing, 'Authorization', `Bearer ${access}`);
      const secret = [access, code, password, ...(refresh ? [refresh] : [])];
      return { outgoing: request, needed: [access, code], secret, person };
    },
    'delete-account': () =>
      asBearer(({ password }) => ['POST', `${base}/delete-account`, { password }]),
  };

  const kept = new Map<string, { ready: Prepared; uses: number }>();

  return {
    name,
    contract,
    settings,
    /** A request that would be granted, were the circumstances the best; used a few times over. */
    async ready(operation: string, { user, from }: Circumstances): Promise<Ready> {
      const key = `${operation} ${user}`;
      let found = kept.get(key);
      if (found === undefined) {
        const make = ready[operation];
        if (make === undefined) throw new Error(`no scene for ${operation}`);
        kept.set(key, (found = { ready: await make(), uses: 0 }));
        const since = SINCE[user];
        if (since !== null && found.ready.person.id !== undefined) {
          await env.DB.prepare(`UPDATE users SET ${since} WHERE id = ?`)
            .bind(found.ready.person.id)
            .run();
        }
      }
      found.uses += 1;
      if (found.uses >= USES) kept.delete(key);
      // The first is let through, here and again each minute.
      if (from === 'a spent address') {
        const ask = () => narrow.post(loginPath, loginBody(newUser()), { address: SPENT });
        if ((await ask()).status !== 429) await ask();
      }
      const address = from === 'a spent address' ? SPENT : sharedAddress();
      const request = withHeader(found.ready.outgoing, 'CF-Connecting-IP', address);
      const origin = from === 'plain http' ? ORIGIN.replace('https', 'http') : ORIGIN;
      return { ...found.ready, operation, outgoing: { ...request, origin } };
    },
    /** What was granted is used up. */
    used(operation: string, { user }: Circumstances): void {
      if (!LASTING.has(operation)) kept.delete(`${operation} ${user}`);
    },
    fetch: ({ from }: Circumstances) =>
      ({ 'plain http': strict, 'a spent address': narrow, 'a fresh address': here })[from].fetch,
  };
}
