/** The types of a contract's answers to refusals; errors.ts has the default ones. */
import type * as z from 'zod/mini';
import type { Issue, Refusal } from '../flows/model/outcome.ts';
import type { Operation } from '../flows/operations.ts';
import type { FactorMethod } from '../policy/second-factor.ts';
import type { JsonPath, WireContext, WireHeaders } from './wire.ts';

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
  /** Stands beside the code, or beside the message where the wire has no codes. */
  details: RefusalDetails;
}

/** The fields of a refusal that says how to go on; empty for the others. */
export interface RefusalDetails {
  /** The handle of a login's step, for its second request. */
  challenge?: string;
  methods?: FactorMethod[];
}

export interface ErrorPaths {
  /** Null: the body has no code. */
  code: JsonPath | null;
  message: JsonPath;
  /** Of a refusal that says how to go on. */
  challenge: JsonPath;
  methods: JsonPath;
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
