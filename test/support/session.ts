/** A client of one contract: logs in, keeps tokens and cookies, and calls every operation. */
import { vi } from 'vitest';
import {
  contractCase,
  type Answer,
  type Sending,
  type TestApp,
  type TestUser,
} from './test-app.ts';

export interface Tokens {
  access: string;
  /** Empty where the contract has none. */
  refresh: string;
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/g;

export function tokensOf({ text, headers }: Answer): Tokens {
  const [access = '', refresh = ''] = (text + (headers.get('Set-Cookie') ?? '')).match(JWT) ?? [];
  return { access, refresh };
}

export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
    jti: string;
  };

/** The value of the device cookie that an answer sets; empty where it sets none. */
export const deviceOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .flatMap((cookie) => /^__Host-gh-device=([^;]*)/.exec(cookie)?.[1] ?? [])
    .join();

export const withDevice = (device: string): Sending => ({
  headers: { Cookie: `__Host-gh-device=${device}` },
});

const HANDLE = /[\w-]{22}~\d{10}(?:~[\w-]{43})+/g;

/** Renders an answer as a client sees it, without trace ids and registration handles, which are random. */
export function visible({ status, headers, text }: Answer): string {
  const trace = headers.get('X-Request-Id') ?? '';
  return JSON.stringify([status, [...headers], text])
    .replaceAll(trace, '<trace>')
    .replaceAll(HANDLE, '<handle>');
}

/** Moves the clock, which stands still otherwise (clock.ts). */
export const moveClock = (byMs: number): void => void vi.setSystemTime(Date.now() + byMs);

export function client(app: TestApp, name: string) {
  const { contract, path, body } = contractCase(name);
  const base = `/${name}${contract.base}`;
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : null;
  const call = (
    route: `${'GET' | 'POST' | 'DELETE'} ${string}`,
    token: string,
    { headers }: Sending = {},
  ) => {
    const [method = '', to = ''] = route.split(' ');
    return app.fetch(to, { method, headers: { Authorization: `Bearer ${token}`, ...headers } });
  };
  return {
    contract,
    base,
    login: (user: TestUser, sending?: Sending) => app.post(path, body(user), sending),
    /** Sends `count` wrong passwords. */
    async fail(user: TestUser, count = 5, sending?: Sending) {
      for (let n = 0; n < count; n += 1) {
        const { status } = await app.post(path, body({ ...user, password: WRONG }), sending);
        if (status !== 401) throw new Error(`wrong password ${n + 1} is answered ${status}`);
      }
    },
    refresh: (token: string, { headers = {}, ...sending }: Sending = {}) =>
      cookie === null
        ? app.post(`${base}/refresh`, { refreshToken: token }, { headers, ...sending })
        : app.post(`${base}/refresh`, '', {
            headers: { Cookie: `${cookie}=${token}`, ...headers },
            ...sending,
          }),
    profile: (token: string) => call(`GET /${name}${contract.profilePath}`, token),
    sessions: (token: string) => call(`GET ${base}/sessions`, token),
    endSession: (token: string, id: string) => call(`DELETE ${base}/sessions/${id}`, token),
    logout: (token: string, sending?: Sending) => call(`POST ${base}/logout`, token, sending),
    logoutAll: (token: string) => call(`POST ${base}/logout-all`, token),
    /** Posts to `{base}/<operation>`, with an access token where one is given. */
    post: (
      operation: string,
      body: unknown,
      { token = '', ...sending }: Sending & { token?: string } = {},
    ) =>
      app.post(`${base}/${operation}`, body, {
        ...sending,
        headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...sending.headers },
      }),
  };
}

export const WRONG = 'a wrong password';
