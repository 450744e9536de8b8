/**
 * The operations of the admin API, one row each: routes, 405 and the published document follow from
 * this table. No password hash is part of any answer.
 */
import type { Context } from 'hono';
import type * as z from 'zod/mini';
import type { ChangeResult } from '../flows/ports/admin.ts';
import {
  deleteUser,
  endSessions,
  listSessions,
  resetFactors,
  setRole,
  setStatus,
  showUser,
  unlock,
  type AdminRequest,
} from '../flows/admin.ts';
import type { Sums } from '../telemetry/series.ts';
import { normalise } from '../policy/identifier.ts';
import { networkOf } from './address.ts';
import type { AccessRules } from './admin-access.ts';
import { adminRefusal } from './admin-auth.ts';
import { OVERVIEW_MS, renderOverview } from './admin-overview.ts';
import { auditQuery, roleBody, userName, userQuery } from './admin-input.ts';
import {
  changed,
  csvOf,
  iso,
  isoOrNull,
  linkTo,
  notFound,
  ok,
  renderSession,
  renderUser,
} from './admin-render.ts';
import { wireResponse } from './responses.ts';

export interface OperationRequest extends AdminRequest {
  /** Returns the counts of all isolates; null: they could not be read. */
  readMetrics(): Promise<Sums | null>;
}

export interface AdminOperation<Input = never> extends AccessRules {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below /admin; `:id` is the user's number or public id. */
  path: string;
  summary: string;
  query?: z.ZodMiniType<Input>;
  body?: z.ZodMiniType<Input>;
  /** `request.userRef` is the user of the path; without `:id` there is none. */
  run(request: OperationRequest, input: Input, c: Context): Promise<Response>;
}

/** Infers the type of the input. */
const row = <Input>(operation: AdminOperation<Input>) => operation;

interface Change extends Omit<AccessRules, 'method'> {
  summary: string;
  work(request: AdminRequest): Promise<ChangeResult>;
}

/** A change to the user of the path that needs no input. */
const change = (name: string, { work, ...rules }: Change) =>
  row<undefined>({
    method: 'POST',
    path: `/users/:id/${name}`,
    ...rules,
    run: async (request) => changed(await work(request)),
  });

