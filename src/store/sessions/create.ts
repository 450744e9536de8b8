/**
 * Creates sessions: session, last login, renewed hash, audit and the end of the oldest sessions
 * beyond the limit in one transaction (a D1 batch).
 *
 * The batch is fenced: the session is inserted only while the account is still the one whose
 * password or passkey was verified, and the other statements act only if the session was inserted.
 */
import { and, eq, not, or, sql, type SQL } from 'drizzle-orm';
import type { FactorUse } from '../../flows/model/factor.ts';
import type { PasskeyUse } from '../../flows/model/passkey.ts';
import type { LiveSession, NewSession } from '../../flows/model/session.ts';
import type { Sessions } from '../../flows/ports/sessions.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { isConfirmed, isPresented, userIsEnrolled } from '../factors/conditions.ts';
import { NO_FACTOR, useFactor, useValues } from '../factors/use.ts';
import { passkeyIsPresented } from '../passkeys/conditions.ts';
import { passkeyValues, usePasskey } from '../passkeys/use.ts';
import { factors, sessions, users } from '../schema.ts';
import { builder, changedRows, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { endSurplus, isCreated } from './limit.ts';

const USER_AGENT_LENGTH = 256;

/** The values that every statement of `insertSession` takes from the new session. */
export const sessionValues = ({
  sessionId,
  expiries,
  refreshHash,
  meta,
}: Pick<NewSession, 'sessionId' | 'expiries' | 'refreshHash' | 'meta'>) => ({
  sessionId,
  expiresAtMs: expiries.sessionExpiresAtMs,
  refreshHash,
  userAgent: meta.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
  secondFactorAtMs: null as number | null,
  openedBy: 'password' as LiveSession['openedBy'],
});

type SessionValues = ReturnType<typeof auditValues> & ReturnType<typeof sessionValues>;

/** Builds the insertion of a session for the user who meets `isOwner`, or of none. */
export const insertSession = <Values>(isOwner: () => SQL | undefined) =>
  statement<SessionValues & Values>(() =>
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
        provenAtMs: param('nowMs'),
        secondFactorAtMs: param('secondFactorAtMs'),
        openedBy: param('openedBy'),
      },
      { from: users, where: isOwner() },
    ),
  );

type Owner = { userId: number; credentialVersion: number; verifiedAtLeast: number };

const isOwner = () =>
  and(
    eq(users.id, param('userId')),
    eq(users.credentialVersion, param('credentialVersion')),
    eq(users.status, 'active'),
    sql`${users.emailVerified} >= ${param('verifiedAtLeast')}`,
  );

const insertByPassword = insertSession<
  Owner & {
    factorId: string | null;
    factorKind: string | null;
    step: number;
    stepIssuedAtMs: number | null;
  }
>(() =>
  and(
    isOwner(),
    or(
      existsIn(factors, and(isPresented(), isConfirmed)),
      and(
        not(userIsEnrolled()),
        // A first factor is confirmed by the login that it was enrolled at.
        sql`(${param('factorId')} is null or ${existsIn(factors, isPresented())})`,
      ),
    ),
    sql`(${param('stepIssuedAtMs')} is null
      or coalesce(${users.lastLoginAtMs}, 0) <= ${param('stepIssuedAtMs')})`,
  ),
);

/** A passkey is both factors: no other one is asked for. */
const insertByPasskey = insertSession<Owner & { passkeyId: string; challengeId: string }>(() =>
  and(isOwner(), passkeyIsPresented()),
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

export const auditLogin = insertAudit<{ sessionId: string }>(
  {
    action: 'LOGIN',
    reason: sql`iif(${sessions.openedBy} = 'passkey', 'passkey', 'granted')`,
    userId: sessions.userId,
    sessionId: sessions.id,
  },
  () => ({ from: sessions, where: isCreated() }),
);

const commonValues = ({ account, secondFactor, passkey, ...session }: NewSession) => ({
  ...auditValues(session),
  ...sessionValues(session),
  userId: account.user.id,
  credentialVersion: account.credentialVersion,
  verifiedAtLeast: session.requiresVerifiedEmail ? 1 : 0,
  renewedHash: session.renewedHash,
  stepIssuedAtMs: session.stepIssuedAtMs,
  secondFactorAtMs: secondFactor === null && passkey === null ? null : session.nowMs,
  openedBy: passkey === null ? ('password' as const) : ('passkey' as const),
});

const sessionIsCreated = () => existsIn(sessions, isCreated());
const useFactorAtLogin = useFactor(sessionIsCreated);
const usePasskeyAtLogin = usePasskey<{ sessionId: string }>(sessionIsCreated);

type Common = ReturnType<typeof commonValues>;

/** `uses`: use up what was presented, where the session was inserted. */
interface Insertion {
  insert: D1PreparedStatement;
  uses: D1PreparedStatement[];
}

export function createSessionCreation(database: D1Database): Pick<Sessions, 'open'> {
  const byPassword = (common: Common, secondFactor: FactorUse | null): Insertion => {
    const factor = secondFactor === null ? NO_FACTOR : useValues(secondFactor);
    const values = { ...common, ...factor, useReason: 'login' };
    return {
      insert: insertByPassword.bind(database, values),
      uses: secondFactor === null ? [] : useFactorAtLogin(database, values),
    };
  };
  const byPasskey = (common: Common, passkey: PasskeyUse): Insertion => {
    const values = { ...common, ...passkeyValues(passkey) };
    return {
      insert: insertByPasskey.bind(database, values),
      uses: usePasskeyAtLogin(database, values),
    };
  };

  return {
    async open(session) {
      const values = commonValues(session);
      const { secondFactor, passkey } = session;
      const { insert, uses } =
        passkey === null ? byPassword(values, secondFactor) : byPasskey(values, passkey);
      const write = async () => {
        const [inserted] = await database.batch([
          insert,
          updateUser.bind(database, values),
          auditLogin.bind(database, values),
          ...uses,
          ...endSurplus.map((each) => each.bind(database, values)),
        ]);
        return changedRows(inserted);
      };
      const { traceId } = values;
      return writeOrRecover(database, write, { action: 'LOGIN', traceId, onAudited: () => true });
    },
  };
}
