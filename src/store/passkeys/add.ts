/** Registers passkeys: the passkey, its challenge and its event in one transaction. */
import { and, eq, not, sql } from 'drizzle-orm';
import type { Passkeys } from '../../flows/ports/passkeys.ts';
import { auditChange, changeEvent } from '../audit.ts';
import { passkeys, sessions } from '../schema.ts';
import { isOwnLive } from '../sessions/live.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { challengeIsUnused, isNamed, isOwned } from './conditions.ts';
import { challengeValues, useChallenge } from './use.ts';

type Session = { sessionId: string; userId: number; nowMs: number };
type Registration = Session & {
  passkeyId: string;
  credentialId: string;
  publicKey: string;
  signCount: number;
  isSyncable: number;
  transports: string;
  name: string | null;
  challengeId: string;
  maxPasskeys: number;
};

const isCurrent = () => and(existsIn(sessions, isOwnLive()), challengeIsUnused());
const isTaken = () => existsIn(passkeys, eq(passkeys.credentialId, param('credentialId')));

/** One statement is atomic: of two registrations at once, one gets the last place. */
const insertPasskey = statement<Registration>(() =>
  insertSelect(
    passkeys,
    {
      id: param('passkeyId'),
      userId: param('userId'),
      credentialId: param('credentialId'),
      publicKey: param('publicKey'),
      signCount: param('signCount'),
      isSyncable: param('isSyncable'),
      transports: param('transports'),
      name: param('name'),
      createdAtMs: param('nowMs'),
    },
    {
      where: and(
        isCurrent(),
        not(isTaken()),
        sql`(select count(*) from ${passkeys} where ${isOwned()}) < ${param('maxPasskeys')}`,
      ),
    },
  ),
);

type Result = Awaited<ReturnType<Passkeys['add']>>;

/** The id is random, so a passkey that has it was inserted by this batch. */
const isAdded = () => existsIn(passkeys, isNamed());

const useAtRegistration = useChallenge<{ passkeyId: string; userId: number }>(isAdded);

const findResult = statement<Registration>(() =>
  builder
    .select({
      result: sql<Result>`case when ${isAdded()} then 'added' when not (${isCurrent()}) then 'stale'
        when ${isTaken()} then 'taken' else 'full' end`.as('result'),
    })
    .from(sql`(select 1)`),
);

export function createPasskeyRegistration(
  database: D1Database,
  { maxPasskeys }: { maxPasskeys: number },
): Pick<Passkeys, 'add'> {
  return {
    add({ id: sessionId, user }, { id: passkeyId, ...passkey }, { challenge, ...context }) {
      const event = changeEvent('PASSKEY_ADDED', user.id, context);
      const values = {
        ...challengeValues(challenge),
        ...passkey,
        isSyncable: Number(passkey.isSyncable),
        transports: JSON.stringify(passkey.transports),
        passkeyId,
        userId: user.id,
        sessionId,
        nowMs: context.nowMs,
        maxPasskeys,
      };
      const write = async () => {
        const [, , , found] = await database.batch<{ result: Result }>([
          insertPasskey.bind(database, values),
          auditChange.bind(database, event),
          useAtRegistration.bind(database, values),
          findResult.bind(database, values),
        ]);
        return found?.results[0]?.result ?? 'stale';
      };
      const { action, traceId } = event;
      return writeOrRecover(database, write, { action, traceId, onAudited: () => 'added' });
    },
  };
}
