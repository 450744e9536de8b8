/**
 * Makes a contract from its declaration: data, and renderers that are typed by the schemas of what
 * they render. What contracts have in common is stated here once. Nothing is made before it is asked
 * for, so that a contract which a deployment does not serve costs its start nothing.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import type { TokenDeclaration } from '../flows/model/token-rules.ts';
import type { OperationRow } from '../flows/operation.ts';
import { OPERATIONS, operations, type Operation } from '../flows/operations.ts';
import type {
  AnyRoute,
  Contract,
  FactorPaths,
  PasskeyPaths,
  ProfilePaths,
  Route,
} from './contract.ts';
import type { ErrorOverrides, ErrorPaths, WireError } from './error-answers.ts';
import type { JsonPath, LoginRequest, WireHeaders } from './wire.ts';
import {
  activityOf,
  factorPathsOf,
  passkeyPathsOf,
  responsesOf,
  sessionsOf,
} from './default-responses.ts';
import { errorAnswers, errorKinds, mergeOverrides } from './errors.ts';
import { accountRequests } from './account-requests.ts';
import { authorizationCodeRequests } from './authorization-code.ts';
import { passkeyLoginRequest } from './passkey-requests.ts';
import { loginRequest, refreshRequest, type LoginBody } from './requests.ts';
import { requiredText, type Field } from './fields.ts';
import {
  lazy,
  noEnvelope,
  type Body,
  type DeclaredTokenPaths,
  type Envelope,
  type Fields,
  type TimeFormat,
  type UserNamedBy,
} from './responses.ts';
import { BEARER, checkRoutes, routeOf } from './routes.ts';

type IdentifierKind = Contract['identifier'];

export interface Cookie {
  in: 'cookie';
  name: string;
  /** To the letter of the contract's document. */
  attributes: string;
}

/** `token`: the field of the body; absent: `refreshToken`. */
type Carrier = Cookie | { in: 'body'; token?: Field };

/** The differences from the default: `{base}/{operation}` with JSON bodies. */
type RouteDeclaration<O extends Operation> = Partial<Omit<Route<O>, 'operation'>>;

/** Operations that a wire has at places of its own; several: the first is what own clients use. */
type RouteDeclarations = {
  readonly [O in Operation]?: RouteDeclaration<O> | readonly RouteDeclaration<O>[];
};

interface Declaration<
  K extends IdentifierKind,
  Login extends Fields,
  Refresh extends Fields,
  Profile extends Fields,
  Failure extends z.ZodMiniType,
>
  extends
    Pick<Contract, 'name' | 'title' | 'description' | 'base' | 'profilePath' | 'lifetimes'>,
    Partial<Pick<Contract, 'access' | 'params' | 'requestHeaders' | 'exposedHeaders' | 'steps'>> {
  identifier: K;
  /** 60, unless the document says otherwise. */
  attemptsPerMinute?: number;
  requiresVerifiedEmail?: boolean;
  /** Its clients can take a grant for an answer to `register`: the login's, or the route's `grants`. */
  canRegisterImmediately?: boolean;
  /** Absent: `each-use`. */
  rotation?: Contract['rotation'];
  /** Absent: `in-a-step`. */
  codeTravels?: Contract['codeTravels'];
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
    paths: Partial<Record<keyof ProfilePaths, JsonPath>>;
  };
  /** Paths that differ from those of the default responses. */
  factorPaths?: Partial<FactorPaths>;
  passkeyPaths?: Partial<PasskeyPaths>;
  routes?: RouteDeclarations;
  documents?: Contract['documents'];
  errors: {
    /** Its name in the OpenAPI document; absent: `ErrorResponse`. */
    meta?: { id: string; description: string };
    /** `codes`: all that the contract's errors can have. */
    schema(codes: string[]): Failure;
    render(error: WireError): z.infer<Failure>;
    headers?(error: WireError): WireHeaders;
    /** Absent: the details of a refusal stand beside its code, or beside its message. */
    paths: Pick<ErrorPaths, 'code' | 'message'> & Partial<ErrorPaths>;
    /** Codes by status, in place of codes by reason. */
    codes?: Readonly<Record<number, string>>;
    overrides?: ErrorOverrides;
    /** The answers of single operations that differ. */
    byOperation?: { readonly [O in Operation]?: ErrorOverrides };
  };
}

const REFRESH_TOKEN: Field = ['refreshToken', () => requiredText('Refresh token')];

/** Throws, when a part is first asked for, where two routes fit one request. */
export function defineContract<
  K extends IdentifierKind,
  Login extends Fields,
  Refresh extends Fields,
  Profile extends Fields,
  Failure extends z.ZodMiniType,
