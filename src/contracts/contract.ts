/**
 * A wire contract: a value that says where it answers, how it reads each body, and how each outcome
 * looks on its wire. It knows no framework, clock or database, and decides nothing: the flows do.
 */
import type * as z from 'zod/mini';
import type { LoginAttempt, LoginRules } from '../flows/model/login.ts';
import type { Granted, Issue, Refusal, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { InputOf, Operation, ValueOf } from '../flows/operations.ts';
import type { ListedSession } from '../flows/model/session.ts';
import type { TokenDeclaration } from '../flows/model/token-rules.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { Lifetimes } from '../policy/lifetimes.ts';

/** The part of a request that renderers see. */
export interface WireContext {
  /** The headers that the contract names in `requestHeaders`, as they were sent; by name in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The access token as it was sent, for bodies that repeat it; null: none was. */
  token: string | null;
}

/** A response in a contract's own shape. Shared headers (Retry-After, Allow, …) are added to it. */
export interface Wire {
  status: number;
  /** Null: no body, as with 204. */
  body: Record<string, unknown> | null;
  headers?: WireHeaders;
}

/** Several values: the header is sent once for each, as `Set-Cookie` has to be (RFC 6265 3). */
export type WireHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The names of the fields that lead to a value in a JSON body, outermost first; `*`: the first one. */
export type JsonPath = readonly string[];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * The media types of request bodies. The form is the only one that a page of another site can send
 * without a CORS preflight: http/ takes none from other sites, and reads no cookie with one.
 */
export type MediaType =
  | 'application/json'
  | 'application/x-amz-json-1.1'
  | 'application/x-www-form-urlencoded';

/** Values by name; null: the request does not have it. */
export type Tags = Readonly<Record<string, string | null>>;

/** Values that a request must have, besides method and path, for a route to be meant. */
export interface Condition {
  readonly query?: Tags;
  readonly header?: Tags;
  /** Fields at the top of the body. */
  readonly body?: Tags;
}

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
  render(value: T, context: WireContext): Wire;
}

/** A login's fields as errors name them, from which pages build their form. */
export interface LoginFields {
  identifier: string;
  password: string;
  /** Null: the login has no "remember me". */
  remember: string | null;
}

export interface LoginRequest extends WireRequest<LoginAttempt> {
  readonly fields: LoginFields;
}

/** The part of an operation's input that is in the body; parameters of the path are the rest. */
export type BodyOf<O extends Operation> = Omit<NonNullable<InputOf<O>>, 'id'>;

type RequestOf<O extends Operation> = O extends 'login' ? LoginRequest : WireRequest<BodyOf<O>>;

/** The value that an operation's renderer takes: of sessions, the part that their owner may see. */
export type Rendered<O extends Operation> = O extends 'list-sessions'
  ? readonly SessionView[]
  : O extends 'register'
    ? RegistrationAccepted
    : ValueOf<O>;

/** A place where an operation is answered. */
export interface Route<O extends Operation> {
  readonly operation: O;
  readonly method: Method;
  /** Without the contract's prefix; `:name` stands for one segment. */
  readonly path: string;
  readonly when: Condition;
  readonly accepts: MediaType;
  /** Null: no body is read. */
  readonly request: RequestOf<O> | null;
  readonly response: WireResponse<Rendered<O>>;
  /** The answer to a registration that signs in at once. Null: no request here does. */
  readonly grants: WireResponse<Granted> | null;
  /**
   * Refusals that the wire answers like a success, of an operation without a value (RFC 7009 2.2: the
   * revocation of a token that is none). Log and metrics tell them apart. Absent: none.
   */
  readonly ignoredRefusals?: null extends ValueOf<O> ? readonly Refusal['reason'][] : never;
}

export type AnyRoute = { [O in Operation]: Route<O> }[Operation];

/** Facts of the deployment for a document. */
export interface DocumentFacts {
  /** The issuer of the contract's tokens at this path. */
  issuer: string;
  /** The contract's own: the request's origin, and the prefix if it has one. */
  baseUrl: string;
  /** Parameters of the path. */
  params: Readonly<Record<string, string>>;
  /** The public keys of the contract's tokens (RFC 7517). */
  keys: readonly object[];
}

