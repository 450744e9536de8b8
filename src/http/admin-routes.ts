/**
 * The operator's routes: users, what may be done about them, and the audit. The door
 * (operator.ts) stands before all of them. No password hash is part of any answer.
 */
import type { Context } from 'hono';
import type * as z from 'zod/mini';
import { en } from 'zod/locales';
import {
  deleteUser,
  endSessions,
  setRole,
  setStatus,
  showUser,
  unlock,
  type AdminRequest,
} from '../flows/admin.ts';
import type { ChangeResult, AuditLogEntry } from '../flows/ports/admin.ts';
import type { AdminServices } from '../flows/ports/services.ts';
import type { User } from '../flows/model/user.ts';
import { logFailure, logOperator } from '../telemetry/log.ts';
import { normalise } from '../policy/identifier.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import { addressOf, networkOf } from './address.ts';
import { auditQuery, roleBody, userId, userName, userQuery } from './admin-input.ts';
import { isJson } from './body.ts';
import { csv } from './csv.ts';
import { PROTECTIVE_HEADERS } from './headers.ts';
import { adminRefusal, type AdminApp } from './admin-auth.ts';
import { readJson } from './read-body.ts';
import { wireResponse } from './responses.ts';

export interface AdminDependencies {
  services: Omit<AdminServices, 'waitUntil'>;
  lockout: LockoutRules;
}

type At = Context<{ Bindings: Env; Variables: { traceId: string } }>;

/** zod/mini says only that something is wrong, unless it is given words. */
const IN_WORDS = { error: en().localeError };
const iso = (ms: number) => new Date(ms).toISOString();
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export function addAdminRoutes(app: AdminApp, { services, lockout }: AdminDependencies): void {
  app.use(async (c, next) => {
    const startedAtMs = services.nowMs();
    await next();
    logOperator({
      route: `${c.req.method} ${c.req.routePath}`,
      status: c.res.status,
      address: addressOf(c.req.raw.headers),
      traceId: c.var.traceId,
      durationMs: services.nowMs() - startedAtMs,
    });
  });

  const requestFor = (c: At, id: string): AdminRequest => {
    const { traceId } = c.var;
    const waitUntil = (work: Promise<unknown>) =>
      c.executionCtx.waitUntil(
        work.catch((error: unknown) => logFailure(error, 'after the response', traceId)),
      );
    const { headers } = c.req.raw;
    const meta = {
      traceId,
      address: addressOf(headers),
      userAgent: headers.get('User-Agent'),
      device: null,
      registration: null,
    };
    return { services: { ...services, waitUntil }, lockout, meta, who: userName(id) };
  };

  /** For the user that the path names. */
  const about = (work: (request: AdminRequest, c: At) => Promise<Response>) => (c: At) => {
    const id = userId.safeParse(c.req.param('id'), IN_WORDS);
    return id.success ? work(requestFor(c, id.data), c) : malformed(id.error, 'id');
  };

  app.get('/users', async (c) => {
    const asked = queryOf(c, userQuery);
    if (asked instanceof Response) return asked;
    const { username, email, status = null, cursor: after = 0, limit } = asked;
    const users = await services.adminUsers.search({
      username:
        username === undefined ? null : normalise({ kind: 'username', value: username }).value,
      email: email === undefined ? null : normalise({ kind: 'email', value: email }).value,
      status,
      after,
      limit: limit + 1,
    });
    const page = users.slice(0, limit);
    const next = users.length > limit ? (page.at(-1)?.id ?? null) : null;
    return wireResponse({ status: 200, body: { users: page.map(shown), next } });
  });

  const user = '/users/:id';
  app.get(
    user,
    about(async (request) => {
      const state = await showUser(request);
      if (state === null) return NOT_FOUND();
      const { lockedUntilMs, ...limits } = state.limits;
      return wireResponse({
        status: 200,
        body: {
          user: shown(state.user),
          guard: { ...limits, lockedUntil: isoOrNull(lockedUntilMs) },
          liveSessions: state.liveSessions,
        },
      });
    }),
  );

  app.delete(
    user,
    about(async (request) => {
      const outcome = await deleteUser(request);
      if (outcome === null) return NOT_FOUND();
      return outcome === 'deleted'
        ? wireResponse({ status: 204, body: null })
        : adminRefusal(409, 'changed_meanwhile');
    }),
  );

  app.post(
    `${user}/deactivate`,
    about(async (request) => done(await setStatus(request, 'inactive'))),
  );
  app.post(
    `${user}/activate`,
    about(async (request) => done(await setStatus(request, 'active'))),
  );
  app.post(
    `${user}/unlock`,
    about(async (request) => done(await unlock(request))),
  );
  app.post(
    `${user}/end-sessions`,
    about(async (request) => done(await endSessions(request))),
  );

  app.post(
    `${user}/role`,
    about(async (request, c) => {
      if (!isJson(c.req.raw.headers)) return unreadable('is not declared as JSON');
      const given = await readJson(c.req.raw);
      if (!given.ok) return unreadable(FAULTS[given.fault]);
      const body = roleBody.safeParse(given.value, IN_WORDS);
      if (!body.success) return malformed(body.error, 'body');
      const { role: id, name = null } = body.data;
      const outcome = await setRole(request, { id, name });
      if (outcome !== 'unknown-role') return done(outcome);
      return refusal(400, 'unknown_role', { role: ['is none; with a name it is made'] });
    }),
  );

  app.get('/audit', async (c) => {
    const asked = queryOf(c, auditQuery);
    if (asked instanceof Response) return asked;
    const { user, action = null, address, from, to, cursor: before = null, limit, format } = asked;
    const { events, next } = await services.auditLog.read({
      user: user === undefined ? null : userName(user),
      action,
      address: address === undefined ? null : asKept(address),
      fromMs: from === undefined ? null : Date.parse(from),
      toMs: to === undefined ? null : Date.parse(to),
      before,
      limit,
    });
    const headers: Record<string, string> = next === null ? {} : { Link: linkTo(c, next) };
    const accepts = c.req.header('Accept') ?? '';
    const wanted = format ?? (/^\s*text\/csv\b/i.test(accepts) ? 'csv' : 'json');
    if (wanted === 'csv') return csvOf(events, headers);
    return wireResponse({ status: 200, body: { events: events.map(shownEvent), next }, headers });
  });

  const allowed: Record<string, string> = {
    '/users': 'GET',
    '/audit': 'GET',
    [user]: 'GET, DELETE',
    [`${user}/:change{deactivate|activate|unlock|end-sessions|role}`]: 'POST',
  };
  for (const [path, allow] of Object.entries(allowed)) {
    app.all(path, () => adminRefusal(405, 'method_not_allowed', { Allow: allow }));
  }
  app.all('*', NOT_FOUND);
}

