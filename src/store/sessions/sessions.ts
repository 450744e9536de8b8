/**
 * Reads and rotates sessions. Everything here goes to the primary: a session that was ended a moment
 * ago must not be accepted from a stale replica.
 */
import { and, desc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type {
  Extension,
  SessionTransfer,
  ListedSession,
  Rotation,
} from '../../flows/model/session.ts';
import type { Sessions } from '../../flows/ports/sessions.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { challengeIsUnused } from '../passkeys/conditions.ts';
import { challengeValues, useChallenge } from '../passkeys/use.ts';
import { sessions, users } from '../schema.ts';
import { aliased, builder, changedRows, existsIn, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { createSessionCreation } from './create.ts';
import { createSessionEnd } from './end.ts';
import { MAX_SESSIONS } from './limit.ts';
import { findLive, isOwnLive, liveSession, sessionIsValid, type LiveRow } from './live.ts';
import { createSessionRevocation } from './revoke.ts';

const absoluteEndMs = () => sql`${sessions.createdAtMs} + ${param('absoluteMs')}`;
const newExpiryMs = () => sql`min(${param('nowMs')} + ${param('idleMs')}, ${absoluteEndMs()})`;

/** The session is this contract's, neither ended nor expired, and not at its absolute end. */
const mayGoOn = () =>
  and(
    eq(sessions.id, param('sessionId')),
    eq(sessions.contract, param('contract')),
    gt(sessions.expiresAtMs, param('nowMs')),
    gt(absoluteEndMs(), param('nowMs')),
    existsIn(users, sessionIsValid),
  );

type TransferValues = Pick<
  SessionTransfer,
  'sessionId' | 'contract' | 'nowMs' | 'idleMs' | 'absoluteMs' | 'presentedHash' | 'successorHash'
> &
  ReturnType<typeof challengeValues>;

/** The refresh token gives way to its successor. */
const successor = (expiresAtMs: SQL) => ({
  refreshHash: sql`${param('successorHash')}`,
  refreshGeneration: sql`${sessions.refreshGeneration} + 1`,
  refreshedAtMs: sql`${param('nowMs')}`,
  lastUsedAtMs: sql`${param('nowMs')}`,
  expiresAtMs,
});

const swapHash = statement<Pick<Rotation, keyof Rotation>>(() =>
  builder
    .update(sessions)
    .set(successor(newExpiryMs()))
    .where(and(mayGoOn(), eq(sessions.refreshHash, param('presentedHash')))),
);

const extend = statement<Pick<Extension, keyof Extension>>(() =>
  builder
    .update(sessions)
    .set({
      lastUsedAtMs: sql`${param('nowMs')}`,
      expiresAtMs: sql`max(${sessions.expiresAtMs}, ${newExpiryMs()})`,
    })
    .where(
      and(
        mayGoOn(),
        sql`(${param('refreshHash')} is null or ${sessions.refreshHash} = ${param('refreshHash')})`,
      ),
    ),
);

const swapByCode = statement<TransferValues>(() =>
  builder
    .update(sessions)
    .set(
      successor(
        sql`iif(${param('successorHash')} is null, ${sessions.expiresAtMs}, ${newExpiryMs()})`,
      ),
    )
    .where(
      and(
        mayGoOn(),
        sql`${sessions.refreshHash} is ${param('presentedHash')}`,
        challengeIsUnused(),
      ),
    ),
);
/** Right after the swap, whose change these follow. */
const useCode = useChallenge(() => sql`changes() > 0`);
const auditTransfer = insertAudit<{ sessionId: string }>(
  {
    action: 'SESSION_TRANSFERRED',
    reason: 'done',
    userId: sessions.userId,
    sessionId: sessions.id,
  },
  () => ({ from: sessions, where: and(eq(sessions.id, param('sessionId')), sql`changes() > 0`) }),
);

const provePassword = statement<{ sessionId: string; userId: number; nowMs: number }>(() =>
  builder
    .update(sessions)
    .set({ provenAtMs: sql`${param('nowMs')}` })
    .where(isOwnLive()),
);

const listLive = statement<{ userId: number; nowMs: number }>(() =>
  builder
    .select(
      aliased({
        id: sessions.id,
        contract: sessions.contract,
        startedAtMs: sessions.createdAtMs,
        lastUsedAtMs: sessions.lastUsedAtMs,
        address: sessions.address,
        userAgent: sessions.userAgent,
        name: sessions.name,
      }),
    )
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .where(and(eq(sessions.userId, param('userId')), gt(sessions.expiresAtMs, param('nowMs'))))
    .orderBy(desc(sessions.createdAtMs), sql`sessions.rowid desc`)
    .limit(MAX_SESSIONS),
);

type Renamed = { sessionId: string; userId: number; nowMs: number; name: string | null };

/** Changes no row where it has the name already, so that no event is written. */
const setName = statement<Renamed>(() =>
  builder
    .update(sessions)
    .set({ name: sql`${param('name')}` })
    .where(and(isOwnLive(), sql`${sessions.name} is not ${param('name')}`)),
);

const auditName = insertAudit<Renamed>(
  {
    action: 'SESSION_RENAMED',
    reason: 'done',
    userId: sql`${param('userId')}`,
    sessionId: sql`${param('sessionId')}`,
  },
  () => ({ where: sql`changes() > 0` }),
);

const findOwnLive = statement<Renamed>(() =>
  builder
    .select(aliased({ id: sessions.id }))
    .from(sessions)
    .where(isOwnLive()),
);

export function createSessions(database: D1Database): Sessions {
  return {
    ...createSessionCreation(database),
    ...createSessionEnd(database),
    ...createSessionRevocation(database),

    async live(sessionId, nowMs) {
      const { results } = await findLive.bind(database, { sessionId, nowMs }).all<LiveRow>();
      return liveSession(results);
    },

    async rotate(rotation) {
      const { sessionId, nowMs } = rotation;
      const [, found] = await database.batch<LiveRow>([
        swapHash.bind(database, { ...rotation }),
        findLive.bind(database, { sessionId, nowMs }),
      ]);
      return liveSession(found?.results ?? []);
    },

    async extend(extension) {
      const { sessionId, nowMs } = extension;
      const [extended, found] = await database.batch<LiveRow>([
        extend.bind(database, { ...extension }),
        findLive.bind(database, { sessionId, nowMs }),
      ]);
      const isExtended = changedRows(extended);
      return { session: liveSession(found?.results ?? []), isExtended };
    },

    async transfer({ code, meta, accountKey, ...swap }) {
      const values = {
        ...auditValues({ ...swap, meta, accountKey }),
        ...swap,
        ...challengeValues(code),
      };
      const write = async () => {
        const [swapped] = await database.batch([
          swapByCode.bind(database, values),
          useCode.bind(database, values),
          auditTransfer.bind(database, values),
        ]);
        return changedRows(swapped);
      };
      const { traceId } = values;
      const event = { action: 'SESSION_TRANSFERRED', traceId, onAudited: () => true } as const;
      return writeOrRecover(database, write, event);
    },

    async provePassword({ id: sessionId, userId }, nowMs) {
      const { meta } = await provePassword.bind(database, { sessionId, userId, nowMs }).run();
      return meta.changes > 0;
    },

    rename({ id: sessionId, userId, name }, context) {
      const values = { ...auditValues(context), sessionId, userId, name };
      const write = async () => {
        const [, , found] = await database.batch([
          setName.bind(database, values),
          auditName.bind(database, values),
          findOwnLive.bind(database, values),
        ]);
        return found !== undefined && found.results.length > 0;
      };
      const { traceId } = context.meta;
      const action = 'SESSION_RENAMED';
      return writeOrRecover(database, write, { action, traceId, onAudited: () => true });
    },

    async list(userId, nowMs) {
      const { results } = await listLive.bind(database, { userId, nowMs }).all<ListedSession>();
      return results;
    },
  };
}
