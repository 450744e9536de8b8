/** The operations around passkeys: rows of the operations' table (operations.ts). */
import { loginWithPasskey } from './login-with-passkey.ts';
import type { AssertionCredential, RegistrationCredential } from './model/passkey.ts';
import {
  ATTEMPT,
  PUBLIC_ATTEMPT,
  row,
  WITH_BEARER,
  withInput,
  type OperationRequest,
} from './operation.ts';
import {
  addPasskey,
  listPasskeys,
  passkeyLoginOptions,
  passkeyOptions,
  removePasskey,
  removePassword,
  renamePasskey,
} from './passkeys.ts';

const WITH_PROOF = { ...WITH_BEARER, ...ATTEMPT, needsRecentProof: true } as const;

export const PASSKEY_OPERATIONS = {
  'passkey-login-options': row({
    method: 'POST',
    path: 'passkeys/login/options',
    summary: 'Ask for a challenge to sign in with a passkey',
    access: 'public',
    isReadOnly: true,
    refusals: ['not-found'],
    response: 'requestOptions',
    run: (request: OperationRequest) => passkeyLoginOptions(request),
  }),
  'passkey-login': row({
    ...PUBLIC_ATTEMPT,
    path: 'passkeys/login',
    summary: 'Sign in with a passkey',
    refusals: [
      'invalid-passkey',
      'expired-challenge',
      'unacceptable-passkey',
      'inactive',
      'unverified',
      'not-found',
    ],
    response: 'login',
    run: (request: OperationRequest<{ credential: AssertionCredential; remember: boolean }>) =>
      loginWithPasskey(withInput(request)),
  }),
  'passkey-options': row({
    ...WITH_PROOF,
    path: 'passkeys/options',
    summary: 'Ask for a challenge to add a passkey',
    refusals: ['unverified', 'too-many-passkeys', 'not-found'],
    response: 'creationOptions',
    run: (request: OperationRequest) => passkeyOptions(request),
  }),
  'add-passkey': row({
    ...WITH_PROOF,
    path: 'passkeys',
    summary: 'Add a passkey',
    refusals: [
      'expired-challenge',
      'unacceptable-passkey',
      'unverified',
      'too-many-passkeys',
      'not-found',
    ],
    response: 'passkey',
    run: (request: OperationRequest<{ name: string | null; credential: RegistrationCredential }>) =>
      addPasskey(withInput(request)),
  }),
  'list-passkeys': row({
    method: 'GET',
    path: 'passkeys',
    summary: 'List the passkeys of this user',
    access: 'bearer',
    isReadOnly: true,
    response: 'passkeys',
    run: (request: OperationRequest) => listPasskeys(request),
  }),
  'rename-passkey': row({
    ...ATTEMPT,
    method: 'PATCH',
    path: 'passkeys/:id',
    summary: 'Rename a passkey',
    access: 'bearer',
    refusals: ['not-found'],
    response: 'passkey',
    run: (request: OperationRequest<{ id: string; name: string }>) =>
      renamePasskey(withInput(request)),
  }),
  'remove-passkey': row({
    ...WITH_PROOF,
    method: 'DELETE',
    path: 'passkeys/:id',
    summary: 'Remove a passkey',
    refusals: ['not-found', 'last-way-in'],
    response: 'removed',
    run: (request: OperationRequest<{ id: string }>) => removePasskey(withInput(request)),
  }),
  'remove-password': row({
    ...WITH_PROOF,
    summary: 'Remove the password, beside passkeys; ends all other sessions',
    refusals: ['last-way-in'],
    response: 'done',
    run: (request: OperationRequest) => removePassword(request),
  }),
};
