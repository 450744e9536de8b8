/**
 * Records the statements that the store really sends for a login, so that the baseline that runs
 * them alone cannot drift from it.
 */
import { createAudit } from '../../src/store/audit.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { databaseAnswers } from '../../src/store/health.ts';
import { createUsers } from '../../src/store/users.ts';
import type { NewSession } from '../../src/flows/model/session.ts';

/** `{ name }` stands for a value that differs from request to request. */
type Value = string | number | null | { name: string };

export interface Statement {
  sql: string;
  values: Value[];
}

const PLACEHOLDER = 'value of ';
const placeholder = (name: string) => `${PLACEHOLDER}${name}` as never;

export async function statements(contract: string) {
  const nowMs = placeholder('nowMs');
  const sessionId = placeholder('sessionId');
  const [find] = await recorded((d1) =>
    createUsers(d1).find({ kind: 'email', value: placeholder('email') }, 'nearest'),
  );
  const open = await recorded((d1) =>
    createSessions(d1).open({
      account: {
        user: { id: placeholder('userId') },
        credentialVersion: placeholder('credentialVersion'),
      } as unknown as NewSession['account'],
      sessionId,
      contract,
      meta: {
        traceId: placeholder('traceId'),
        address: placeholder('address'),
        userAgent: placeholder('userAgent'),
        language: 'en',
        browser: placeholder('device'),
        device: null,
        registration: null,
      },
      accountKey: placeholder('subject'),
      expiries: {
        issuedAtMs: 0,
        accessExpiresAtMs: 0,
        refreshExpiresAtMs: null,
        sessionExpiresAtMs: placeholder('expiresAtMs'),
      },
      nowMs,
      requiresVerifiedEmail: false,
      refreshHash: null,
      renewedHash: null,
      secondFactor: null,
      passkey: null,
      stepIssuedAtMs: null,
    }),
  );
  const [known] = await recorded((d1) =>
    createAudit(d1).knowsDevice(
      { userId: placeholder('userId'), sessionId },
      { address: placeholder('address'), browser: placeholder('device') },
    ),
  );
  const [live] = await recorded((d1) => createSessions(d1).live(sessionId, nowMs));
  const [probe] = await recorded(databaseAnswers);
  if (!find || !known || !live || !probe) throw new Error('the store sent no statement');
  return { find, open, known, live, probe };
}

/** Calls the store with a database that returns nothing, and returns what it was sent. */
async function recorded(call: (d1: D1Database) => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const prepare = (sql: string) => ({
    bind: (...bound: (string | number | null)[]) => {
      const values = bound.map((value): Value =>
        typeof value === 'string' && value.startsWith(PLACEHOLDER)
          ? { name: value.slice(PLACEHOLDER.length) }
          : value,
      );
      const run = async () => {
        sent.push({ sql, values });
        return { results: [], meta: { changes: 1 } };
      };
      return { all: run, run };
    },
  });
  const batch = (all: { run(): Promise<unknown> }[]) => Promise.all(all.map((one) => one.run()));
  await call({ prepare, batch, withSession: () => ({ prepare }) } as unknown as D1Database);
  return sent;
}
