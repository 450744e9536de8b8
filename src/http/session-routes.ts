/**
 * What follows a login: `{base}/refresh`, `/logout`, `/logout-all`, `/sessions`, and the profile.
 * A cookie counts only in a request of the contract's own site: one that a browser says is its own, or,
 * where no header says whose it is, one that is declared as JSON, which no form of another site can be.
 */
import type { SessionView } from '../contracts/contract.ts';
import { logout } from '../flows/logout.ts';
import { refresh } from '../flows/refresh.ts';
import type { ListedSession, LoginRules } from '../flows/services.ts';
import { endSession, listSessions, logoutAll, profile } from '../flows/sessions.ts';
import type { Operation } from '../observe/log.ts';
import { deviceOf } from '../policy/device.ts';
import type { SessionLimits } from '../policy/lifetimes.ts';
import { isJson, UNDECLARED, validated } from './body.ts';
import type { ContractApp } from './contract-app.ts';
import { bearerIn, cookieIn } from './credentials.ts';
import type { At } from './arrival.ts';
import type { Desk } from './desk.ts';

interface SessionRules {
  rules: LoginRules;
  sessions: SessionLimits;
}

export function mountSessions(
  app: ContractApp,
  desk: Desk,
  { rules, sessions: limits }: SessionRules,
): void {
  const { contract } = desk;
  const { base, refresh: carrier } = contract;
  const callerOf = (at: At) => {
    const { services, visit } = at.env;
    const bearer = { contract: contract.name, token: bearerIn(at.req.raw.headers) };
    return { services, visit, bearer };
  };

  if (carrier?.in === 'body') {
    app.post(`${base}/refresh`, ...validated('refresh', carrier.schema, desk.malformed), (at) => {
      const { services, visit } = at.env;
      const token = at.req.valid('json');
      return desk.run(at, {
        operation: 'refresh',
        work: refresh({ services, rules, limits, token, visit }),
        answer: contract.refreshed,
      });
    });
  }

  /** The refresh cookie, or the refusal of a request that another site may have caused. */
  const cookieOf = async (
    at: At,
    { operation, isOnlyCredential }: { operation: Operation; isOnlyCredential: boolean },
  ): Promise<{ token: string | null } | Response> => {
    at.set('operation', operation);
    const { headers } = at.req.raw;
    const token = carrier?.in === 'cookie' ? cookieIn(headers, carrier.name) : null;
    if (token === null) return { token };
    const site = desk.siteOf(at);
    if (site === 'foreign') return desk.turnAway(at, { reason: 'cross-site' }, operation);
    if (site === 'own' || isJson(headers)) return { token };
    return isOnlyCredential ? desk.malformed(at, UNDECLARED) : { token: null };
  };

  if (carrier?.in === 'cookie') {
    app.post(`${base}/refresh`, async (at) => {
      const { services, visit } = at.env;
      const cookie = await cookieOf(at, { operation: 'refresh', isOnlyCredential: true });
      if (cookie instanceof Response) return cookie;
      return desk.run(at, {
        operation: 'refresh',
        work: refresh({ services, rules, limits, token: cookie.token, visit }),
        answer: contract.refreshed,
      });
    });
  }

  app.post(`${base}/logout`, async (at) => {
    const { services, visit } = at.env;
    const access = bearerIn(at.req.raw.headers);
    const isOnlyCredential = access === null;
    const cookie = await cookieOf(at, { operation: 'logout', isOnlyCredential });
    if (cookie instanceof Response) return cookie;
    const tokens = { access, refresh: cookie.token };
    return desk.run(at, {
      operation: 'logout',
      work: logout({ services, contract: contract.name, visit, ...tokens }),
      answer: contract.loggedOut,
    });
  });

  app.post(`${base}/logout-all`, (at) =>
    desk.run(at, {
      operation: 'logout-all',
      work: logoutAll(callerOf(at)),
      answer: contract.loggedOut,
    }),
  );

  app.get(contract.profilePath, (at) =>
    desk.run(at, { operation: 'profile', work: profile(callerOf(at)), answer: contract.profile }),
  );

  app.get(`${base}/sessions`, (at) =>
    desk.run(at, {
      operation: 'list-sessions',
      work: listSessions(callerOf(at)),
      answer: ({ sessions, current }) =>
        contract.sessions(sessions.map((session) => viewOf(session, current))),
    }),
  );

  app.delete(`${base}/sessions/:id`, (at) =>
    desk.run(at, {
      operation: 'end-session',
      work: endSession(callerOf(at), at.req.param('id')),
      answer: contract.done,
    }),
  );
}

function viewOf(session: ListedSession, current: string): SessionView {
  return { ...session, device: deviceOf(session.userAgent), current: session.id === current };
}
