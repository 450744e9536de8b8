/** The operations around second factors: rows of the operations' table (operations.ts). */
import { confirmTotp, enrollTotp, listFactors, newRecoveryCodes, removeFactor } from './factors.ts';
import type { AssertionCredential } from './model/passkey.ts';
import { ATTEMPT, PASSWORD_ATTEMPT, row, withInput, type OperationRequest } from './operation.ts';
import { proveIdentity } from './prove-identity.ts';
import { challengeFactor, verifyFactor } from './verify-factor.ts';

interface Code {
  code: string;
}
/** One of the three. */
interface Proof {
  password: string | null;
  code: string | null;
  credential?: AssertionCredential | null;
}

const FACTOR_CHANGE = { ...ATTEMPT, needsRecentProof: true } as const;

export const FACTOR_OPERATIONS = {
  reauthenticate: row({
    ...PASSWORD_ATTEMPT,
    summary: 'Prove the identity again, with password, code or passkey',
    access: 'bearer',
    refusals: [
      'invalid',
      'invalid-factor',
      'invalid-passkey',
      'expired-challenge',
      'unacceptable-passkey',
      'reauthentication-required',
    ],
    response: 'done',
    run: (request: OperationRequest<Proof>) => proveIdentity(withInput(request)),
  }),
  'list-factors': row({
    method: 'GET',
    path: 'factors',
    summary: 'List the second factors of this user',
    access: 'bearer',
    isReadOnly: true,
    response: 'factors',
    run: (request: OperationRequest) => listFactors(request),
  }),
  'enroll-totp': row({
    ...FACTOR_CHANGE,
    path: 'factors/totp',
    summary: 'Make the secret of a new authenticator app; shown once',
    access: 'bearer-or-step',
    refusals: ['unverified', 'not-found', 'too-many-factors', 'expired-step'],
    response: 'enrolment',
    run: (request: OperationRequest<{ challenge: string | null; name: string | null }>) =>
      enrollTotp(withInput(request)),
  }),
  'confirm-totp': row({
    ...FACTOR_CHANGE,
    path: 'factors/totp/confirm',
    summary: 'Activate the new authenticator app with a code of it',
    access: 'bearer',
    refusals: ['not-found', 'invalid-factor'],
    response: 'recoveryCodes',
    run: (request: OperationRequest<Code>) => confirmTotp(withInput(request)),
  }),
  'new-recovery-codes': row({
    ...FACTOR_CHANGE,
    path: 'factors/recovery-codes',
    summary: 'Replace all recovery codes; shown once',
    access: 'bearer',
    refusals: ['not-found'],
    response: 'recoveryCodes',
    run: (request: OperationRequest) => newRecoveryCodes(request),
  }),
  'remove-factor': row({
    ...FACTOR_CHANGE,
    method: 'DELETE',
    path: 'factors/:id',
    summary: 'Remove a second factor',
    access: 'bearer',
    refusals: ['not-found'],
    response: 'removed',
    run: (request: OperationRequest<{ id: string }>) => removeFactor(withInput(request)),
  }),
  'challenge-factor': row({
    method: 'POST',
    path: 'factors/:id/challenge',
    summary: 'Ask for a code of a second factor',
    access: 'bearer-or-step',
    isReadOnly: true,
    refusals: ['not-found', 'expired-step'],
    response: 'factorChallenge',
    run: (request: OperationRequest<{ id: string }>) => challengeFactor(withInput(request)),
  }),
  'verify-factor': row({
    ...PASSWORD_ATTEMPT,
    path: 'factors/:id/verify',
    summary: 'Prove or activate a second factor, for new tokens',
    access: 'bearer-or-step',
    refusals: ['not-found', 'invalid-factor', 'expired-step', 'reauthentication-required'],
    response: 'login',
    run: (request: OperationRequest<Code & { id: string }>) => verifyFactor(withInput(request)),
  }),
};
