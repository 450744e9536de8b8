/**
 * Changes passkeys. Each change is one transaction. Where several statements depend on one condition,
 * the statement that ends the condition comes last.
 */
import { and, isNotNull, isNull, not, or, sql } from 'drizzle-orm';
import type { AuditContext } from '../../flows/model/audit.ts';
import type { Passkey } from '../../flows/model/passkey.ts';
import type { Passkeys } from '../../flows/ports/passkeys.ts';
import {
  isActive,
  isUser,
  isVerified,
  userIsVerified,
  verified,
  type Verified,
} from '../account-conditions.ts';
import { auditChange, changeEvent } from '../audit.ts';
import { hasTotp, isOwned as isFactorOfUser, isRecoveryCode } from '../factors/conditions.ts';
import { factors, passkeys, sessions, users } from '../schema.ts';
import { isOwnLive } from '../sessions/live.ts';
import { aliased, builder, changedRows, existsIn, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { createPasskeyRegistration } from './add.ts';
import { isNamed, isOther, passkeyIsPresented, staysReachable } from './conditions.ts';
import { passkeyColumns, passkeyOf, type PasskeyRow } from './row.ts';
import { passkeyValues, usePasskey } from './use.ts';

const storeHandle = statement<{ userId: number; fresh: string }>(() =>
  builder
    .update(users)
    .set({ passkeyHandle: sql`${param('fresh')}` })
    .where(and(isUser(), isNull(users.passkeyHandle))),
);

const findHandle = statement<{ userId: number }>(() =>
  builder
    .select(aliased({ handle: users.passkeyHandle }))
    .from(users)
    .where(isUser()),
);

type Named = Verified & { passkeyId: string };

/** Changes no row where it has the name already, so that no event is written. */
const setName = statement<Named & { name: string }>(() =>
  builder
    .update(passkeys)
    .set({ name: sql`${param('name')}` })
    .where(and(isNamed(), userIsVerified(), sql`${passkeys.name} is not ${param('name')}`)),
);

const findNamed = statement<Named>(() =>
  builder.select(aliased(passkeyColumns)).from(passkeys).where(and(isNamed(), userIsVerified())),
);

const mayRemove = () =>
  existsIn(
    users,
    and(isVerified(), isActive, or(isNotNull(users.passwordHash), staysReachable(isOther))),
  );

/** Before its removal: beside neither an app nor a passkey the codes would be asked for, and not be renewed. */
const deleteCodesOfLast = statement<Named>(() =>
  builder
    .delete(factors)
    .where(
      and(
        isFactorOfUser(),
        isRecoveryCode,
        not(hasTotp()),
        existsIn(passkeys, isNamed()),
        not(existsIn(passkeys, isOther())),
        mayRemove(),
      ),
    ),
);

const deletePasskey = statement<Named>(() =>
  builder.delete(passkeys).where(and(isNamed(), mayRemove())),
);

const isInSession = () => and(existsIn(sessions, isOwnLive()), passkeyIsPresented());

type SessionUse = { sessionId: string } & ReturnType<typeof passkeyValues> & {
    userId: number;
    nowMs: number;
  };

const markSession = statement<SessionUse>(() =>
  builder
    .update(sessions)
    .set({ provenAtMs: sql`${param('nowMs')}`, secondFactorAtMs: sql`${param('nowMs')}` })
    .where(and(isOwnLive(), passkeyIsPresented())),
);

const useInSession = usePasskey<{ sessionId: string }>(isInSession);

/** `maxPasskeys`: of an account. */
export function createPasskeys(database: D1Database, limits: { maxPasskeys: number }): Passkeys {
  return {
    ...createPasskeyRegistration(database, limits),

    async handleOf(userId, fresh) {
      const [, found] = await database.batch<{ handle: string }>([
        storeHandle.bind(database, { userId, fresh }),
        findHandle.bind(database, { userId }),
      ]);
      return found?.results[0]?.handle ?? null;
    },

    async rename(account, { id: passkeyId, name }, context) {
      const event = changeEvent('PASSKEY_RENAMED', account.user.id, context);
      const values = { ...verified(account), passkeyId, name };
      const read = findNamed.bind(database, values);
      const write = async () => {
        const [, , found] = await database.batch<PasskeyRow>([
          setName.bind(database, values),
          auditChange.bind(database, event),
          read,
        ]);
        return shownIn(found);
      };
      const { action, traceId } = event;
      const renamed = await writeOrRecover<Passkey | null | 'audited'>(database, write, {
        action,
        traceId,
        onAudited: () => 'audited',
      });
      return renamed === 'audited' ? shownIn(await read.all<PasskeyRow>()) : renamed;
    },

    remove(account, passkeyId, context) {
      const event = changeEvent('PASSKEY_REMOVED', account.user.id, context);
      const values = { ...verified(account), passkeyId };
      const write = async () => {
        const [, removed, , left] = await database.batch([
          deleteCodesOfLast.bind(database, values),
          deletePasskey.bind(database, values),
          auditChange.bind(database, event),
          findNamed.bind(database, values),
        ]);
        if (changedRows(removed)) return 'removed';
        return left?.results.length === 0 ? 'stale' : 'last-way-in';
      };
      const { action, traceId } = event;
      return writeOrRecover(database, write, { action, traceId, onAudited: () => 'removed' });
    },

    prove({ id: sessionId, user }, use, context: AuditContext) {
      const event = changeEvent('REAUTHENTICATED', user.id, context);
      const { nowMs } = context;
      const values = { ...passkeyValues(use), sessionId, userId: user.id, nowMs };
      const write = async () => {
        const [marked] = await database.batch([
          markSession.bind(database, values),
          auditChange.bind(database, { ...event, reason: 'passkey' }),
          ...useInSession(database, values),
        ]);
        return changedRows(marked);
      };
      const { action, traceId } = event;
      return writeOrRecover(database, write, { action, traceId, onAudited: () => true });
    },
  };
}

function shownIn(found: D1Result<PasskeyRow> | undefined): Passkey | null {
  const [row] = found?.results ?? [];
  return row === undefined ? null : passkeyOf(row);
}