/** In the order of the document. */
export const ADMIN_OPERATIONS = {
  overview: row<undefined>({
    method: 'GET',
    path: '/overview',
    summary: 'Count users, live sessions and the events of a day, each up to ten thousand',
    async run({ services, operator: { name, scope, session }, readMetrics }) {
      const nowMs = services.nowMs();
      const sinceMs = nowMs - OVERVIEW_MS;
      const [counts, sums] = await Promise.all([
        services.overview.count({ nowMs, sinceMs }),
        readMetrics(),
      ]);
      const operator = { name, scope, email: session?.user.email ?? null };
      return ok({ operator, ...renderOverview(counts, sums, sinceMs) });
    },
  }),
  'list-users': row({
    method: 'GET',
    path: '/users',
    summary: 'Search users, in the order of their numbers',
    query: userQuery,
    async run({ services }, { username, email, status = null, cursor: after = 0, limit }) {
      const users = await services.adminUsers.search({
        username: username === undefined ? null : normalisedValue('username', username),
        email: email === undefined ? null : normalisedValue('email', email),
        status,
        after,
        limit: limit + 1,
      });
      const page = users.slice(0, limit);
      const next = users.length > limit ? (page.at(-1)?.id ?? null) : null;
      return ok({ users: page.map(renderUser), next });
    },
  }),
  'show-user': row<undefined>({
    method: 'GET',
    path: '/users/:id',
    summary:
      'Show a user, the lockout of their names and sessions, live sessions, and what signs in',
    async run(request) {
      const state = await showUser(request);
      if (state === null) return notFound();
      const { lockedUntilMs, requiresReset, ticketsOut, ...counts } = state.lockout;
      const lockedUntil = isoOrNull(lockedUntilMs);
      return ok({
        user: renderUser(state.user),
        guard: { ...counts, stopped: requiresReset, ticketsOut, lockedUntil },
        liveSessions: state.liveSessions,
        signInMethods: [
          ...(state.hasPassword ? ['password'] : []),
          ...(state.user.passkeys.length > 0 ? ['passkey'] : []),
        ],
      });
    },
  }),
  'list-sessions': row<undefined>({
    method: 'GET',
    path: '/users/:id/sessions',
    summary: 'List the live sessions of a user, newest first',
    async run(request) {
      const sessions = await listSessions(request);
      return sessions === null ? notFound() : ok({ sessions: sessions.map(renderSession) });
    },
  }),
  'delete-user': row<undefined>({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Delete a user and all personal data; the audit keeps a pseudonym',
    needsRecentProof: true,
    sparesOwnAccount: true,
    async run(request) {
      const outcome = await deleteUser(request);
      if (outcome === null) return notFound();
      return outcome === 'deleted'
        ? wireResponse({ status: 204, body: null })
        : adminRefusal(409, 'changed_meanwhile');
    },
  }),
  'deactivate-user': change('deactivate', {
    summary: 'Deactivate a user; ends all sessions at once',
    sparesOwnAccount: true,
    work: (request) => setStatus(request, 'inactive'),
  }),
  'activate-user': change('activate', {
    summary: 'Activate a user; restores no session',
    work: (request) => setStatus(request, 'active'),
  }),
  'unlock-user': change('unlock', {
    summary: 'Clear failures, locks and final stops of both names and of sessions',
    work: unlock,
  }),
  'reset-factors': change('reset-factors', {
    summary: 'Remove the second factors, recovery codes and passkeys of a user; ends no session',
    needsRecentProof: true,
    sparesOwnAccount: true,
    work: resetFactors,
  }),
  'end-sessions': change('end-sessions', {
    summary: 'End all sessions of a user',
    work: endSessions,
  }),
  'set-role': row({
    method: 'POST',
    path: '/users/:id/role',
    summary: 'Give the user a role, or take it away',
    needsRecentProof: true,
    sparesOwnAccount: true,
    body: roleBody,
    async run(request, { role: id, name = null }) {
      const outcome = await setRole(request, { id, name });
      if (outcome !== 'unknown-role') return changed(outcome);
      const details = { role: ['is unknown; with a name it is created'] };
      return adminRefusal(400, 'unknown_role', { details });
    },
  }),
  'read-audit': row({
    method: 'GET',
    path: '/audit',
    summary: 'Read the audit, newest first',
    query: auditQuery,
    async run({ services }, query, c) {
      const { action = null, operator = null, address, from, to } = query;
      const user = query.user === undefined ? null : userName(query.user);
      const { events, next } = await services.auditLog.read({
        user,
        action,
        operator,
        address: address === undefined ? null : networkOrText(address),
        fromMs: from === undefined ? null : Date.parse(from),
        toMs: to === undefined ? null : Date.parse(to),
        before: query.cursor ?? null,
        limit: query.limit,
      });
      // A mistyped user must not look like one without events.
      const isSilent = user !== null && events.length === 0 && query.cursor === undefined;
      if (isSilent && (await services.adminUsers.find(user)) === null) return notFound();
      const headers: Record<string, string> = next === null ? {} : { Link: linkTo(c, next) };
      const rendered = events.map(({ atMs, ...event }) => ({ ...event, at: iso(atMs) }));
      const wantsCsv = /^\s*text\/csv\b/i.test(c.req.header('Accept') ?? '');
      const format = query.format ?? (wantsCsv ? 'csv' : 'json');
      return format === 'csv' ? csvOf(rendered, headers) : ok({ events: rendered, next }, headers);
    },
  }),
};

const normalisedValue = (kind: 'username' | 'email', value: string) =>
  normalise({ kind, value }).value;

/** Returns the network of an address as the audit keeps it; other text is searched for as it is. */
function networkOrText(address: string): string {
  const network = networkOf(address);
  return network === 'unknown' ? address : network;
}
