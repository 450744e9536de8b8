/**
 * The operations of a contract on its wire: paths, and the rendering of what they grant. Nothing else
 * in http/ depends on how a contract declares them.
 */
import type { AnyRoute, Contract, SessionView } from '../contracts/contract.ts';
import type { Wire, WireContext } from '../contracts/wire.ts';
import { lazy } from '../contracts/responses.ts';
import { fillPath, routeOf } from '../contracts/routes.ts';
import type { Granted } from '../flows/model/outcome.ts';
import type { ResponseValues } from '../flows/operation.ts';
import { OPERATIONS, type Operation } from '../flows/operations.ts';
import { describeUserAgent } from '../policy/user-agent.ts';

/** Without the contract's prefix; `:id` stands for a segment, and other parameters are filled in. */
export const pathOf = (contract: Contract, name: Operation): string =>
  fillPath(routeOf(contract, name).path, { ...contract.params, id: ':id' }).replace('%3Aid', ':id');

/** The routes that share method and path, in the order of the first of each. */
export function endpointsOf({ routes }: Contract): AnyRoute[][] {
  return [...Map.groupBy(routes, ({ method, path }) => `${method} ${path}`).values()];
}

/** Tells whether a path without prefix is one of the contract's. */
export function pathMatcher({ routes, documents }: Contract): (path: string) => boolean {
  const owned = lazy(() => {
    const patterns = [...routes, ...documents].map(({ path }) =>
      path.replaceAll(/[^\w/:-]/g, String.raw`\$&`).replaceAll(/\/:\w+/g, '/[^/]+'),
    );
    return new RegExp(`^(?:${patterns.join('|')})$`);
  });
  return (path) => owned().test(path);
}

/** Renders what an operation has granted. */
export function render(route: AnyRoute, value: unknown, context: WireContext) {
  const { operation, response, grants } = route;
  if (operation === 'register' && grants !== null && isGranted(value)) {
    return grants.render(value, context);
  }
  const shown = operation === 'list-sessions' ? viewsOf(value as SessionList) : value;
  // The value is of the route's operation; TypeScript cannot follow the pair through the union.
  return (response.render as (value: unknown, context: WireContext) => Wire)(shown, context);
}

/**
 * Adds the login's folder to cookies without a Path: browsers keep such a cookie to the folder of the
 * request that set it (RFC 6265 5.1.4), and other requests that sign in stand deeper than the login.
 * `params`: of its path.
 */
export function inLoginFolder(
  wire: Wire,
  place: { contract: Contract; route: AnyRoute; url: string; params: Record<string, string> },
): Wire {
  const { contract, route, url, params } = place;
  const cookies = [wire.headers?.['Set-Cookie'] ?? []].flat();
  if (!isOtherLogin(route.operation) || cookies.length === 0) return wire;
  const { pathname } = new URL(url);
  const prefix = pathname.slice(0, pathname.length - fillPath(route.path, params).length);
  const folder = prefix + fillPath(routeOf(contract, 'login').path, params).replace(/\/[^/]*$/, '');
  const completed = cookies.map((cookie) =>
    /; *path=/i.test(cookie) ? cookie : `${cookie}; Path=${folder || '/'}`,
  );
  return { ...wire, headers: { ...wire.headers, 'Set-Cookie': completed } };
}

/** Signs in like a login, at a path of its own. */
const isOtherLogin = (operation: Operation): boolean =>
  operation !== 'login' && OPERATIONS[operation].response === 'login';

const isGranted = (value: unknown): value is Granted =>
  typeof value === 'object' && value !== null && 'access' in value;

type SessionList = ResponseValues['sessions'];

const viewsOf = ({ sessions, current }: SessionList): SessionView[] =>
  sessions.map((session) => ({
    ...session,
    device: describeUserAgent(session.userAgent),
    current: session.id === current,
  }));