/** A read that needs no account: discovery, keys, login flows. */
export interface StaticDocument {
  readonly path: string;
  readonly summary: string;
  readonly schema: () => z.ZodMiniType;
  render(facts: DocumentFacts): Record<string, unknown>;
}

/** A token in a header. `scheme`: null if the value stands bare. */
export type HeaderCarrier = {
  readonly in: 'header';
  readonly name: string;
  readonly scheme: string | null;
};
export type CookieCarrier = { readonly in: 'cookie'; readonly name: string };
/** `decode` of the operation's request reads it. */
export type BodyCarrier = { readonly in: 'body' };

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

/** Facts of the request that an error may mention. */
export interface RefusalContext extends Pick<WireContext, 'headers'> {
  nowMs: number;
  traceId: string;
  /** Absent: the path belongs to no operation. */
  operation?: Operation | undefined;
}

/** A reason for a refusal; some are worded differently by case. */
export type ErrorKind =
  | Refusal['reason']
  | 'missing-field'
  | 'weak-password'
  | 'email-taken'
  | 'missing-token'
  | 'session-ended'
  | 'locked-until-reset';

type RefusalOf<K extends ErrorKind> = Extract<
  Refusal,
  {
    reason: K extends 'missing-field' | 'weak-password'
      ? 'malformed'
      : K extends 'missing-token' | 'session-ended'
        ? 'unauthenticated'
        : K extends 'locked-until-reset'
          ? 'locked'
          : K extends 'email-taken'
            ? 'taken'
            : K;
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
  headers: WireContext['headers'];
}

export interface ErrorPaths {
  /** Null: the body has no code. */
  code: JsonPath | null;
  message: JsonPath;
}

export interface Errors {
  /** One answer for every kind of refusal. */
  readonly answers: { readonly [K in ErrorKind]: ErrorAnswer<K> };
  /** Of operations that answer some refusals differently: all of their answers. */
  readonly byOperation: { readonly [O in Operation]?: Errors['answers'] };
  /** Makes the schema of every error's body for the OpenAPI document. */
  readonly schema: () => z.ZodMiniType;
  readonly paths: ErrorPaths;
  render(error: WireError): Record<string, unknown>;
  /** Headers of its own, besides those that belong to the reason. */
  headers(error: WireError): WireHeaders;
}

/** The answers that differ. */
export type ErrorOverrides = { readonly [K in ErrorKind]?: Partial<ErrorAnswer<K>> };

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
  /** A setting decides whether it does; `register` has an answer for it. */
  readonly canRegisterImmediately: boolean;
  readonly registration: LoginRules['registration'];
  readonly rotation: LoginRules['rotation'];
  /** The name that its logins give an account. */
  readonly identifier: Identifier['kind'];
  /** How access tokens travel. */
  readonly access: HeaderCarrier | CookieCarrier;
  /** How refresh tokens travel; null: there are none, and no operation to use one. */
  readonly refresh: BodyCarrier | CookieCarrier | HeaderCarrier | null;
  /** Values that own clients put for parameters of paths that name nothing in the core. */
  readonly params: Readonly<Record<string, string>>;
  /** Request headers that renderers see, and browsers of other origins may send; in lower case. */
  readonly requestHeaders: readonly string[];
  /** Response headers that scripts of allowed origins may read. */
  readonly exposedHeaders: readonly string[];
  readonly tokens: TokenDeclaration;
  readonly routes: readonly AnyRoute[];
  readonly documents: readonly StaticDocument[];
  /** Of the login's request. */
  readonly loginFields: LoginFields;
  /** Paths of values in responses; `refresh` is null where there are no refresh tokens. */
  readonly paths: {
    readonly login: TokenPaths;
    readonly refresh: TokenPaths | null;
    readonly profile: ProfilePaths;
    readonly sessions: SessionPaths;
  };
  readonly errors: Errors;
}
