/** An operator: calls the admin API with its token, and reads the audit log. */
import { env } from 'cloudflare:workers';
import { freshAddress, type Answer, type TestApp } from './test-app.ts';

export const operatorToken = String(Reflect.get(env, 'OPERATOR_TOKEN'));

type Route = `${'GET' | 'POST' | 'DELETE' | 'PUT' | 'HEAD'} /${string}`;

/** `route` is below /admin, as in `GET /users`. */
export function operator(app: TestApp) {
  const call = (
    route: Route,
    init: { body?: unknown; headers?: Record<string, string>; address?: string } = {},
  ): Promise<Answer> => {
    const [method = '', path = ''] = route.split(/ (.*)/s);
    const { body, address = freshAddress(), headers } = init;
    const hasBody = body !== undefined;
    return app.fetch(`/admin${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${operatorToken}`,
        'CF-Connecting-IP': address,
        ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(hasBody ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    });
  };
  /** Returns the body of an answer that has to be of this status. */
  const json = async (route: Route, body?: unknown, status = 200) => {
    const answer = await call(route, body === undefined ? {} : { body });
    if (answer.status !== status) throw new Error(`${route}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, any>;
  };
  return { call, json };
}

export async function eventsOf(userId: number) {
  const { results } = await env.DB.prepare(
    'SELECT action, reason, address, contract, operator, trace_id FROM audit_events WHERE user_id = ? ORDER BY id',
  )
    .bind(userId)
    .all<Record<'action' | 'reason' | 'address' | 'contract' | 'operator' | 'trace_id', string>>();
  return results;
}

export const actionsOf = async (userId: number): Promise<string[]> =>
  (await eventsOf(userId)).map(({ action }) => action);
