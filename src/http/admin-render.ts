/** Renders what the admin API shows. No password hash and no secret is part of any answer. */
import type { Context } from 'hono';
import type { AuditLogEntry, ChangeResult } from '../flows/ports/admin.ts';
import type { ListedSession } from '../flows/model/session.ts';
import type { User } from '../flows/model/user.ts';
import { isEnrolled } from '../policy/second-factor.ts';
import { describeUserAgent } from '../policy/user-agent.ts';
import { adminRefusal } from './admin-auth.ts';
import { csv } from './csv.ts';
import { PROTECTIVE_HEADERS } from './headers.ts';
import { wireResponse } from './responses.ts';

export const notFound = () => adminRefusal(404, 'not_found');

export const ok = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  wireResponse({ status: 200, body, headers });

export function changed(outcome: ChangeResult): Response {
  return outcome === null ? notFound() : ok({ ...outcome, user: renderUser(outcome.user) });
}

export const iso = (ms: number) => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms));

export function renderUser(user: User) {
  const {
    createdAtMs,
    lastLoginAtMs,
    passkeys,
    factors: _,
    recoveryCodesLeft: __,
    ...shown
  } = user;
  return {
    ...shown,
    secondFactor: isEnrolled(user),
    passkeys: passkeys.length,
    createdAt: iso(createdAtMs),
    lastLoginAt: isoOrNull(lastLoginAtMs),
  };
}

/** The next page in a header (RFC 8288), for clients that read no body. */
export function linkTo(c: Context, next: number): string {
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', String(next));
  return `<${url.pathname}${url.search}>; rel="next"`;
}

export const renderSession = ({
  startedAtMs,
  lastUsedAtMs,
  userAgent,
  ...shown
}: ListedSession) => ({
  ...shown,
  device: describeUserAgent(userAgent),
  startedAt: iso(startedAtMs),
  lastUsedAt: iso(lastUsedAtMs),
});

type RenderedEvent = Omit<AuditLogEntry, 'atMs'> & { at: string };

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
  'operator',
  'device',
] as const;

export function csvOf(events: readonly RenderedEvent[], headers: Record<string, string>): Response {
  const rows = events.map((event) => COLUMNS.map((column) => event[column]));
  const type = 'text/csv; charset=utf-8; header=present';
  return new Response(csv([COLUMNS, ...rows]), {
    headers: { ...PROTECTIVE_HEADERS, 'Content-Type': type, ...headers },
  });
}
