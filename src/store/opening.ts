/**
 * Opens sessions: session, last login, renewed hash, audit and the end of the oldest sessions beyond
 * the limit in one transaction (a D1 batch).
 *
 * The batch is fenced: the session is inserted only while the account is still the one whose
 * password was verified, and the other statements act only if the session was.
 */
import { and, eq, exists, sql } from 'drizzle-orm';
import type { Sessions } from '../flows/ports/sessions.ts';
import { writeOrRecover } from './audit.ts';
import { auditEvents, sessions, users } from './schema.ts';
import { endSurplus, thisSession } from './session-limit.ts';
import { builder, statement } from './statement.ts';

const USER_AGENT_LENGTH = 256;

const insertFenced = statement<{
  sessionId: string;
  userId: number;
  credentialVersion: number;
  contract: string;
  nowMs: number;
  expiresAtMs: number;
  refreshHash: string | null;
  address: string;
  userAgent: string | null;
  verifiedAtLeast: number;
}>(() =>
  builder.insert(sessions).select((query) =>
    query
      .select({
        id: sql`${sql.placeholder('sessionId')}`.as('id'),
        userId: users.id,
        contract: sql`${sql.placeholder('contract')}`.as('contract'),
        createdAtMs: sql`${sql.placeholder('nowMs')}`.as('created_at_ms'),
        lastUsedAtMs: sql`${sql.placeholder('nowMs')}`.as('last_used_at_ms'),
        expiresAtMs: sql`${sql.placeholder('expiresAtMs')}`.as('expires_at_ms'),
        credentialVersion: users.credentialVersion,
        refreshHash: sql`${sql.placeholder('refreshHash')}`.as('refresh_hash'),
        refreshGeneration: sql`0`.as('refresh_generation'),
        refreshedAtMs: sql`${sql.placeholder('nowMs')}`.as('refreshed_at_ms'),
        address: sql`${sql.placeholder('address')}`.as('address'),
        userAgent: sql`${sql.placeholder('userAgent')}`.as('user_agent'),
      })
      .from(users)
      .where(
        and(
          eq(users.id, sql.placeholder('userId')),
          eq(users.credentialVersion, sql.placeholder('credentialVersion')),
          eq(users.status, 'active'),
          sql`${users.emailVerified} >= ${sql.placeholder('verifiedAtLeast')}`,
        ),
      ),
  ),
);

const touchUser = statement<{
  sessionId: string;
  userId: number;
  nowMs: number;
  renewedHash: string | null;
}>(() =>
  builder
    .update(users)
    .set({
      lastLoginAtMs: sql`${sql.placeholder('nowMs')}`,
      passwordHash: sql`coalesce(${sql.placeholder('renewedHash')}, ${users.passwordHash})`,
    })
    .where(and(eq(users.id, sql.placeholder('userId')), exists(thisSession()))),
);

const auditLogin = statement<{
  sessionId: string;
  userId: number;
  accountKey: string;
  contract: string;
  nowMs: number;
  address: string;
  traceId: string;
}>(() =>
  builder.insert(auditEvents).select((query) =>
    query
      .select({
        id: sql`null`.as('id'),
        atMs: sql`${sql.placeholder('nowMs')}`.as('at_ms'),
        action: sql`'LOGIN'`.as('action'),
        reason: sql`'granted'`.as('reason'),
        userId: sessions.userId,
        accountKey: sql`${sql.placeholder('accountKey')}`.as('accountKey'),
        sessionId: sessions.id,
        contract: sessions.contract,
        address: sessions.address,
        traceId: sql`${sql.placeholder('traceId')}`.as('trace_id'),
      })
      .from(sessions)
      .where(eq(sessions.id, sql.placeholder('sessionId'))),
  ),
);

export function createOpening(database: D1Database): Pick<Sessions, 'open'> {
  return {
    async open({ account, meta, expiries, ...newSession }) {
      const values = {
        sessionId: newSession.sessionId,
        userId: account.user.id,
        credentialVersion: account.credentialVersion,
        contract: newSession.contract,
        nowMs: newSession.nowMs,
        expiresAtMs: expiries.sessionExpiresAtMs,
        refreshHash: newSession.refreshHash,
        address: meta.address,
        userAgent: meta.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
        verifiedAtLeast: newSession.requiresVerifiedEmail ? 1 : 0,
        renewedHash: newSession.renewedHash,
        accountKey: newSession.accountKey,
        traceId: meta.traceId,
      };
      const write = async () => {
        const [inserted] = await database.batch([
          insertFenced.bind(database, values),
          touchUser.bind(database, values),
          auditLogin.bind(database, values),
          ...endSurplus.map((each) => each.bind(database, values)),
        ]);
        return inserted !== undefined && inserted.meta.changes > 0;
      };
      const event = { action: 'LOGIN', traceId: meta.traceId };
      return writeOrRecover(database, write, { ...event, told: () => true });
    },
  };
}
