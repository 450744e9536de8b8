/**
 * A wire contract: a value that says where it answers, how it reads each body, and how each outcome
 * looks on its wire. It knows no framework, clock or database, and decides nothing: the flows do.
 */
import type * as z from 'zod/mini';
import type { Granted, Issue, Refusal, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { InputOf, Operation } from '../flows/operations.ts';
import type { ListedSession } from '../flows/model/session.ts';
import type { TokenDeclaration } from '../flows/model/token-rules.ts';
import type { User } from '../flows/model/user.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { Lifetimes } from '../policy/lifetimes.ts';

/** A response in a contract's own shape. Shared headers (Retry-After, Allow, …) are added to it. */
export interface Wire {
  status: number;
  /** Null: no body, as with 204. */
  body: Record<string, unknown> | null;
  headers?: Record<string, string>;
}

/** The names of the fields that lead to a value in a JSON body, outermost first. */
export type JsonPath = readonly string[];

/** One request body, read and written. */
export interface WireRequest<T> {
  /** Turns a body into the operation's input. Its messages are what clients are told. */
  readonly decode: z.ZodMiniType<T>;
  /** Turns an operation's input into a body: the inverse of `decode`. */
  encode(input: T): Record<string, unknown>;
}

/** One successful response. */
export interface WireResponse<T> {
  /** Makes the body's schema for the OpenAPI document; never called by the Worker. Null: no body. */
  readonly schema: (() => z.ZodMiniType) | null;
  render(value: T): Wire;
}

/** A response without data. */
export interface EmptyResponse {
  readonly schema: WireResponse<never>['schema'];
  render(): Wire;
}

/** The names of the fields in a login's body, from which pages build their form. */
export interface LoginFields {
  identifier: string;
  password: string;
  /** Null: the login has no "remember me". */
  remember: string | null;
}

type BodyOperation = {
  [O in Operation]: InputOf<O> extends { id: string } | null ? never : O;
}[Operation];

/** The request bodies, one for each operation whose input comes from a body. */
export type Requests = { readonly [O in BodyOperation]: WireRequest<InputOf<O>> } & {
  readonly login: { readonly fields: LoginFields };
  /** Null: the refresh token is not in the body, or there is none. */
  readonly refresh: WireRequest<string> | null;
};

export interface TokenPaths {
  access: JsonPath;
  /** Null: it travels in a cookie, or there is none. */
  refresh: JsonPath | null;
}

/** Null: the profile does not show it. */
export interface ProfilePaths {
  name: JsonPath | null;
  username: JsonPath | null;
  email: JsonPath | null;
}

export interface SessionPaths {
  list: JsonPath;
  /** The fields of each session in the list. */
  fields: Record<'id' | 'device' | 'address' | 'lastUsedAt' | 'current', string>;
}

/** A session as its owner may see it in a list. */
export interface SessionView extends ListedSession {
  /** Describes the browser that it was opened with, for its owner to recognise. */
  device: string;
  /** The session of this request. */
  current: boolean;
}

/** The successful responses; several operations share some of them. */
export interface Responses {
  readonly login: WireResponse<Granted> & { readonly paths: TokenPaths };
  /** Null: there are no refresh tokens. */
  readonly refresh: (WireResponse<Granted> & { readonly paths: TokenPaths }) | null;
  readonly profile: WireResponse<User> & { readonly paths: ProfilePaths };
  readonly sessions: WireResponse<readonly SessionView[]> & { readonly paths: SessionPaths };
  /** The caller's own session has ended. */
  readonly loggedOut: EmptyResponse;
  /** The operation is done, and there is nothing to show. */
  readonly done: EmptyResponse;
  /** 202: the result comes by mail. The same for every caller. */
  readonly accepted: EmptyResponse;
  /** As `accepted`, with the handle of the registration in a field `registration`. */
  readonly registered: WireResponse<RegistrationAccepted>;
}

/** Facts of the request that an error may mention. */
export interface RefusalContext {
  nowMs: number;
  traceId: string;
  /** Absent: the path belongs to no operation. */
  operation?: string | undefined;
}

/** A reason for a refusal; two of them are worded differently by case. */
export type ErrorKind = Refusal['reason'] | 'missing-field' | 'locked-until-reset';

type RefusalOf<K extends ErrorKind> = Extract<
  Refusal,
  {
    reason: K extends 'missing-field' ? 'malformed' : K extends 'locked-until-reset' ? 'locked' : K;
  }
>;

/** The answer to one kind of refusal. */
export interface ErrorAnswer<K extends ErrorKind = ErrorKind> {
  status: number;
  code: string;
  message: string | ((refusal: RefusalOf<K>, context: RefusalContext) => string);
}

/** An error, ready to be put into a contract's own body. */
export interface WireError {
  status: number;
  code: string;
  message: string;
  /** Empty where the error is not about the request's body. */
  issues: readonly Issue[];
  traceId: string;
}

export interface ErrorPaths {
  /** Null: the body has no code. */
  code: JsonPath | null;
  message: JsonPath;
}

export interface Errors {
  /** One answer for every kind of refusal. */
  readonly answers: { readonly [K in ErrorKind]: ErrorAnswer<K> };
  /** Makes the schema of every error's body for the OpenAPI document. */
  readonly schema: () => z.ZodMiniType;
  readonly paths: ErrorPaths;
  render(error: WireError): Record<string, unknown>;
}

/** How refresh tokens travel: in a field of the body, or in a cookie. */
export type RefreshCarrier =
  | { readonly in: 'body'; readonly field: string }
  | { readonly in: 'cookie'; readonly name: string };

export interface Contract {
  /** Names it in settings and logs, and is its prefix on the wire. */
  readonly name: string;
  /** Head of its OpenAPI document. */
  readonly title: string;
  readonly description: string;
  /** The path that its operations stand under; login is `{base}/login`. */
  readonly base: string;
  readonly profilePath: string;
  /** By its document; settings may change them. */
  readonly lifetimes: Lifetimes;
  /** Attempts a minute that it allows an address. */
  readonly attemptsPerMinute: number;
  readonly requiresVerifiedEmail: boolean;
  /** The name that its logins give an account. */
  readonly identifier: Identifier['kind'];
  /** Null: there are no refresh tokens, and no operation to use one. */
  readonly refresh: RefreshCarrier | null;
  readonly tokens: TokenDeclaration;
  readonly requests: Requests;
  readonly responses: Responses;
  readonly errors: Errors;
}
