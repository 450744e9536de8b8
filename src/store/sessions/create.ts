/**
 * Creates sessions: session, last login, renewed hash, audit and the end of the oldest sessions
 * beyond the limit in one transaction (a D1 batch).
 *
 * The batch is fenced: the session is inserted only while the account is still the one whose
 * password was verified, and the other statements act only if the session was inserted.
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Sessions } from '../../flows/ports/sessions.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { sessions, users } from '../schema.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { endSurplus, isCreated } from './limit.ts';

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
  insertSelect(
    sessions,
    {
      id: param('sessionId'),
      userId: users.id,
      contract: param('contract'),
      createdAtMs: param('nowMs'),
      lastUsedAtMs: param('nowMs'),
      expiresAtMs: param('expiresAtMs'),
      credentialVersion: users.credentialVersion,
      refreshHash: param('refreshHash'),
      refreshGeneration: 0,
      refreshedAtMs: param('nowMs'),
      address: param('address'),
      userAgent: param('userAgent'),
    },
    {
      from: users,
      where: and(
        eq(users.id, param('userId')),
        eq(users.credentialVersion, param('credentialVersion')),
        eq(users.status, 'active'),
        sql`${users.emailVerified} >= ${param('verifiedAtLeast')}`,
      ),
    },
  ),
);

const updateUser = statement<{
  sessionId: string;
  userId: number;
  nowMs: number;
  renewedHash: string | null;
}>(() =>
  builder
    .update(users)
    .set({
      lastLoginAtMs: sql`${param('nowMs')}`,
      passwordHash: sql`coalesce(${param('renewedHash')}, ${users.passwordHash})`,
    })
    .where(and(eq(users.id, param('userId')), existsIn(sessions, isCreated()))),
);

const auditLogin = insertAudit<{ sessionId: string }>(
  { action: 'LOGIN', reason: 'granted', userId: sessions.userId, sessionId: sessions.id },
  () => ({ from: sessions, where: isCreated() }),
);

export function createSessionCreation(database: D1Database): Pick<Sessions, 'open'> {
  return {
    async open({ account, expiries, ...session }) {
      const values = {
        ...auditValues(session),
        sessionId: session.sessionId,
        userId: account.user.id,
        credentialVersion: account.credentialVersion,
        expiresAtMs: expiries.sessionExpiresAtMs,
        refreshHash: session.refreshHash,
        userAgent: session.meta.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
        verifiedAtLeast: session.requiresVerifiedEmail ? 1 : 0,
        renewedHash: session.renewedHash,
      };
      const write = async () => {
        const [inserted] = await database.batch([
          insertFenced.bind(database, values),
          updateUser.bind(database, values),
          auditLogin.bind(database, values),
          ...endSurplus.map((each) => each.bind(database, values)),
        ]);
        return inserted !== undefined && inserted.meta.changes > 0;
      };
      const { traceId } = values;
      return writeOrRecover(database, write, { action: 'LOGIN', traceId, onAudited: () => true });
    },
  };
}