const NOT_FOUND = () => adminRefusal(404, 'not_found');

const refusal = (status: number, error: string, details: Record<string, string[]>) =>
  wireResponse({ status, body: { error, details } });

const FAULTS = { 'too-large': 'is too large', unreadable: 'is no JSON in UTF-8' } as const;

const unreadable = (why: string) => refusal(400, 'malformed', { body: [why] });

/** `whole`: what is at fault where no single field of it is. */
function malformed({ issues }: z.core.$ZodError, whole: string): Response {
  const details: Record<string, string[]> = {};
  for (const issue of issues) {
    const fields =
      issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0] ?? whole)];
    const message = issue.code === 'unrecognized_keys' ? 'is not known' : issue.message;
    for (const field of fields) {
      Object.defineProperty(details, field, {
        value: [...(Object.hasOwn(details, field) ? (details[field] ?? []) : []), message],
        enumerable: true,
        configurable: true,
      });
    }
  }
  return refusal(400, 'malformed', details);
}

function queryOf<T>(c: At, schema: z.ZodMiniType<T>): T | Response {
  const { searchParams } = new URL(c.req.url);
  const names = [...searchParams.keys()];
  const twice = names.find((name, n) => names.indexOf(name) < n);
  if (twice !== undefined) return refusal(400, 'malformed', { query: ['names something twice'] });
  const query = schema.safeParse(Object.fromEntries(searchParams), IN_WORDS);
  return query.success ? query.data : malformed(query.error, 'query');
}

/** An IPv6 address of a network is its network; what is none is looked for as it is. */
function asKept(address: string): string {
  const network = networkOf(address);
  return network === 'unknown' ? address : network;
}

/** RFC 8288: the page that follows, for those who read no body. */
function linkTo(c: At, next: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', String(next));
  return `<${url.pathname}${url.search}>; rel="next"`;
}

function done(outcome: ChangeResult): Response {
  if (outcome === null) return NOT_FOUND();
  return wireResponse({ status: 200, body: { ...outcome, user: shown(outcome.user) } });
}

function shown({ createdAtMs, lastLoginAtMs, ...user }: User) {
  return { ...user, createdAt: iso(createdAtMs), lastLoginAt: isoOrNull(lastLoginAtMs) };
}

const shownEvent = ({ atMs, ...event }: AuditLogEntry) => ({ ...event, at: iso(atMs) });

const COLUMNS = [
  'id',
  'at',
  'action',
  'reason',
  'userId',
  'subject',
  'sessionId',
  'contract',
  'address',
  'traceId',
] as const;

function csvOf(events: readonly AuditLogEntry[], headers: Record<string, string>): Response {
  const rows = events.map(shownEvent).map((event) => COLUMNS.map((column) => event[column]));
  return new Response(csv([COLUMNS, ...rows]), {
    headers: {
      ...PROTECTIVE_HEADERS,
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      ...headers,
    },
  });
}
