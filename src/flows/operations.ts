/**
 * The operations of a contract, one row each. Routes, path ownership, 405, the names in log and
 * metrics, the OpenAPI documents and the pages' paths all follow from this table.
 */
import type { Identifier } from '../policy/identifier.ts';
import { AUTHORIZATION_CODE_OPERATIONS } from './authorization-code-operations.ts';
import { changeEmail, confirmEmail } from './change-email.ts';
import { changePassword } from './change-password.ts';
import { deleteAccount } from './delete-account.ts';
import { FACTOR_OPERATIONS } from './factor-operations.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import type { LoginAttempt } from './model/login.ts';
import type { Outcome } from './model/outcome.ts';
import type { SentTokens } from './model/request.ts';
import {
  ATTEMPT,
  PASSWORD_ATTEMPT,
  PUBLIC_ATTEMPT,
  row,
  WITH_BEARER,
  withInput,
  type OperationRequest,
  type Registered,
} from './operation.ts';
import { PASSKEY_OPERATIONS } from './passkey-operations.ts';
import { refresh } from './refresh.ts';
import { registerImmediately } from './register-immediately.ts';
import { register, type RegistrationInput } from './register.ts';
import { renew } from './renew.ts';
import { forgotPassword, resetPassword } from './reset-password.ts';
import { completeLogin } from './second-factor.ts';
import { SESSION_OPERATIONS } from './session-operations.ts';
import { logoutAll, logoutOthers, profile } from './sessions.ts';
import { updateProfile, type ProfileUpdate } from './update-profile.ts';
import { sendCode, verifyEmail } from './verify-email.ts';

interface Email {
  email: string;
}
interface Password {
  password: string;
}
interface Code {
  code: string;
}
/** `handle`: of a registration, for clients without cookies. */
interface Named {
  identifier: Identifier;
  handle: string | null;
}

