/**
 * Makes a contract from its declaration: data, and renderers that are typed by the schemas of what
 * they render. What contracts have in common is stated here once.
 */
import * as z from 'zod/mini';
import type { Granted, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { TokenDeclaration } from '../flows/model/token-rules.ts';
import type {
  Contract,
  EmptyResponse,
  ErrorPaths,
  JsonPath,
  RefreshCarrier,
  Wire,
  WireError,
  WireResponse,
} from './contract.ts';
import { errorAnswers, errorKinds, type ErrorOverrides } from './errors.ts';
import {
  accountRequests,
  loginRequest,
  refreshRequest,
  requiredText,
  type Field,
  type LoginBody,
} from './requests.ts';
import {
  isoTime,
  noEnvelope,
  lazy,
  sessionList,
  text,
  type Body,
  type DeclaredTokenPaths,
  type Envelope,
  type Fields,
  type TimeFormat,
  type UserNamedBy,
} from './responses.ts';

type IdentifierKind = Contract['identifier'];

interface Cookie {
  in: 'cookie';
  name: string;
  /** To the letter of the contract's document. */
  attributes: string;
}

/** `token`: the field of the body; absent: `refreshToken`. */
type Carrier = Cookie | { in: 'body'; token?: Field };

interface Declaration<
  K extends IdentifierKind,
  Login extends Fields,
  Refresh extends Fields,
  Profile extends Fields,
  Failure extends z.ZodMiniType,
> extends Pick<Contract, 'name' | 'title' | 'description' | 'base' | 'profilePath' | 'lifetimes'> {
  identifier: K;
  /** 60, unless the document says otherwise. */
  attemptsPerMinute?: number;
  requiresVerifiedEmail?: boolean;
  /** Absent: the deployment's, without claims of its own. */
  tokens?: TokenDeclaration<UserNamedBy<K>>;
  /** The fields of a login; the other requests are the same in all contracts. */
  loginBody?: LoginBody;
  /** Wraps every successful body; absent: none does. */
  envelope?: Envelope;
  /** The times of sessions; absent: ISO 8601 with milliseconds. */
  time?: TimeFormat;
  /** The case of sessions' fields; absent: camel. */
  nameCase?: 'camel' | 'snake';
  login: Body<Granted & { user: UserNamedBy<K> }, Login> & { paths: DeclaredTokenPaths };
  /** Absent: there are no refresh tokens. The new tokens stand where the login's do. */
  refresh?: Carrier & Body<Granted, Refresh>;
  profile: Body<UserNamedBy<K>, Profile> & {
    paths: Partial<Record<'name' | 'username' | 'email', JsonPath>>;
  };
  errors: {
    /** Its name in the OpenAPI document; absent: `ErrorResponse`. */
    meta?: { id: string; description: string };
    /** `codes`: all that the contract's errors can have. */
    schema(codes: string[]): Failure;
    render(error: WireError): z.infer<Failure>;
    paths: ErrorPaths;
    /** Codes by status, in place of codes by reason. */
    codes?: Readonly<Record<number, string>>;
    overrides?: ErrorOverrides;
  };
}

export function defineContract<
  K extends IdentifierKind,
  Login extends Fields,
  Refresh extends Fields,
  Profile extends Fields,
  Failure extends z.ZodMiniType,
>(declaration: Declaration<K, Login, Refresh, Profile, Failure>): Contract {
  const { identifier, loginBody = {}, refresh, errors } = declaration;
  const { attemptsPerMinute = 60, requiresVerifiedEmail = false } = declaration;
  const token = refresh?.in === 'body' ? (refresh.token ?? REFRESH_TOKEN) : null;
  const carrier = refresh ? carrierOf(refresh) : null;
  const answers = errorAnswers(identifier, errors.overrides ?? {}, errors.codes ?? {});
  const kinds = errorKinds({ identifier, requiresVerifiedEmail, refresh: carrier });
  const codes = [...new Set(kinds.map((kind) => answers[kind].code))];
  return {
    name: declaration.name,
    title: declaration.title,
    description: declaration.description,
    base: declaration.base,
    profilePath: declaration.profilePath,
    lifetimes: declaration.lifetimes,
    identifier,
    attemptsPerMinute,
    requiresVerifiedEmail,
    tokens: declaration.tokens ?? {},
    refresh: carrier,
    requests: {
      ...accountRequests[identifier],
      login: loginRequest(identifier, loginBody),
      refresh: token && refreshRequest(token),
    },
    responses: responsesOf(declaration),
    errors: {
      answers,
      paths: errors.paths,
      schema: lazy(() =>
        errors.schema(codes).check(z.meta(errors.meta ?? { id: 'ErrorResponse' })),
      ),
      render: (error) => errors.render(error) as Record<string, unknown>,
    },
  };
}

const carrierOf = (carrier: Carrier): RefreshCarrier =>
  carrier.in === 'cookie'
    ? { in: carrier.in, name: carrier.name }
    : { in: carrier.in, field: (carrier.token ?? REFRESH_TOKEN)[0] };

const REFRESH_TOKEN: Field = ['refreshToken', requiredText('Refresh token')];

/** Login, refresh and profile as declared, and the responses that all contracts have alike. */
function responsesOf<K extends IdentifierKind>(
  declaration: Declaration<K, Fields, Fields, Fields, z.ZodMiniType>,
): Contract['responses'] {
  const { login, refresh, profile, envelope = noEnvelope } = declaration;
  const { time = isoTime, nameCase = 'camel' } = declaration;
  const at = (path: JsonPath | undefined) => (path ? [...envelope.path, ...path] : null);
  const tokens = { access: at(login.paths.access) ?? [], refresh: at(login.paths.refresh) };
  const sessions = sessionList(time, nameCase, envelope.path);
  const cookie = refresh?.in === 'cookie' ? refresh : null;

  /** `id`: the component's name in the OpenAPI document. */
  const response = <T>(
    id: string,
    { schema, render }: Body<T, Fields>,
    { status = 200, headers }: { status?: number; headers?(value: T): Wire['headers'] } = {},
  ): WireResponse<T> => ({
    schema: lazy(() => envelope.schema(schema()).check(z.meta({ id }))),
    render: (value) => ({
      status,
      body: envelope.wrap(render(value)),
      headers: headers?.(value) ?? {},
    }),
  });
  const empty = (id: string, status: number): EmptyResponse =>
    envelope.wrapsEmpty
      ? response<void>(id, NO_FIELDS, { status: status === 204 ? 200 : status })
      : { schema: null, render: () => ({ status, body: null }) };
  const done = empty('DoneResponse', 204);
  const setCookie = ({ refresh: token, issuedAtMs }: Granted) =>
    cookie && token
      ? cookieHeader(cookie, token.token, (token.expiresAtMs - issuedAtMs) / 1000)
      : {};

  return {
    login: { ...response('LoginResponse', login, { headers: setCookie }), paths: tokens },
    refresh: refresh
      ? { ...response('RefreshResponse', refresh, { headers: setCookie }), paths: tokens }
      : null,
    profile: {
      ...response('ProfileResponse', profile),
      paths: {
        name: at(profile.paths.name),
        username: at(profile.paths.username),
        email: at(profile.paths.email),
      },
    },
    sessions: { ...response('SessionsResponse', sessions), paths: sessions.paths },
    loggedOut: cookie
      ? { ...done, render: () => ({ ...done.render(), headers: cookieHeader(cookie, '', 0) }) }
      : done,
    done,
    accepted: empty('AcceptedResponse', 202),
    registered: response('RegisteredResponse', REGISTERED, { status: 202 }),
  };
}

const NO_FIELDS: Body<unknown, Fields> = { schema: () => ({}), render: () => ({}) };

const REGISTERED: Body<RegistrationAccepted, Fields> = {
  schema: () => ({
    registration: text(
      'Sent back with the code, it has its tries counted apart from those of others. Browsers have it as a cookie',
    ),
  }),
  render: ({ handle }) => ({ registration: handle }),
};

function cookieHeader(cookie: Cookie, value: string, seconds: number): Record<string, string> {
  return { 'Set-Cookie': `${cookie.name}=${value}; ${cookie.attributes}; Max-Age=${seconds}` };
}
