/** Describes a contract's answers for the script of its pages, from the contract's declaration. */
import type { Contract } from '../contracts/contract.ts';
import type { ErrorKind } from '../contracts/error-answers.ts';
import { errorKinds, refusalWire } from '../contracts/errors.ts';
import type { PasswordFlaw } from '../flows/model/outcome.ts';
import type { Operation } from '../flows/operations.ts';
import type {
  ContractDescriptor,
  PasswordRulesShown,
  Reason,
  RefusalSignature,
} from './page-data.ts';
import { textsIn } from './refusal-reason.ts';

export function describeContract(contract: Contract): ContractDescriptor {
  const { login: tokens, refresh: _, ...paths } = contract.paths;
  return {
    name: contract.name,
    identifier: contract.identifier,
    hasAccessCookie: contract.access.in === 'cookie',
    hasRefreshCookie: contract.refresh?.in === 'cookie',
    takesCodeWithPassword: contract.codeTravels === 'with-password',
    paths: { tokens, ...paths, error: contract.errors.paths },
    refusals: signaturesOf(contract),
  };
}

/** Kinds that pages do not tell apart; null: those of requests that pages do not send. */
const OTHERS: Readonly<Record<Exclude<ErrorKind, Reason>, Reason | null>> = {
  'missing-field': 'malformed',
  'weak-password': 'malformed',
  'missing-token': 'unauthenticated',
  'session-ended': 'unauthenticated',
  'unknown-path': null,
  'unknown-variant': null,
  'wrong-method': null,
};

/** `operation`: of its own answers, where it has any. */
export const signaturesOf = (contract: Contract, operation?: Operation): RefusalSignature[] =>
  errorKinds(contract).flatMap((kind) => {
    const reason = kind in OTHERS ? OTHERS[kind as keyof typeof OTHERS] : (kind as Reason);
    if (reason === null) return [];
    const { answers, byOperation } = contract.errors;
    const own = operation === undefined ? undefined : byOperation[operation];
    const { status, code, message } = (own ?? answers)[kind];
    return [{ reason, status, code, message: typeof message === 'string' ? message : null }];
  });

/** The rules for new passwords, with the core's message for each flaw. */
export interface PasswordRules {
  least: number;
  most: number;
  messages: Readonly<Record<PasswordFlaw, string>>;
}

/** The names of a new password in requests, by which some wires word their refusals. */
const FIELDS = ['password', 'newPassword'];

/** Finds the texts by which a contract's refusals tell a flaw from the others, by making each of them. */
export function describePasswordRules(
  contract: Contract,
  { least, most, messages }: PasswordRules,
): PasswordRulesShown {
  const context = { operation: 'reset-password', nowMs: 0, traceId: '', headers: {} } as const;
  const flaws = FIELDS.flatMap((field) => {
    const refusals = (Object.entries(messages) as [PasswordFlaw, string][]).map(
      ([flaw, message]) => {
        const issue = { field, flaw, message, missing: false };
        const { body } = refusalWire(contract, { reason: 'malformed', issues: [issue] }, context);
        return { flaw, texts: textsIn(body) };
      },
    );
    return refusals.flatMap(({ flaw, texts }) => {
      const others = new Set(refusals.flatMap((other) => (other.flaw === flaw ? [] : other.texts)));
      const text = texts.find((one) => !others.has(one));
      return text === undefined ? [] : [{ flaw, text }];
    });
  });
  return { least, most, flaws: [...new Map(flaws.map((one) => [one.text, one])).values()] };
}
