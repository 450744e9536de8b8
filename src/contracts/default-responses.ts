/** The successful responses of the operations, as a contract has declared them or as all have them. */
import type { Activity } from '../flows/model/audit.ts';
import type { Granted, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { ResponseValues } from '../flows/operation.ts';
import { authorizationCodeResponses } from './authorization-code.ts';
import { factorPaths, factorResponses, namesIn } from './factor-responses.ts';
import { passkeyResponses } from './passkey-responses.ts';
import type { FactorPaths, PasskeyPaths, SessionView } from './contract.ts';
import type { WireHeaders, WireResponse } from './wire.ts';
import type { AnyDeclaration, Cookie } from './define.ts';
import { activityList, sessionList } from './session-responses.ts';
import {
  bodyResponse,
  emptyResponse,
  isoTime,
  noEnvelope,
  text,
  type Body,
  type Fields,
} from './responses.ts';

export const sessionsOf = ({
  time = isoTime,
  nameCase = 'camel',
  envelope = noEnvelope,
}: AnyDeclaration) => sessionList(time, nameCase, envelope.path);

export const activityOf = ({ time = isoTime, envelope = noEnvelope }: AnyDeclaration) =>
  activityList(time, envelope.path);

export const factorPathsOf = ({
  nameCase = 'camel',
  envelope = noEnvelope,
  factorPaths: own,
}: AnyDeclaration): FactorPaths => ({ ...factorPaths(nameCase, envelope.path), ...own });

export const passkeyPathsOf = ({
  nameCase = 'camel',
  envelope = noEnvelope,
  passkeyPaths: own,
}: AnyDeclaration): PasskeyPaths => {
  const { createdAt, lastUsedAt } = namesIn(nameCase);
  return {
    options: [...envelope.path, 'publicKey'],
    list: [...envelope.path, 'passkeys'],
    fields: { id: 'id', name: 'name', createdAt, lastUsedAt, synced: 'synced' },
    ...own,
  };
};

/** Login, refresh and profile as declared, and the responses that all contracts have alike. */
export function responsesOf(declaration: AnyDeclaration) {
  const { login, refresh, profile, envelope = noEnvelope } = declaration;
  const cookie = refresh?.in === 'cookie' ? refresh : null;
  const response = <T>(
    id: string,
    body: Body<T, Fields>,
    options: { status?: number; headers?(value: T): WireHeaders } = {},
  ) => bodyResponse(id, body, { ...options, envelope });
  const empty = (id: string, status: number): WireResponse<unknown> =>
    envelope.wrapsEmpty
      ? response(id, NO_FIELDS, { status: status === 204 ? 200 : status })
      : emptyResponse(status);
  const done = empty('DoneResponse', 204);
  const setCookie = ({ refresh: token, issuedAtMs }: Granted) =>
    cookie && token
      ? cookieHeader(cookie, token.token, (token.expiresAtMs - issuedAtMs) / 1000)
      : {};
  const signedIn = response('LoginResponse', login as Body<Granted, Fields>, {
    headers: setCookie,
  });
  const responses: { [R in keyof ResponseValues]: WireResponse<never> | null } = {
    login: signedIn,
    renewed: signedIn,
    refresh: refresh ? response<Granted>('RefreshResponse', refresh, { headers: setCookie }) : null,
    profile: response('ProfileResponse', profile),
    sessions: response<readonly SessionView[]>('SessionsResponse', sessionsOf(declaration)),
    activity: response<readonly Activity[]>('ActivityResponse', activityOf(declaration)),
    loggedOut: cookie
      ? {
          ...done,
          render: (value, context) => ({
            ...done.render(value, context),
            headers: cookieHeader(cookie, '', 0),
          }),
        }
      : done,
    done,
    accepted: empty('AcceptedResponse', 202),
    registered: response('RegisteredResponse', REGISTERED, { status: 202 }),
    ...factorResponses(declaration, response),
    ...passkeyResponses(declaration, response),
    ...authorizationCodeResponses(declaration, response),
    // Opt-in: the contract's own.
    factorChallenge: null,
    removed: done,
  };
  return responses;
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

function cookieHeader(cookie: Cookie, value: string, seconds: number): WireHeaders {
  return { 'Set-Cookie': `${cookie.name}=${value}; ${cookie.attributes}; Max-Age=${seconds}` };
}