/** In the order of the documents. */
export const OPERATIONS = {
  login: row({
    ...PASSWORD_ATTEMPT,
    summary: 'Sign in',
    access: 'public',
    refusals: ['invalid', 'second-factor-required', 'enrolment-required', 'inactive', 'unverified'],
    response: 'login',
    run: ({ input, ...request }: OperationRequest<LoginAttempt>) =>
      login({ ...request, attempt: input }),
  }),
  'second-factor': row({
    ...PASSWORD_ATTEMPT,
    path: 'login/second-factor',
    summary: 'Complete a sign-in with a code of the second factor',
    access: 'public',
    refusals: ['invalid-factor', 'expired-step'],
    response: 'login',
    run: (request: OperationRequest<{ challenge: string; code: string }>) =>
      completeLogin(withInput(request)),
  }),
  refresh: row({
    method: 'POST',
    summary: 'Trade the refresh token for new tokens',
    access: 'refresh-token',
    refusals: ['malformed'],
    response: 'refresh',
    run: (request: OperationRequest<SentTokens | null>) => refresh(request),
  }),
  logout: row({
    method: 'POST',
    summary: 'End this session',
    access: 'either',
    response: 'loggedOut',
    run: (request: OperationRequest<SentTokens | null>) => logout(request),
  }),
  'logout-all': row({
    ...WITH_BEARER,
    summary: 'End all sessions of this user',
    response: 'loggedOut',
    run: (request: OperationRequest) => logoutAll(request),
  }),
  'logout-others': row({
    ...WITH_BEARER,
    summary: 'End all other sessions of this user',
    response: 'done',
    run: (request: OperationRequest) => logoutOthers(request),
  }),
  renew: row({
    ...WITH_BEARER,
    summary: 'Trade the access token for a new one',
    response: 'renewed',
    run: (request: OperationRequest<SentTokens | null>) => renew(request),
  }),
  profile: row({
    method: 'GET',
    path: null,
    summary: 'Show the signed-in user',
    access: 'bearer',
    isReadOnly: true,
    response: 'profile',
    run: (request: OperationRequest) => profile(request),
  }),
  'update-profile': row({
    ...ATTEMPT,
    summary: 'Change the profile of the signed-in user',
    access: 'bearer',
    response: 'profile',
    run: ({ input, ...request }: OperationRequest<ProfileUpdate>) =>
      updateProfile({ ...request, profile: input }),
  }),
  ...SESSION_OPERATIONS,
  register: row({
    ...PUBLIC_ATTEMPT,
    summary: 'Ask for an account; the result comes by e-mail',
    sendsEmail: true,
    refusals: ['taken'],
    response: 'registered',
    run: (request: OperationRequest<RegistrationInput>): Promise<Outcome<Registered>> =>
      request.rules.registration === 'immediate' ? registerImmediately(request) : register(request),
  }),
  'send-code': row({
    ...PUBLIC_ATTEMPT,
    path: 'verify-email/send',
    summary: 'Send a code to an address that is not verified yet',
    sendsEmail: true,
    response: 'accepted',
    run: (request: OperationRequest<Named>) => sendCode(withInput(request)),
  }),
  'verify-email': row({
    ...PASSWORD_ATTEMPT,
    summary: 'Verify an address with the code and the password',
    access: 'public',
    refusals: ['invalid-code'],
    response: 'done',
    run: (request: OperationRequest<Named & Password & Code>) => verifyEmail(withInput(request)),
  }),
  'forgot-password': row({
    ...PUBLIC_ATTEMPT,
    summary: 'Send a link to set a new password',
    sendsEmail: true,
    response: 'accepted',
    run: (request: OperationRequest<Named>) => forgotPassword(withInput(request)),
  }),
  'reset-password': row({
    ...PUBLIC_ATTEMPT,
    summary: 'Set a new password with the token of the link; ends all sessions',
    refusals: ['invalid-link'],
    response: 'done',
    run: (request: OperationRequest<Password & { token: string }>) =>
      resetPassword(withInput(request)),
  }),
  'change-password': row({
    ...PASSWORD_ATTEMPT,
    summary: 'Set a new password with the current one; ends all other sessions',
    access: 'bearer',
    refusals: ['invalid', 'reauthentication-required'],
    response: 'done',
    run: (request: OperationRequest<{ currentPassword: string | null; newPassword: string }>) =>
      changePassword(withInput(request)),
  }),
  'change-email': row({
    ...PASSWORD_ATTEMPT,
    summary: 'Send a code to another address',
    access: 'bearer',
    sendsEmail: true,
    refusals: ['invalid', 'reauthentication-required'],
    response: 'accepted',
    run: (request: OperationRequest<Email & { password: string | null }>) =>
      changeEmail(withInput(request)),
  }),
  'confirm-email': row({
    ...ATTEMPT,
    path: 'change-email/confirm',
    summary: 'Take the other address with the code',
    access: 'bearer',
    refusals: ['invalid-code'],
    response: 'done',
    run: (request: OperationRequest<Code>) => confirmEmail(withInput(request)),
  }),
  'delete-account': row({
    ...PASSWORD_ATTEMPT,
    summary: 'Delete this account',
    access: 'bearer',
    refusals: ['invalid', 'reauthentication-required'],
    response: 'loggedOut',
    run: (request: OperationRequest<{ password: string | null }>) =>
      deleteAccount(withInput(request)),
  }),
  ...FACTOR_OPERATIONS,
  ...PASSKEY_OPERATIONS,
  ...AUTHORIZATION_CODE_OPERATIONS,
};

/** The one name of an operation: in log, metrics and documents. */
export type Operation = keyof typeof OPERATIONS;
export const operations = Object.keys(OPERATIONS) as Operation[];

type Rows = typeof OPERATIONS;
export type InputOf<O extends Operation> = Parameters<Rows[O]['run']>[0]['input'];
export type ValueOf<O extends Operation> =
  Awaited<ReturnType<Rows[O]['run']>> extends Outcome<infer Value> ? Value : never;
