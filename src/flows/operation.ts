/** The form of a row of the operations' table (operations.ts). */
import type { SessionLimits } from '../policy/lifetimes.ts';
import type { AuthorizationCode } from './authorization-code.ts';
import type { RecoveryCodes } from './factors.ts';
import type { FactorChallenge } from './verify-factor.ts';
import type { Activity } from './model/audit.ts';
import type { Enrolment, ShownFactor } from './model/factor.ts';
import type { LoginRules } from './model/login.ts';
import type {
  Granted,
  LoginResult,
  Outcome,
  Refusal,
  RegistrationAccepted,
} from './model/outcome.ts';
import type { Ceremony, CreationOptions, Passkey, RequestOptions } from './model/passkey.ts';
import type { RequestMeta } from './model/request.ts';
import type { ListedSession } from './model/session.ts';
import type { User } from './model/user.ts';
import type { Services } from './ports/services.ts';

/** A request to an operation, before the use case takes what it needs of it. */
export interface OperationRequest<Input = null> {
  services: Services;
  rules: LoginRules;
  sessionLimits: SessionLimits;
  meta: RequestMeta;
  /** The access token; null if none was sent, or the operation takes none. */
  token: string | null;
  refreshToken: string | null;
  /** The body through the contract's schema, or the parameters of the path. */
  input: Input;
}

/** The responses of a contract, with the value that each renders. */
export interface ResponseValues {
  login: Granted;
  refresh: Granted;
  profile: User;
  sessions: { sessions: ListedSession[]; current: string };
  activity: readonly Activity[];
  loggedOut: unknown;
  done: unknown;
  accepted: unknown;
  renewed: Granted;
  registered: Registered;
  factors: { factors: ShownFactor[]; recoveryCodesLeft: number };
  enrolment: Enrolment;
  recoveryCodes: RecoveryCodes;
  factorChallenge: FactorChallenge;
  removed: { id: string };
  requestOptions: Ceremony<RequestOptions>;
  creationOptions: Ceremony<CreationOptions>;
  passkey: Passkey;
  passkeys: readonly Passkey[];
  authorizationCode: AuthorizationCode;
}
export type Registered = RegistrationAccepted | LoginResult;

export interface OperationRow<
  Input = never,
  Response extends keyof ResponseValues = keyof ResponseValues,
  Value extends ResponseValues[Response] = ResponseValues[Response],
> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the contract's base; absent: the operation's name; null: the contract's profile path. */
  path?: string | null;
  summary: string;
  /**
   * The credential that opens it; `either`: an access token or a refresh token; `bearer-or-step`: an
   * access token, or in its place the handle of a login's step in the body.
   */
  access: 'public' | 'bearer' | 'refresh-token' | 'either' | 'bearer-or-step';
  /** Counts as an attempt of the address, even with a malformed body. */
  countsAttempt?: true;
  /** Counts against the address's limit for e-mail as well. */
  sendsEmail?: true;
  /** Verifies a password or a code of a factor, under the account's lockout. */
  checksPassword?: true;
  /** Asks for a proof of identity that is at most five minutes old. */
  needsRecentProof?: true;
  /** Changes nothing, so that only refusals are logged. */
  isReadOnly?: true;
  /** Its own reasons; the documents add those that follow from the row. */
  refusals?: readonly Refusal['reason'][];
  /** The contract's response that shows the outcome. */
  response: Response;
  run(request: OperationRequest<Input>): Promise<Outcome<Value>>;
}

/** Infers the row's types. */
export const row = <
  Input,
  Response extends keyof ResponseValues,
  Value extends ResponseValues[Response],
>(
  operation: OperationRow<Input, Response, Value>,
) => operation;

export const ATTEMPT = { method: 'POST', countsAttempt: true } as const;
export const PASSWORD_ATTEMPT = { ...ATTEMPT, checksPassword: true } as const;
export const PUBLIC_ATTEMPT = { ...ATTEMPT, access: 'public' } as const;
export const WITH_BEARER = { method: 'POST', access: 'bearer' } as const;

export const withInput = <Input>({ input, ...request }: OperationRequest<Input>) => ({
  ...request,
  ...input,
});
