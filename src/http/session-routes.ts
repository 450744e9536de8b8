/**
 * What follows a login: `{base}/refresh`, `/logout`, `/logout-all`, `/sessions`, and the profile.
 * A cookie counts only in a request of the contract's own site: one that a browser says is its own, or,
 * where no header says whose it is, one that is declared as JSON, which no form of another site can be.
 */
import type { SessionView } from '../contracts/contract.ts';
import { logout } from '../flows/logout.ts';
import { refresh } from '../flows/refresh.ts';
import type { LoginRules } from '../flows/model/login.ts';
import type { ListedSession } from '../flows/model/session.ts';
import { endSession, listSessions, logoutAll, profile } from '../flows/sessions.ts';
import type { Operation } from '../telemetry/log.ts';
import { describeUserAgent } from '../policy/user-agent.ts';
import type { SessionLimits } from '../policy/lifetimes.ts';
import { isJson, UNDECLARED, validated } from './body.ts';
import type { ContractApp } from './contract-app.ts';
import { bearerIn, cookieIn } from './credentials.ts';
import type { ContractContext } from './request-context.ts';
import type { Responder } from './responder.ts';

interface SessionRules {
  rules: LoginRules;
  sessions: SessionLimits;
}

export function mountSessions(
  app: ContractApp,
  responder: Responder,
  { rules, sessions: limits }: SessionRules,
): void {
  const { contract } = responder;
  const { base, refresh: carrier, requests, responses } = contract;
  const callerOf = (at: ContractContext) => {
    const { services, meta } = at.env;
    const bearer = { contract: contract.name, token: bearerIn(at.req.raw.headers) };
    return { services, meta, bearer };
  };

  if (requests.refresh !== null && responses.refresh !== null) {
    const { render } = responses.refresh;
    app.post(
      `${base}/refresh`,
      ...validated('refresh', requests.refresh.decode, responder.malformed),
      (c) => {
        const { services, meta } = c.env;
        const token = c.req.valid('json');
        return responder.run(c, {
          operation: 'refresh',
          work: refresh({ services, rules, limits, token, meta }),
          answer: render,
        });
      },
    );
  }

  /** The refresh cookie, or the refusal of a request that another site may have caused. */
  const cookieOf = async (
    at: ContractContext,
    { operation, isOnlyCredential }: { operation: Operation; isOnlyCredential: boolean },
  ): Promise<{ token: string | null } | Response> => {
    at.set('operation', operation);
    const { headers } = at.req.raw;
    const token = carrier?.in === 'cookie' ? cookieIn(headers, carrier.name) : null;
    if (token === null) return { token };
    const site = responder.siteOf(at);
    if (site === 'foreign') return responder.reject(at, { reason: 'cross-site' }, operation);
    if (site === 'own' || isJson(headers)) return { token };
    return isOnlyCredential ? responder.malformed(at, UNDECLARED) : { token: null };
  };

  if (carrier?.in === 'cookie' && responses.refresh !== null) {
    const { render } = responses.refresh;
    app.post(`${base}/refresh`, async (c) => {
      const { services, meta } = c.env;
      const cookie = await cookieOf(c, { operation: 'refresh', isOnlyCredential: true });
      if (cookie instanceof Response) return cookie;
      return responder.run(c, {
        operation: 'refresh',
        work: refresh({ services, rules, limits, token: cookie.token, meta }),
        answer: render,
      });
    });
  }

  app.post(`${base}/logout`, async (c) => {
    const { services, meta } = c.env;
    const access = bearerIn(c.req.raw.headers);
    const isOnlyCredential = access === null;
    const cookie = await cookieOf(c, { operation: 'logout', isOnlyCredential });
    if (cookie instanceof Response) return cookie;
    const tokens = { access, refresh: cookie.token };
    return responder.run(c, {
      operation: 'logout',
      work: logout({ services, contract: contract.name, meta, ...tokens }),
      answer: responses.loggedOut.render,
    });
  });

  app.post(`${base}/logout-all`, (c) =>
    responder.run(c, {
      operation: 'logout-all',
      work: logoutAll(callerOf(c)),
      answer: responses.loggedOut.render,
    }),
  );

  app.get(contract.profilePath, (c) =>
    responder.run(c, {
      operation: 'profile',
      work: profile(callerOf(c)),
      answer: responses.profile.render,
    }),
  );

  app.get(`${base}/sessions`, (c) =>
    responder.run(c, {
      operation: 'list-sessions',
      work: listSessions(callerOf(c)),
      answer: ({ sessions, current }) =>
        responses.sessions.render(sessions.map((session) => viewOf(session, current))),
    }),
  );

  app.delete(`${base}/sessions/:id`, (c) =>
    responder.run(c, {
      operation: 'end-session',
      work: endSession(callerOf(c), c.req.param('id')),
      answer: responses.done.render,
    }),
  );
}

function viewOf(session: ListedSession, current: string): SessionView {
  return {
    ...session,
    device: describeUserAgent(session.userAgent),
    current: session.id === current,
  };
}
