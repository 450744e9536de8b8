/** What a client does after a login: keeps tokens, refreshes, calls with a bearer. */
import type { Answer, TestApp, TestUser, Sending } from './test-app.ts';
import { contractCase } from './test-app.ts';

export interface Held {
  access: string;
  /** Empty where the contract has none. */
  refresh: string;
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/g;

export function held({ text, headers }: Answer): Held {
  const [access = '', refresh = ''] = (text + (headers.get('Set-Cookie') ?? '')).match(JWT) ?? [];
  return { access, refresh };
}

/** A client of one contract. */
export function client(createTestApp: TestApp, name: string) {
  const { contract, path, body } = contractCase(name);
  const base = `/${name}${contract.base}`;
  const cookie = contract.refresh?.in === 'cookie' ? contract.refresh.name : null;
  const call = (
    route: `${'GET' | 'POST' | 'DELETE'} ${string}`,
    token: string,
    sending: Sending = {},
  ) => {
    const [method = '', at = ''] = route.split(' ');
    const headers = { Authorization: `Bearer ${token}`, ...sending.headers };
    return createTestApp.fetch(at, { method, headers });
  };
  return {
    contract,
    base,
    login: (person: TestUser, sending?: Sending) => createTestApp.post(path, body(person), sending),
    refresh: (token: string, { headers = {}, ...sending }: Sending = {}) =>
      cookie === null
        ? createTestApp.post(`${base}/refresh`, { refreshToken: token }, { headers, ...sending })
        : createTestApp.post(`${base}/refresh`, '', {
            headers: { Cookie: `${cookie}=${token}`, ...headers },
            ...sending,
          }),
    profile: (token: string) => call(`GET /${name}${contract.profilePath}`, token),
    sessions: (token: string) => call(`GET ${base}/sessions`, token),
    endSession: (token: string, id: string) => call(`DELETE ${base}/sessions/${id}`, token),
    logout: (token: string, sending?: Sending) => call(`POST ${base}/logout`, token, sending),
    /** Posts to `{base}/<at>`, with a bearer where one is given. */
    post: (
      at: string,
      body: unknown,
      { token = '', ...sending }: Sending & { token?: string } = {},
    ) =>
      createTestApp.post(`${base}/${at}`, body, {
        ...sending,
        headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...sending.headers },
      }),
    logoutAll: (token: string) => call(`POST ${base}/logout-all`, token),
  };
}
