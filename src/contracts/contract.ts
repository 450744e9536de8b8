/**
 * What a wire contract is: a value that says where it answers, how it reads a body, and what each
 * outcome looks like on its wire. It knows no framework, no clock and no database, and decides
 * nothing: the flows do.
 */
import * as z from 'zod/mini';
import type { Granted, Refusal } from '../flows/model/outcome.ts';
import type { LoginAttempt } from '../flows/model/login.ts';
import type { ListedSession } from '../flows/model/session.ts';
import type { User } from '../flows/model/user.ts';
import type { Lifetimes } from '../policy/lifetimes.ts';
import type { AccountBodies } from './account.ts';

/** A response in a contract's own shape. Shared headers (Retry-After, Allow, …) come on top. */
export interface Wire {
  status: number;
  /** Null: none, as with 204. */
  body: Record<string, unknown> | null;
  headers?: Record<string, string>;
}

/** What a refusal may mention besides its reason. */
export interface RefusalContext {
  nowMs: number;
  traceId: string;
  /** What the request was on the way to, where that is known. */
  operation?: string | undefined;
}

/** One entry for every reason there is: a forgotten one does not compile. */
export type Refusals = {
  readonly [R in Refusal['reason']]: (
    refusal: Extract<Refusal, { reason: R }>,
    circumstances: RefusalContext,
  ) => Wire;
};

/** How refresh tokens travel: in a field of the body, or in a cookie. */
export type RefreshCarrier =
  | { readonly in: 'body'; readonly schema: z.ZodMiniType<string> }
  | { readonly in: 'cookie'; readonly name: string };

/** A session in the list of its owner's. */
export interface SessionView extends ListedSession {
  /** What it was opened with, for people to recognise. */
  device: string;
  /** The one that asks. */
  current: boolean;
}

export interface Contract {
  /** Names it in settings and logs, and is its prefix on the wire. */
  readonly name: string;
  /** The path that its operations stand under; login is `{base}/login`. */
  readonly base: string;
  /** By its document; settings may change them. */
  readonly lifetimes: Lifetimes;
  /** How many attempts a minute it allows an address. */
  readonly attemptsPerMinute: number;
  readonly requiresVerifiedEmail: boolean;
  /** The claims its document names, besides the registered ones that every token has. */
  claims(user: User): { access: Record<string, unknown>; refresh: Record<string, unknown> };
  /** Takes a body to an attempt. Its messages are what the client is told. */
  readonly login: z.ZodMiniType<LoginAttempt>;
  /** Null: there are no refresh tokens, and no operation to use one. */
  readonly refresh: RefreshCarrier | null;
  readonly profilePath: string;
  grant(granted: Granted): Wire;
  /** New tokens for an old one. */
  refreshed(granted: Granted): Wire;
  profile(user: User): Wire;
  sessions(sessions: readonly SessionView[]): Wire;
  /** The caller's own session has ended. */
  loggedOut(): Wire;
  /** What was asked for is done, and there is nothing to show. */
  done(): Wire;
  /** 202: what there is to say about it comes by mail. The same for everyone. */
  accepted(): Wire;
  /** As `accepted`, with the handle of the registration in a field `registration`. */
  registered(handle: string): Wire;
  /** How it reads what the operations around an account are asked. */
  readonly account: AccountBodies;
  readonly refusals: Refusals;
}

/**
 * What a contract publishes of its answers: each contract's file exports one as `answers`. A
 * function that the Worker never calls, so that it is no part of the bundle; the OpenAPI documents
 * are made from it, and what is really answered is held against them.
 */
export interface Answers {
  title: string;
  description: string;
  /** The body of a granted login. */
  login: z.ZodMiniType;
  /** Of a refresh; null where there is none. */
  refreshed: z.ZodMiniType | null;
  profile: z.ZodMiniType;
  sessions: z.ZodMiniType;
  /** Of a logout and whatever is simply done; null where there is no body. */
  done: z.ZodMiniType | null;
  accepted: z.ZodMiniType | null;
  registered: z.ZodMiniType;
  /** The body of every refusal; its `id` names the component. */
  refusal: z.ZodMiniType;
}

/** The handle of a registration, for `answers`. */
export const publishedHandle = () =>
  z.string().check(
    z.meta({
      description:
        'Sent back with the code, it has its tries counted apart from those of others. Browsers have it as a cookie',
    }),
  );

/** A session in the list, in the contract's own time format and case. */
export const shownSession =
  (time: (ms: number) => string, fields: 'camel' | 'snake' = 'camel') =>
  (session: SessionView) => ({
    id: session.id,
    [fields === 'camel' ? 'startedAt' : 'started_at']: time(session.startedAtMs),
    [fields === 'camel' ? 'lastUsedAt' : 'last_used_at']: time(session.lastUsedAtMs),
    contract: session.contract,
    address: session.address,
    device: session.device,
    current: session.current,
  });

/** A field that is null for some users, for `answers`; `when` says for whom. */
export const nullWhere = <T extends z.ZodMiniType>(when: string, schema: T) =>
  z.nullable(schema).check(z.meta({ description: `null ${when}` }));

/** A session in the list, for `answers`: in the case that the contract's other fields are in. */
export const publishedSession = (fields: 'camel' | 'snake' = 'camel') =>
  z
    .object({
      id: z.uuid(),
      [fields === 'camel' ? 'startedAt' : 'started_at']: z.iso.datetime(),
      [fields === 'camel' ? 'lastUsedAt' : 'last_used_at']: z.iso.datetime(),
      contract: z.string(),
      address: z.string(),
      device: z.string(),
      current: z.boolean().check(z.meta({ description: 'The session that asks' })),
    })
    .check(z.meta({ id: 'Session' }));

/** The contract's answer to a refusal. */
export function refusalWire(
  contract: Contract,
  refusal: Refusal,
  circumstances: RefusalContext,
): Wire {
  // The table is keyed by the reason; TypeScript cannot follow the pair through the index.
  const entry = contract.refusals[refusal.reason] as (
    refusal: Refusal,
    circumstances: RefusalContext,
  ) => Wire;
  return entry(refusal, circumstances);
}
