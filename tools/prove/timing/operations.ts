/** What is asked for, and how: the operations that a stranger can try any name at. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { somebody, type Somebody } from '../../../test/fixtures/account-kinds.ts';
import { written } from './line.ts';

/** No account's, nor one that the rules for new ones refuse. */
const PASSWORD = 'a long way to somewhere else';

interface Operation {
  path: string;
  /** What everybody is answered with. */
  status: number;
  bodyFor(contract: Contract, person: Somebody): object;
  /** Times the request after it: what runs behind the answer must not show there. */
  timesNext?: true;
}

const named = ({ account: { identifier } }: Contract, person: Somebody) => ({
  [identifier]: person[identifier],
});

const OWN: Readonly<Record<'login' | 'register' | 'forgot-password' | 'send-code', Operation>> = {
  login: {
    path: 'login',
    status: 401,
    bodyFor: (contract, person) => ({ ...named(contract, person), password: PASSWORD }),
  },
  register: {
    path: 'register',
    status: 202,
    // A username that is taken is told, and meant to be: what is asked about is the address.
    bodyFor: (contract, { email }) => ({
      ...named(contract, { ...somebody(), email }),
      email,
      password: PASSWORD,
    }),
  },
  'forgot-password': { path: 'forgot-password', status: 202, bodyFor: named },
  'send-code': { path: 'verify-email/send', status: 202, bodyFor: named },
};

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...OWN,
  'after-register': { ...OWN.register, timesNext: true },
  'after-forgot-password': { ...OWN['forgot-password'], timesNext: true },
};

let requests = 0;

/** An address that was never seen. */
function freshAddress(): string {
  requests += 1;
  return `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`;
}

/** One that asks database and guard, and leaves nothing to be done. */
export const neutralRequest = (): Buffer =>
  written({ method: 'GET', path: '/healthz', address: freshAddress() });

export function requestFor(
  { path, bodyFor }: Operation,
  contract: Contract,
  person: Somebody,
): Buffer {
  return written({
    method: 'POST',
    path: `/${contract.name}${contract.base}/${path}`,
    address: freshAddress(),
    body: bodyFor(contract, person),
  });
}
