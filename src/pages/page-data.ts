/**
 * The data that the server sends along with a page for its script: the contract's requests and
 * answers, and the messages in the reader's language. Types only, since both sides read them.
 */
import type {
  ActivityPaths,
  Contract,
  FactorPaths,
  PasskeyPaths,
  ProfilePaths,
  SessionPaths,
  TokenPaths,
} from '../contracts/contract.ts';
import type { ErrorPaths } from '../contracts/error-answers.ts';
import type { EncodedRequest } from '../contracts/routes.ts';
import type { PasswordFlaw } from '../flows/model/outcome.ts';
import type { JsonPath } from '../contracts/wire.ts';
import type { Messages } from '../languages/messages.ts';

/** The script's messages, with the contract's own for a wrong password. */
interface ScriptMessages extends Omit<Messages['script'], 'activity' | 'refusals'> {
  /** Sent with the signed-in page alone. */
  activity?: Messages['script']['activity'];
  refusals: Messages['script']['refusals'] & { invalid: string };
}

/** The reasons that a page has messages for. */
export type Reason = keyof ScriptMessages['refusals'];
export type PageName = 'login' | 'register' | 'verify' | 'forgot' | 'reset' | 'revoke' | 'home';

/** A refusal as a client sees it. */
export interface RefusalSignature {
  reason: Reason;
  status: number;
  code: string;
  /** Null: the message differs from case to case. */
  message: string | null;
}

/** A contract's answers, as its pages need to know them. */
export interface ContractDescriptor extends Pick<Contract, 'name' | 'identifier'> {
  /** The browser keeps the access token. */
  hasAccessCookie: boolean;
  /** The browser keeps the refresh token. */
  hasRefreshCookie: boolean;
  /** The code of a second factor is asked for beside the password, not in a step of its own. */
  takesCodeWithPassword: boolean;
  /** Paths of values in its responses. */
  paths: {
    tokens: TokenPaths;
    profile: ProfilePaths;
    sessions: SessionPaths;
    activity: ActivityPaths;
    factors: FactorPaths;
    passkeys: PasskeyPaths;
    authorizationCode: JsonPath;
    error: ErrorPaths;
  };
  refusals: readonly RefusalSignature[];
}

/** The rules for a new password. */
export interface PasswordRulesShown {
  /** In characters, as `most`. */
  least: number;
  most: number;
  /** Each flaw with the texts that refusals of the contract have for it, and for no other flaw. */
  flaws: readonly { flaw: PasswordFlaw; text: string }[];
}

/** A request of a contract's own clients, with `__name__` in place of each value. */
export interface RequestTemplate extends EncodedRequest {
  /** The wire's names of fields, with dots where they are nested, by the name of their value. */
  fields: Readonly<Record<string, string>>;
  /** Null: no other than the contract's. */
  refusals: readonly RefusalSignature[] | null;
}

/** The operations that pages use, and those that are written in two ways. */
export type RequestName =
  | 'login'
  | 'refresh'
  | 'logout'
  | 'logout-all'
  | 'profile'
  | 'list-sessions'
  | 'end-session'
  | 'register'
  | 'send-code'
  | 'verify-email'
  | 'forgot-password'
  | 'reset-password'
  | 'revoke-session'
  | 'change-password'
  | 'update-profile'
  | 'update-language'
  | 'change-email'
  | 'confirm-email'
  | 'delete-account'
  | 'delete-account-proven'
  | 'rename-session'
  | 'list-activity'
  | 'second-factor'
  | 'list-factors'
  | 'enroll-totp'
  | 'confirm-totp'
  | 'new-recovery-codes'
  | 'remove-factor'
  | 'logout-others'
  | 'login-remembered'
  | 'register-named'
  | 'forgot-password-of-email'
  | 'enroll-totp-in-step'
  | 'reauthenticate-by-password'
  | 'reauthenticate-by-code'
  | 'reauthenticate-by-passkey'
  | 'set-password'
  | 'passkey-login-options'
  | 'passkey-login'
  | 'passkey-login-remembered'
  | 'passkey-options'
  | 'add-passkey'
  | 'list-passkeys'
  | 'rename-passkey'
  | 'remove-passkey'
  | 'remove-password'
  | 'issue-authorization-code';

/** Null: the contract has no such operation. */
export type PageRequests = Readonly<Record<RequestName, RequestTemplate | null>>;

/** An application takes the session of this page over. */
export interface SessionTransfer {
  /** S256 of RFC 7636. */
  codeChallenge: string;
  /** The application's own, which it gets back. */
  state: string | null;
}

export interface PageData {
  page: PageName;
  language: string;
  contract: ContractDescriptor;
  /** '' on bare paths, else `/` and the contract's name. */
  prefix: string;
  requests: PageRequests;
  returnTo: string;
  passwordRules: PasswordRulesShown;
  /** Null: the page leads back without a code. */
  transfer: SessionTransfer | null;
  /** The reason for which it does not lead back to where it was asked to; null: it does. */
  returnRefused: string | null;
  /** The paths of scripts that are loaded when they are needed. */
  scripts: Readonly<Record<'factors' | 'passkeys' | 'profile' | 'security', string>>;
  /** False: no account can set one up. */
  offersSecondFactor: boolean;
  /** False: none signs in, and none can be added. */
  offersPasskeys: boolean;
  messages: ScriptMessages;
}

/** Of the page for operators. */
export interface AdminPageData extends PageData {
  /** The path of the script that asks for a proof of identity. */
  proofScript: string;
}