>(declaration: Declaration<K, Login, Refresh, Profile, Failure>): Contract {
  const { refresh, profile, login, envelope = noEnvelope } = declaration;
  const at = (path: JsonPath | undefined) => (path ? [...envelope.path, ...path] : null);
  const tokens = { access: at(login.paths.access) ?? [], refresh: at(login.paths.refresh) };
  const routes = lazy(() => {
    const made = routesOf(declaration);
    checkRoutes({ name: contract.name, routes: made, documents: contract.documents });
    return made;
  });
  const errors = lazy(() => errorsOf(contract, declaration.errors));
  const contract: Contract = {
    name: declaration.name,
    title: declaration.title,
    description: declaration.description,
    base: declaration.base,
    profilePath: declaration.profilePath,
    lifetimes: declaration.lifetimes,
    identifier: declaration.identifier,
    attemptsPerMinute: declaration.attemptsPerMinute ?? 60,
    requiresVerifiedEmail: declaration.requiresVerifiedEmail ?? false,
    canRegisterImmediately: declaration.canRegisterImmediately ?? false,
    registration: 'by-code',
    codeTravels: declaration.codeTravels ?? 'in-a-step',
    rotation: declaration.rotation ?? 'each-use',
    tokens: declaration.tokens ?? {},
    access: declaration.access ?? BEARER,
    refresh: refresh ? carrierOf(refresh) : null,
    params: declaration.params ?? {},
    requestHeaders: declaration.requestHeaders ?? [],
    exposedHeaders: declaration.exposedHeaders ?? [],
    documents: declaration.documents ?? [],
    steps: declaration.steps ?? {},
    paths: {
      login: tokens,
      refresh: refresh ? tokens : null,
      profile: {
        name: at(profile.paths.name),
        username: at(profile.paths.username),
        email: at(profile.paths.email),
        avatar: at(profile.paths.avatar),
        language: at(profile.paths.language),
      },
      sessions: sessionsOf(declaration).paths,
      activity: activityOf(declaration).paths,
      factors: factorPathsOf(declaration),
      passkeys: passkeyPathsOf(declaration),
      authorizationCode: [...envelope.path, 'code'],
    },
    get routes() {
      return routes();
    },
    get loginFields() {
      return (routeOf(contract, 'login').request as LoginRequest).fields;
    },
    get errors() {
      return errors();
    },
  };
  return contract;
}

const carrierOf = (carrier: Carrier): Contract['refresh'] =>
  carrier.in === 'cookie' ? { in: carrier.in, name: carrier.name } : { in: carrier.in };

function errorsOf(
  contract: Contract,
  errors: Declaration<IdentifierKind, Fields, Fields, Fields, z.ZodMiniType>['errors'],
): Contract['errors'] {
  const { overrides = {}, byOperation: own = {}, paths } = errors;
  const beside = (name: string) => [...(paths.code ?? paths.message).slice(0, -1), name];
  const answersWith = (more: ErrorOverrides) =>
    errorAnswers(contract.identifier, mergeOverrides(overrides, more), errors.codes ?? {});
  const answers = answersWith({});
  const codes = new Set([
    ...errorKinds(contract).map((kind) => answers[kind].code),
    ...Object.values(own).flatMap((some) => Object.values(some).flatMap(({ code }) => code ?? [])),
  ]);
  return {
    answers,
    byOperation: Object.fromEntries(
      Object.entries(own).map(([operation, more]) => [operation, answersWith(more)]),
    ),
    paths: { challenge: beside('challenge'), methods: beside('methods'), ...paths },
    schema: lazy(() =>
      errors.schema([...codes]).check(z.meta(errors.meta ?? { id: 'ErrorResponse' })),
    ),
    render: (error) => errors.render(error) as Record<string, unknown>,
    headers: (error) => errors.headers?.(error) ?? {},
  };
}

export type AnyDeclaration = Declaration<IdentifierKind, Fields, Fields, Fields, z.ZodMiniType>;

/** Operations of contracts whose tokens travel in no cookie. */
const TRANSFERS: ReadonlySet<Operation> = new Set([
  'issue-authorization-code',
  'exchange-authorization-code',
]);
const isInCookie = (carrier: { in: string } | undefined) => carrier?.in === 'cookie';

/** Operations of contracts that declare them. */
const OPT_IN: ReadonlySet<Operation> = new Set(['renew', 'challenge-factor', 'verify-factor']);

/** Every operation, at the place that the wire declares, or else at the default one. */
function routesOf(declaration: AnyDeclaration): AnyRoute[] {
  const { base, profilePath, identifier, loginBody = {}, routes = {} } = declaration;
  const { access, refresh } = declaration;
  const { canRegisterImmediately = false } = declaration;
  const token = refresh?.in === 'body' ? (refresh.token ?? REFRESH_TOKEN) : null;
  const requests: Partial<Record<Operation, AnyRoute['request']>> = {
    ...accountRequests(identifier),
    login: loginRequest(identifier, loginBody),
    'passkey-login': passkeyLoginRequest(loginBody.remember),
    ...authorizationCodeRequests(refresh !== undefined),
    refresh: token && refreshRequest(token),
  };
  const defaults = responsesOf(declaration);
  const [{ response: ownLogin } = {}] = [routes.login ?? {}].flat();
  // The second request of a login is answered like the first.
  const responses = { ...defaults, login: ownLogin ?? defaults.login };
  const has = (name: Operation) =>
    (name !== 'refresh' || refresh !== undefined) &&
    // A page of such a contract has no tokens that it could transfer.
    (!TRANSFERS.has(name) || (!isInCookie(access) && !isInCookie(refresh))) &&
    (!OPT_IN.has(name) || routes[name] !== undefined);
  return operations.filter(has).flatMap((operation) => {
    const { method, path = operation, response }: OperationRow = OPERATIONS[operation];
    const byDefault = {
      operation,
      method,
      path: path === null ? profilePath : `${base}/${path}`,
      when: {},
      accepts: 'application/json',
      request: requests[operation] ?? null,
      response: responses[response],
      grants: operation === 'register' && canRegisterImmediately ? responses.login : null,
    };
    // Each is of its own operation, as the declaration's type has checked.
    return [routes[operation] ?? {}].flat().map((own) => ({ ...byDefault, ...own }) as AnyRoute);
  });
}

/** Copies a contract with its getters, so that no part of it is made before it is asked for. */
export const withRules = (
  contract: Contract,
  rules: Pick<Contract, 'lifetimes' | 'attemptsPerMinute' | 'registration'>,
): Contract =>
  Object.defineProperties({} as Contract, {
    ...Object.getOwnPropertyDescriptors(contract),
    ...Object.getOwnPropertyDescriptors(rules),
  });
