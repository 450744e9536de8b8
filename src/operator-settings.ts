/** Settings of the operators: tokens for programs, and roles of accounts. */
import * as z from 'zod/mini';
import type { Contract } from './contracts/contract.ts';
import { BEARER } from './contracts/routes.ts';
import type { OperatorToken } from './flows/model/operator.ts';
import { group, id, isDistinct, json, secretObject, text } from './setting-kinds.ts';

const FLAWED_TOKEN = 'has less than 32 characters, or other ones than a bearer may have';
const TOKEN = /^[\w.~+/-]{32,}$/;

/** Audit and log call a token that is the whole setting by this id. */
const ONLY_TOKEN = 'OPERATOR_TOKEN';

const namedToken = secretObject({
  id,
  token: z.string().check(z.regex(TOKEN, FLAWED_TOKEN)),
  scope: z.enum(['read', 'write']),
});

/** One token with all rights, or a list of tokens with ids and scopes. */
export const operatorTokens = z.pipe(
  z.transform((value, { issues }) => {
    if (typeof value !== 'string' || value.trimStart().startsWith('[')) return value;
    const only: OperatorToken = { id: ONLY_TOKEN, token: value, scope: 'write' };
    if (TOKEN.test(value)) return [only];
    issues.push({ code: 'custom', message: FLAWED_TOKEN, input: value });
    return z.NEVER;
  }),
  json(
    z.array(namedToken).check(
      z.minLength(1, 'is empty'),
      z.refine((tokens) => isDistinct(tokens.map(({ id }) => id)), 'has an id twice'),
      z.refine((tokens) => isDistinct(tokens.map(({ token }) => token)), 'has a token twice'),
    ),
  ),
);

/** Roles of the directory whose accounts are operators. */
export const operatorRoles = group({
  contract: z.optional(z.string()),
  readRole: z.optional(text),
  writeRole: z.optional(text),
});

interface OperatorAccounts {
  /** Issues their access tokens. */
  contract: string;
  /** Ids; null: no role has this scope alone. */
  readRole: string | null;
  writeRole: string | null;
}

export interface Operators {
  tokens: readonly OperatorToken[];
  /** Null: no account is an operator's. */
  accounts: OperatorAccounts | null;
}

/** Without any there is no admin API. */
export const hasOperators = ({ tokens, accounts }: Operators): boolean =>
  tokens.length > 0 || accounts !== null;

/**
 * Returns the accounts of operators, or the setting's flaw. A token in a cookie is refused: pages of
 * other sites could have browsers send it along.
 */
export function operatorAccounts(
  { contract: named, ...roles }: z.infer<typeof operatorRoles>,
  served: readonly Contract[],
  { roleOfAll, asksFactors }: { roleOfAll: string | undefined; asksFactors: boolean },
): OperatorAccounts | string | null {
  const { readRole = null, writeRole = null } = roles;
  if (readRole === null && writeRole === null) {
    return named === undefined ? null : 'names a contract, and neither readRole nor writeRole';
  }
  if (readRole === writeRole) return 'names one role twice: readRole and writeRole';
  if (roleOfAll !== undefined && [readRole, writeRole].includes(roleOfAll)) {
    return 'makes operators of all new accounts: NEW_ACCOUNTS gives them the same role';
  }
  if (!asksFactors) return 'needs second factors, and SECOND_FACTOR is off';
  const contract = served.find(({ name, access }) =>
    named === undefined ? isBearer(access) : name === named,
  );
  if (contract === undefined) {
    return named === undefined
      ? 'needs a contract whose access token is a bearer token, and CONTRACTS has none'
      : `"${named}" is not in CONTRACTS`;
  }
  if (!isBearer(contract.access)) {
    return `the access token of "${contract.name}" is not a bearer token in the Authorization header`;
  }
  return { contract: contract.name, readRole, writeRole };
}

const isBearer = (access: Contract['access']): boolean =>
  access.in === 'header' && access.name === BEARER.name && access.scheme === BEARER.scheme;
