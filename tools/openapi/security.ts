/** The security schemes of a contract's tokens, and the credentials of each operation. */
import type { ZodOpenApiComponentsObject } from 'zod-openapi';
import type { AnyRoute, Contract } from '../../src/contracts/contract.ts';
import { FORM } from '../../src/contracts/routes.ts';
import { OPERATIONS } from '../../src/flows/operations.ts';
import { carrierText } from './browser-facts.ts';

type Carrier = NonNullable<Contract['access' | 'refresh']>;
type Scheme = NonNullable<ZodOpenApiComponentsObject['securitySchemes']>[string];

export const REFRESH_COOKIE = 'cookie';

/** The name of the scheme of access tokens. */
export const accessScheme = ({ access }: Contract): string =>
  (access.in === 'header' ? access.scheme?.toLowerCase() : undefined) ?? 'accessToken';

export function securitySchemes(contract: Contract): Record<string, Scheme> {
  const { access, refresh } = contract;
  return {
    [accessScheme(contract)]: {
      ...schemeOf(access),
      description: described('Access token', access),
    },
    ...(refresh?.in === 'cookie'
      ? {
          [REFRESH_COOKIE]: {
            ...schemeOf(refresh),
            description: described('Refresh token', refresh),
          },
        }
      : {}),
    ...(refresh?.in === 'header'
      ? {
          refreshToken: { ...schemeOf(refresh), description: described('Refresh token', refresh) },
        }
      : {}),
  };
}

const described = (what: string, carrier: Carrier): string =>
  `${what}, ${carrierText(carrier, null)}`;

function schemeOf(carrier: Exclude<Carrier, { in: 'body' }>): Scheme {
  const { name } = carrier;
  if (carrier.in === 'cookie' || carrier.scheme === null || !/^authorization$/i.test(name)) {
    return { type: 'apiKey', in: carrier.in, name };
  }
  const scheme = carrier.scheme.toLowerCase();
  return { type: 'http', scheme, ...(scheme === 'bearer' && { bearerFormat: 'JWT' }) };
}

/** The schemes that open a route, one of them each; null: the token may be in the body. */
export function credentialsOf(contract: Contract, route: AnyRoute): (string | null)[] {
  const { access } = OPERATIONS[route.operation];
  const takesAccess = access !== 'public' && access !== 'refresh-token';
  const takesRefresh = access === 'refresh-token' || access === 'either';
  const isReadHere = (carrier: Contract['access' | 'refresh']) =>
    carrier?.in === 'header' || (carrier?.in === 'cookie' && route.accepts !== FORM);
  const refreshScheme = contract.refresh?.in === 'cookie' ? REFRESH_COOKIE : 'refreshToken';
  const schemes = [
    ...(takesAccess && isReadHere(contract.access) ? [accessScheme(contract)] : []),
    ...(takesRefresh && isReadHere(contract.refresh) ? [refreshScheme] : []),
  ];
  return takesRefresh && route.request !== null && schemes.length > 0
    ? [...schemes, null]
    : schemes;
}

/** Tells whether browsers add a credential of the route by themselves. */
export function readsCookie(contract: Contract, route: AnyRoute): boolean {
  const schemes = securitySchemes(contract);
  return credentialsOf(contract, route).some((name) => {
    const scheme = name === null ? undefined : schemes[name];
    return scheme !== undefined && 'in' in scheme && scheme.in === 'cookie';
  });
}
