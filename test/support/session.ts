/** A client of one contract: writes requests as the contract has them, and keeps tokens and cookies. */
import { vi } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { encodeRequest, FORM, routeOf, type EncodedRequest } from '../../src/contracts/routes.ts';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { textAt, valueAt } from '../../src/pages/json-path.ts';
import { contractCase } from './contract-cases.ts';
import type { Answer, Sending, TestApp, TestUser } from './test-app.ts';

export interface Tokens {
  access: string;
  /** Empty where the contract has none. */
  refresh: string;
}

/** An answer of a contract, in whose shape it is read. */
export interface ContractAnswer extends Answer {
  contract: Contract;
}

/** The tokens of a granted login or refresh, where the contract has them; empty where it has none. */
export function tokensOf({ contract, text, headers }: ContractAnswer): Tokens {
  const { access, refresh, paths } = contract;
  const body: unknown = text === '' ? null : JSON.parse(text);
  const tokenIn = (carrier: Contract['access' | 'refresh'], path: readonly string[] | null) =>
    (carrier?.in === 'cookie' ? setCookie(headers, carrier.name) : textAt(body, path)) ?? '';
  return {
    access: tokenIn(access, paths.login.access),
    refresh: tokenIn(refresh, paths.login.refresh),
  };
}

/** The value that an answer gives a cookie. */
const setCookie = (headers: Headers, name: string): string | undefined =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .split(';')[0];

/** The sessions in an answer, with the fields that the contract has. */
export const sessionsIn = ({ contract, text }: ContractAnswer) =>
  valueAt(JSON.parse(text), contract.paths.sessions.list) as Record<string, unknown>[];

/** The message of an error, for people. */
export const messageOf = ({ contract, text }: ContractAnswer): string =>
  textAt(JSON.parse(text), contract.errors.paths.message) ?? '';

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

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const HANDLE = /[\w-]{22}~\d{10}(?:~[\w-]{43})+/g;

/** Renders an answer as a client sees it, without trace ids and registration handles, which are random. */
export function visible({ status, headers, text }: Answer): string {
  const trace = headers.get('X-Request-Id') ?? '';
  return (
    JSON.stringify([status, [...headers], text])
      .replaceAll(trace, '<trace>')
      .replaceAll(HANDLE, '<handle>')
      // Wires that show a user for every registration draw an id.
      .replaceAll(UUID, '<uuid>')
  );
}

/** Moves the clock, which stands still otherwise (clock.ts). */
export const moveClock = (byMs: number): void => void vi.setSystemTime(Date.now() + byMs);

export interface Asked<O extends Operation> {
  input: InputOf<O>;
  token?: string;
  refreshToken?: string;
}

export interface Asking extends Sending {
  token?: string;
  refreshToken?: string;
}

/** A request as `app.send` takes it; `body`: null for none. */
export function encoded<O extends Operation>(
  name: string,
  operation: O,
  asked: Asked<O>,
): EncodedRequest {
  const request = encodeRequest(contractCase(name).contract, operation, asked);
  const { method, headers, body } = request;
  // Without a browser's headers, a cookie counts only with what is declared as JSON.
  const isDeclared = headers['Cookie'] === undefined || headers['Content-Type'] !== undefined;
  return {
    ...request,
    path: `/${name}${request.path}`,
    headers: isDeclared ? headers : { ...headers, 'Content-Type': 'application/json' },
    body: isDeclared || method === 'GET' ? body : '{}',
  };
}

/** A request whose body has other fields than its contract would write, besides those of its route. */
export function withFields(
  name: string,
  operation: Operation,
  { fields, token }: { fields: Record<string, unknown>; token?: string | undefined },
): EncodedRequest {
  const { contract, inputs } = contractCase(name);
  const user = { username: 'x', email: 'x@example.com', password: 'x' };
  const request = encoded(name, operation, {
    input: inputs(user)[operation] as never,
    ...(token === undefined ? {} : { token }),
  });
  const { accepts, when } = routeOf(contract, operation);
  const all = { ...when.body, ...fields };
  const body =
    accepts === FORM
      ? new URLSearchParams(Object.entries(all).map(([k, v]) => [k, String(v)])).toString()
      : JSON.stringify(all);
  return { ...request, body };
}

export function client(app: TestApp, name: string) {
  const own = contractCase(name);
  const { contract, statusAt, attempt } = own;
  const answered = (answer: Answer): ContractAnswer => ({ ...answer, contract });
  /** Asks in the words of the core; tokens travel as the contract has them. */
  const ask = async <O extends Operation>(
    operation: O,
    input: InputOf<O>,
    { token, refreshToken, ...sending }: Asking = {},
  ): Promise<ContractAnswer> => {
    const tokens = {
      ...(token === undefined ? {} : { token }),
      ...(refreshToken === undefined ? {} : { refreshToken }),
    };
    return answered(await app.send(encoded(name, operation, { input, ...tokens }), sending));
  };
  const login = (user: TestUser, sending?: Sending) => ask('login', attempt(user), sending);
  return {
    ...own,
    ask,
    login,
    /** Sends `count` wrong passwords. */
    async fail(user: TestUser, count = 5, sending?: Sending) {
      for (let n = 0; n < count; n += 1) {
        const { status } = await login({ ...user, password: WRONG }, sending);
        if (status !== statusAt('login').invalid) {
          throw new Error(`wrong password ${n + 1} is answered ${status}`);
        }
      }
    },
    /** Sends other fields than the contract would. */
    askWith: async (
      operation: Operation,
      fields: Record<string, unknown>,
      { token, ...sending }: Asking = {},
    ): Promise<ContractAnswer> =>
      answered(await app.send(withFields(name, operation, { fields, token }), sending)),
    /** Sends text in place of the body. */
    askRaw: async (
      operation: Operation,
      body: string | Uint8Array | ReadableStream,
      sending?: Sending,
    ): Promise<ContractAnswer> =>
      answered(await app.send({ ...withFields(name, operation, { fields: {} }), body }, sending)),
    refresh: (refreshToken: string, sending?: Sending) =>
      ask('refresh', { refreshToken }, { refreshToken, ...sending }),
    profile: (token: string) => ask('profile', null, { token }),
    sessions: (token: string) => ask('list-sessions', null, { token }),
    endSession: (token: string, id: string) => ask('end-session', { id }, { token }),
    /** `sent`: the tokens of a session, or one that is none; some contracts take only the refresh token. */
    logout(sent: Tokens | string, sending?: Sending) {
      const [token, refreshToken] =
        typeof sent === 'string' ? [sent, sent] : [sent.access, sent.refresh || sent.access];
      return ask('logout', { token, refreshToken }, { token, ...sending });
    },
    logoutAll: (token: string) => ask('logout-all', null, { token }),
  };
}

export const WRONG = 'a wrong password';
