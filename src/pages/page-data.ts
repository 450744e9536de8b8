/**
 * The data that the server sends along with a page for its script: the contract's wire, and the
 * messages in the reader's language. Types only, since both sides read them.
 */
import type {
  Contract,
  ErrorPaths,
  LoginFields,
  ProfilePaths,
  SessionPaths,
  TokenPaths,
} from '../contracts/contract.ts';
import type { Operation } from '../flows/operations.ts';
import type { Messages } from './languages/en.ts';

/** The script's messages, with the contract's own for a wrong password. */
export interface ScriptMessages extends Omit<Messages['script'], 'refusals'> {
  refusals: Messages['script']['refusals'] & { invalid: string };
}

/** The reasons that a page has messages for. */
export type Reason = keyof ScriptMessages['refusals'];
export type PageName = 'login' | 'register' | 'verify' | 'forgot' | 'reset' | 'home';

/** A refusal as a client sees it. */
export interface RefusalSignature {
  reason: Reason;
  status: number;
  code: string;
  /** Null: the message differs from case to case. */
  message: string | null;
}

/** A contract as its pages need to know it. */
export interface ContractDescriptor extends Pick<Contract, 'name' | 'identifier' | 'refresh'> {
  login: LoginFields;
  /** The body that trades a refresh token, with `{refreshToken}` in its place; null: there is none. */
  refreshFields: object | null;
  /** Paths of values in its responses. */
  paths: {
    login: TokenPaths;
    /** Null: there are no refresh tokens. */
    refresh: TokenPaths | null;
    profile: ProfilePaths;
    sessions: SessionPaths;
    error: ErrorPaths;
  };
  refusals: readonly RefusalSignature[];
}

export interface PageData {
  page: PageName;
  language: string;
  contract: ContractDescriptor;
  /** '' on bare paths, else `/` and the contract's name. */
  prefix: string;
  /** Of every operation, with the prefix; `:id` stands for a segment. */
  paths: Readonly<Record<Operation, string>>;
  returnTo: string;
  leastPassword: number;
  messages: ScriptMessages;
}
