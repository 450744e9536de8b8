/**
 * The calls of a right login alone: the same statements with values of the same length, and the same
 * objects, in the same order. It reads no body, checks nothing, signs nothing. `/live?<session>` is
 * the one read of a session check.
 */
import type { AccountLockout } from '../../../src/limits/account-lockout.ts';
import type { RateLimiter } from '../../../src/limits/rate-limiter.ts';
import type { Statement } from '../statements.ts';

export { AccountLockout } from '../../../src/limits/account-lockout.ts';
export { RateLimiter } from '../../../src/limits/rate-limiter.ts';

interface Bindings {
  DB: D1Database;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
  ACCOUNT_LOCKOUT: DurableObjectNamespace<AccountLockout>;
  STATEMENTS: Record<'find' | 'known' | 'live', Statement> & { open: Statement[] };
}

const limit = { attempts: 1, windowSeconds: 60 };
const rules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
const SESSION_MS = 86_400_000;

function bind(
  connection: Pick<D1Database, 'prepare'>,
  statement: Statement,
  values: Record<string, unknown>,
): D1PreparedStatement {
  const valueOf = (value: Statement['values'][number]) => {
    if (typeof value !== 'object' || value === null) return value;
    if (values[value.name] === undefined) throw new Error(`the baseline has no ${value.name}`);
    return values[value.name];
  };
  return connection.prepare(statement.sql).bind(...statement.values.map(valueOf));
}

export default {
  async fetch(request, env, context) {
    const address = request.headers.get('CF-Connecting-IP') ?? '';
    const [path = '', query = ''] = request.url.split('?');
    if (path.endsWith('/live')) {
      const values = { sessionId: query, nowMs: Date.now() };
      const { results } = await bind(env.DB, env.STATEMENTS.live, values).all();
      return Response.json(results, { status: results.length === 1 ? 200 : 404 });
    }
    const { find, known, open } = env.STATEMENTS;
    const nearest = env.DB.withSession('first-unconstrained');
    const [, found] = await Promise.all([
      env.RATE_LIMITER.getByName(`address ${address}`).consume(limit),
      bind(nearest, find, { email: query }).all<{ id: number; credentialVersion: number }>(),
    ]);
    const [user] = found.results;
    if (user === undefined) return new Response(null, { status: 404 });

    const account = env.ACCOUNT_LOCKOUT.getByName(`account ${user.id}`);
    const ticket = crypto.randomUUID();
    await account.reserve(ticket, rules);

    const nowMs = Date.now();
    const values = {
      sessionId: crypto.randomUUID(),
      userId: user.id,
      credentialVersion: user.credentialVersion,
      nowMs,
      expiresAtMs: nowMs + SESSION_MS,
      address,
      userAgent: request.headers.get('User-Agent'),
      device: 'Unknown device',
      subject: ticket,
      traceId: ticket,
    };
    await env.DB.batch(open.map((statement) => bind(env.DB, statement, values)));
    context.waitUntil(account.settle({ ticket, verdict: 'right' }, rules));
    context.waitUntil(bind(env.DB, known, values).all());
    return new Response('{"status":"ok"}');
  },
} satisfies ExportedHandler<Bindings>;
