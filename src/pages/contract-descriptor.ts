/** Describes a contract's wire for the script of its pages, from the contract's declaration. */
import type { Contract, ErrorKind } from '../contracts/contract.ts';
import { errorKinds } from '../contracts/errors.ts';
import type { ContractDescriptor, Reason, RefusalSignature } from './page-data.ts';

export function describeContract(contract: Contract): ContractDescriptor {
  const { login, refresh, profile, sessions } = contract.responses;
  return {
    name: contract.name,
    identifier: contract.identifier,
    login: contract.requests.login.fields,
    refresh: contract.refresh,
    paths: {
      login: login.paths,
      refresh: refresh?.paths ?? null,
      profile: profile.paths,
      sessions: sessions.paths,
      error: contract.errors.paths,
    },
    refusals: errorKinds(contract).flatMap((kind) => signatureOf(contract, kind)),
  };
}

/** Pages need no message for unknown paths and wrong methods, since they use neither. */
function signatureOf({ errors }: Contract, kind: ErrorKind): RefusalSignature[] {
  if (kind === 'unknown-path' || kind === 'wrong-method') return [];
  const { status, code, message } = errors.answers[kind];
  const reason: Reason = kind === 'missing-field' ? 'malformed' : kind;
  return [{ reason, status, code, message: typeof message === 'string' ? message : null }];
}
