/** The operations that a stranger can try with any name. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { encodeRequest, type EncodedRequest } from '../../../src/contracts/routes.ts';
import type { InputOf } from '../../../src/flows/operations.ts';
import type { PasswordCost } from '../../../src/crypto/passwords/format.ts';
import { createPasswords } from '../../../src/crypto/passwords/hash.ts';
import {
  accountKinds,
  newPerson,
  type AccountKind,
  type Person,
} from '../../../test/fixtures/account-kinds.ts';
import { statusesOf, type StatusName } from '../../../test/support/statuses.ts';
import { serialised } from './connection.ts';
import { PASSKEY_KINDS, passkeyInput, preparePasskeys } from './passkeys.ts';

/** Only accounts of RIGHT have it, and the rules for new passwords allow it. */
const PASSWORD = 'a long way to somewhere else';

const reference = ({ identifier: kind }: Contract, person: Person) => ({
  identifier: { kind, value: person[kind] },
  handle: null,
});

const login =
  (code: string | null) =>
  (contract: Contract, person: Person): InputOf<'login'> => ({
    identifier: reference(contract, person).identifier,
    password: PASSWORD,
    remember: false,
    code,
  });

const inputs = {
  login: login(null),
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
  'passkey-login': passkeyInput,
};
type Tried = keyof typeof inputs;

interface Operation {
  operation: Tried;
  /** In place of the operation's own. */
  input?: (contract: Contract, person: Person) => InputOf<Tried>;
  /** Its requests may name enrolled accounts whose password is right. */
  hidesStep?: (contract: Contract) => boolean;
  /** Of every answer. */
  outcome: StatusName;
  /** Times the request that follows: work after the response must not show there. */
  timesNext?: true;
  /** Gives the inserted accounts, by the name of their kind, what its requests need. */
  prepare?: typeof preparePasskeys;
}

const register: Operation = { operation: 'register', outcome: 'registered' };
const forgotPassword: Operation = { operation: 'forgot-password', outcome: 'accepted' };

const tried = { operation: 'login', outcome: 'invalid' } as const;
const takesCode = ({ loginFields }: Contract) => loginFields.code !== null;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  login: { ...tried, hidesStep: ({ codeTravels }) => codeTravels === 'with-password' },
  'login-with-code': { ...tried, input: login('000000'), hidesStep: takesCode },
  'login-with-recovery-code': {
    ...tried,
    input: login('ABCD-EFGH-JKMN-PQRS-TVWX-YZ01'),
    hidesStep: takesCode,
  },
  register,
  'forgot-password': forgotPassword,
  'send-code': { operation: 'send-code', outcome: 'accepted' },
  'passkey-login': {
    operation: 'passkey-login',
    outcome: 'invalid-passkey',
    prepare: preparePasskeys,
  },
  'after-register': { ...register, timesNext: true },
  'after-forgot-password': { ...forgotPassword, timesNext: true },
};

export const statusOf = ({ operation, outcome }: Operation, { name }: Contract): number =>
  statusesOf(name, operation)[outcome];

/** `isEnrolled`: its accounts have a second factor. */
type TimedKind = AccountKind & { isEnrolled?: true };

const ENROLLED = 'second factor';
const RIGHT = 'second factor, right password';

/** The kinds of accounts that an operation is asked about. */
export async function kindsOf(
  operation: Operation,
  contract: Contract,
  cost: PasswordCost,
): Promise<readonly TimedKind[]> {
  if (operation.operation === 'passkey-login') return PASSKEY_KINDS;
  const kinds = await accountKinds(operation.operation, cost);
  if (operation.operation !== 'login') return kinds;
  const passwords = createPasswords({ cost, peppers: [] }, async () => undefined);
  const right = { password_hash: await passwords.hash(PASSWORD) };
  return [
    ...kinds,
    { name: ENROLLED, user: {}, isEnrolled: true },
    ...(operation.hidesStep?.(contract)
      ? [{ name: RIGHT, user: right, isEnrolled: true as const }]
      : []),
  ];
}

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

export async function requestFor(
  { operation, input: own }: Operation,
  contract: Contract,
  person: Person,
): Promise<Buffer> {
  const input: InputOf<Tried> = await (own ?? inputs[operation])(contract, person);
  const { path, ...rest } = encodeRequest(contract, operation, { input });
  return request({ ...rest, path: `/${contract.name}${path}` });
}
