/** The operations that a stranger can try with any name. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { encodeRequest, type EncodedRequest } from '../../../src/contracts/routes.ts';
import type { InputOf } from '../../../src/flows/operations.ts';
import { newPerson, type Person } from '../../../test/fixtures/account-kinds.ts';
import { statusesOf, type StatusName } from '../../../test/support/statuses.ts';
import { serialised } from './connection.ts';

/** No account has it, and the rules for new passwords allow it. */
const PASSWORD = 'a long way to somewhere else';

const reference = ({ identifier: kind }: Contract, person: Person) => ({
  identifier: { kind, value: person[kind] },
  handle: null,
});

const inputs = {
  login: (contract: Contract, person: Person) => ({
    identifier: reference(contract, person).identifier,
    password: PASSWORD,
    remember: false,
    code: null,
  }),
  // A taken username is refused by design: the question is about the address.
  register: (_: Contract, { email }: Person) => ({
    username: newPerson().username,
    email,
    password: PASSWORD,
    name: null,
    handle: null,
  }),
  'forgot-password': reference,
  'send-code': reference,
};
type Tried = keyof typeof inputs;

interface Operation {
  operation: Tried;
  /** Of every answer. */
  outcome: StatusName;
  /** Times the request that follows: work after the response must not show there. */
  timesNext?: true;
}

const register: Operation = { operation: 'register', outcome: 'registered' };
const forgotPassword: Operation = { operation: 'forgot-password', outcome: 'accepted' };

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  login: { operation: 'login', outcome: 'invalid' },
  register,
  'forgot-password': forgotPassword,
  'send-code': { operation: 'send-code', outcome: 'accepted' },
  'after-register': { ...register, timesNext: true },
  'after-forgot-password': { ...forgotPassword, timesNext: true },
};

export const statusOf = ({ operation, outcome }: Operation, { name }: Contract): number =>
  statusesOf(name, operation)[outcome];

let requests = 0;

/** From a new address. */
function request({ headers, ...line }: EncodedRequest): Buffer {
  requests += 1;
  const address = `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`;
  return serialised({ ...line, headers: { ...headers, 'CF-Connecting-IP': address } });
}

/** Calls database and limits, and leaves no work after the response. */
export const neutralRequest = (): Buffer =>
  request({ method: 'GET', path: '/healthz', headers: {}, body: null });

export function requestFor({ operation }: Operation, contract: Contract, person: Person): Buffer {
  const input: InputOf<Tried> = inputs[operation](contract, person);
  const { path, ...rest } = encodeRequest(contract, operation, { input });
  return request({ ...rest, path: `/${contract.name}${path}` });
}
