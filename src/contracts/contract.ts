/**
 * A wire contract: a value that says where it answers, how it reads each body, and how each outcome
 * looks on its wire. It knows no framework, clock or database, and decides nothing: the flows do.
 */
import type * as z from 'zod/mini';
import type { LoginRules } from '../flows/model/login.ts';
import type {
  Granted,
  PendingStep,
  Refusal,
  RegistrationAccepted,
} from '../flows/model/outcome.ts';
import type { InputOf, Operation, ValueOf } from '../flows/operations.ts';
import type { ListedSession } from '../flows/model/session.ts';
import type { TokenDeclaration } from '../flows/model/token-rules.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { Lifetimes } from '../policy/lifetimes.ts';
import type { Errors } from './error-answers.ts';
import type {
  JsonPath,
  LoginFields,
  LoginRequest,
  MediaType,
  WireRequest,
  WireResponse,
} from './wire.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Values by name; null: the request does not have it. */
export type Tags = Readonly<Record<string, string | null>>;

/** Values that a request must have, besides method and path, for a route to be meant. */
export interface Condition {
  readonly query?: Tags;
  readonly header?: Tags;
  /** Fields at the top of the body. */
  readonly body?: Tags;
}

/** The part of an operation's input that is in the body; parameters of the path are the rest. */
export type BodyOf<O extends Operation> = Omit<NonNullable<InputOf<O>>, 'id'>;

type RequestOf<O extends Operation> = O extends 'login' ? LoginRequest : WireRequest<BodyOf<O>>;

/** The value that an operation's renderer takes: of sessions, the part that their owner may see. */
type Rendered<O extends Operation> = O extends 'list-sessions'
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
type HeaderCarrier = {
  readonly in: 'header';
  readonly name: string;
  readonly scheme: string | null;
};
type CookieCarrier = { readonly in: 'cookie'; readonly name: string };
/** `decode` of the operation's request reads it. */
type BodyCarrier = { readonly in: 'body' };

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
  /** The address of a picture. */
  avatar: JsonPath | null;
  /** Of e-mails; BCP 47. */
  language: JsonPath | null;
}

export interface SessionPaths {
  list: JsonPath;
  /** The fields of each session in the list. */
  fields: Record<'id' | 'name' | 'device' | 'address' | 'lastUsedAt' | 'current', string>;
}

export interface ActivityPaths {
  list: JsonPath;
  /** The fields of each event in the list. */
  fields: Record<'action' | 'reason' | 'at' | 'address' | 'device' | 'current', string>;
}

/** Of the responses around second factors. */
export interface FactorPaths {
  list: JsonPath;
  /** The fields of each factor in the list. */
  fields: Record<'id' | 'createdAt' | 'lastUsedAt', string>;
  /** In the list of factors the number that is left; else the new codes. */
  recoveryCodes: JsonPath;
  secret: JsonPath;
  uri: JsonPath;
}

/** Of the responses around passkeys. */
export interface PasskeyPaths {
  /** The options of both ceremonies. */
  options: JsonPath;
  list: JsonPath;
  /** The fields of each passkey in the list. */
  fields: Record<'id' | 'name' | 'createdAt' | 'lastUsedAt' | 'synced', string>;
}

/** A session as its owner may see it in a list. */
export interface SessionView extends ListedSession {
  /** Describes the browser that it was opened with, for its owner to recognise. */
  device: string;
  /** The session of this request. */
  current: boolean;
}

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
  readonly codeTravels: LoginRules['codeTravels'];
  readonly rotation: LoginRules['rotation'];
  /** The name that its logins give an account. */
  readonly identifier: Identifier['kind'];
  /** The place of access tokens in requests. */
  readonly access: HeaderCarrier | CookieCarrier;
  /** The place of refresh tokens; null: there are none, and no operation to use one. */
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
    readonly activity: ActivityPaths;
    readonly factors: FactorPaths;
    readonly passkeys: PasskeyPaths;
    readonly authorizationCode: JsonPath;
  };
  readonly errors: Errors;
  /** By operation: the answer that shows a pending step, in place of a refusal. */
  readonly steps: { readonly [O in Operation]?: WireResponse<PendingStep> };
}
