/** Sends a request of a contract's own client to one of its routes, and reads the tokens of an answer. */
import type { AnyRoute, Contract } from '../../../src/contracts/contract.ts';
import { encodeRequest, routeOf } from '../../../src/contracts/routes.ts';
import type { OperationRow } from '../../../src/flows/operation.ts';
import { OPERATIONS, type Operation } from '../../../src/flows/operations.ts';
import { tokensOf } from '../session.ts';
import type { Answer, TestApp } from '../test-app.ts';
import { prefixOf } from './all-wires.ts';

/** Null: not sent. */
export interface Tokens {
  access: string | null;
  refresh: string | null;
}

export const NO_TOKENS: Tokens = { access: null, refresh: null };

export interface Request {
  contract: Contract;
  operation: Operation;
  /** Absent: the operation's first route. */
  route?: AnyRoute;
  input: object;
  tokens?: Tokens;
  device?: string | null;
  /** Absent: the client is no browser. */
  origin?: string;
  address?: string;
}

let requests = 0;

/** One address for many requests, and not for so many as a limit could be. */
function nextAddress(): string {
  requests += 1;
  return `192.0.2.${Math.floor(requests / 500)}`;
}

export function ask(app: TestApp, request: Request): Promise<Answer> {
  const { contract, operation, tokens = NO_TOKENS, device, origin } = request;
  const { address = nextAddress() } = request;
  const route = request.route ?? routeOf(contract, operation);
  const { method, path, headers, body } = encodeRequest(
    { ...contract, routes: [route] },
    operation,
    { ...takenBy(operation, tokens), input: inputOf(route, request) as never },
  );
  const cookies = [headers['Cookie'], device && `__Host-gh-device=${device}`].filter(Boolean);
  return app.fetch(prefixOf(contract) + path, {
    method,
    headers: {
      ...headers,
      'CF-Connecting-IP': address,
      ...(origin === undefined ? {} : { Origin: origin }),
      ...(cookies.length === 0 ? {} : { Cookie: cookies.join('; ') }),
      // A cookie counts in requests alone that no page of another site can send.
      ...(headers['Cookie'] !== undefined && body === null
        ? { 'Content-Type': 'application/json' }
        : {}),
    },
    body,
  });
}

/** The tokens that the operation takes. */
function takenBy(operation: Operation, { access, refresh }: Tokens) {
  const { access: opensWith }: OperationRow = OPERATIONS[operation];
  const isEither = opensWith === 'either';
  return {
    ...(access !== null && (isEither || opensWith.startsWith('bearer')) ? { token: access } : {}),
    ...(refresh !== null && (isEither || opensWith === 'refresh-token')
      ? { refreshToken: refresh }
      : {}),
  };
}

/** The body of some routes has the tokens. */
function inputOf({ request }: AnyRoute, { operation, input, tokens = NO_TOKENS }: Request) {
  const { access }: OperationRow = OPERATIONS[operation];
  const isToken = access === 'either' || access === 'refresh-token';
  if (!isToken) return input;
  return request === null ? null : takenBy(operation, tokens);
}

/** The tokens that a login or a refresh has granted. */
export function tokensIn(contract: Contract, answer: Answer): Tokens {
  if (answer.status >= 300) throw new Error(`no tokens: ${answer.status} ${answer.text}`);
  const { access, refresh } = tokensOf({ ...answer, contract });
  if (access === '') throw new Error(`no token in ${answer.text}`);
  return { access, refresh: refresh || null };
}
