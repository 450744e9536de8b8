/** Describes a contract's wire for the script of its pages, from the contract's declaration. */
import type { Contract, ErrorKind } from '../contracts/contract.ts';
import { errorKinds } from '../contracts/errors.ts';
import { encodeFields } from '../contracts/routes.ts';
import type { ContractDescriptor, Reason, RefusalSignature } from './page-data.ts';

export function describeContract(contract: Contract): ContractDescriptor {
  const { login, refresh, profile, sessions } = contract.paths;
  return {
    name: contract.name,
    identifier: contract.identifier,
    login: contract.loginFields,
    refresh: contract.refresh,
    refreshFields: refresh && encodeFields(contract, 'refresh', { refreshToken: TOKEN }),
    paths: { login, refresh, profile, sessions, error: contract.errors.paths },
    refusals: errorKinds(contract).flatMap((kind) => signatureOf(contract, kind)),
  };
}

/** Stands for the refresh token in what pages send. */
const TOKEN = '{refreshToken}';

/** Kinds that pages do not tell apart. */
const REASONS: Partial<Record<ErrorKind, Reason>> = {
  'missing-field': 'malformed',
  'weak-password': 'malformed',
  'missing-token': 'unauthenticated',
  'session-ended': 'unauthenticated',
};

/** Pages need no message for unknown paths, variants and wrong methods, since they use none. */
function signatureOf({ errors }: Contract, kind: ErrorKind): RefusalSignature[] {
  if (kind === 'unknown-path' || kind === 'unknown-variant' || kind === 'wrong-method') return [];
  const { status, code, message } = errors.answers[kind];
  const reason = REASONS[kind] ?? (kind as Reason);
  return [{ reason, status, code, message: typeof message === 'string' ? message : null }];
}
