/** The operations that a stranger can try with any name. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { encodeFields } from '../../../src/contracts/routes.ts';
import { newPerson, type Person } from '../../../test/fixtures/account-kinds.ts';
import { serialised, type RequestLine } from './connection.ts';

/** No account has it, and the rules for new passwords allow it. */
const PASSWORD = 'a long way to somewhere else';

interface Operation {
  path: string;
  /** Of every answer. */
  status: number;
  bodyFor(contract: Contract, person: Person): object | null;
  /** Times the request that follows: work after the response must not show there. */
  timesNext?: true;
}

const identifierOf = ({ identifier: kind }: Contract, person: Person) => ({
  kind,
  value: person[kind],
});

const register: Operation = {
  path: 'register',
  status: 202,
  // A taken username is refused by design: the question is about the address.
  bodyFor: (contract, { email }) =>
    encodeFields(contract, 'register', {
      username: newPerson().username,
      email,
      password: PASSWORD,
      name: null,
      handle: null,
    }),
};
const forgotPassword: Operation = {
  path: 'forgot-password',
  status: 202,
  bodyFor: (contract, person) =>
    encodeFields(contract, 'forgot-password', {
      identifier: identifierOf(contract, person),
      handle: null,
    }),
};

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  login: {
    path: 'login',
    status: 401,
    bodyFor: (contract, person) =>
      encodeFields(contract, 'login', {
        identifier: identifierOf(contract, person),
        password: PASSWORD,
        remember: false,
      }),
  },
  register,
  'forgot-password': forgotPassword,
  'send-code': { ...forgotPassword, path: 'verify-email/send' },
  'after-register': { ...register, timesNext: true },
  'after-forgot-password': { ...forgotPassword, timesNext: true },
};

let requests = 0;

/** From a new address. */
function request(line: Omit<RequestLine, 'address'>): Buffer {
  requests += 1;
  const address = `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`;
  return serialised({ ...line, address });
}

/** Calls database and limits, and leaves no work after the response. */
export const neutralRequest = (): Buffer => request({ method: 'GET', path: '/healthz' });

export const requestFor = (
  { path, bodyFor }: Operation,
  contract: Contract,
  person: Person,
): Buffer =>
  request({
    method: 'POST',
    path: `/${contract.name}${contract.base}/${path}`,
    body: bodyFor(contract, person) ?? {},
  });
