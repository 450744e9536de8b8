/** Requests and responses as a contract reads and writes them. */
import type * as z from 'zod/mini';
import type { LoginAttempt } from '../flows/model/login.ts';

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
  body: Record<string, unknown> | readonly unknown[] | null;
  headers?: WireHeaders;
}

/** Several values: the header is sent once for each, as `Set-Cookie` has to be (RFC 6265 3). */
export type WireHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The names of the fields that lead to a value in a JSON body, outermost first; `*`: the first one. */
export type JsonPath = readonly string[];

/**
 * The media types of request bodies. The form is the only one that a page of another site can send
 * without a CORS preflight: http/ takes none from other sites, and reads no cookie with one.
 */
export type MediaType =
  | 'application/json'
  | 'application/x-amz-json-1.1'
  | 'application/x-www-form-urlencoded';

/** One request body, read and written. */
export interface WireRequest<T> {
  /**
   * Makes the schema that turns a body into the operation's input; its messages are what clients are
   * told. Called at the first request: making all schemas would delay the start.
   */
  readonly decode: () => z.ZodMiniType<T>;
  /** Turns an operation's input into a body: the inverse of `decode`. */
  encode(input: T): Record<string, unknown>;
  /** A request without any body is read like an empty one. */
  readonly mayBeEmpty?: true;
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
  /** Null: the code of a second factor is not sent beside the password. */
  code: string | null;
}

export interface LoginRequest extends WireRequest<LoginAttempt> {
  readonly fields: LoginFields;
}
