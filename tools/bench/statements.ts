/**
 * The statements of a login, taken down from what the store really sends: the floor that runs
 * them cannot drift away from it.
 */
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { databaseAnswers } from '../../src/store/health.ts';
import { createUsers } from '../../src/store/users.ts';
import type { Account } from '../../src/flows/model/user.ts';

/** A value that differs from request to request is kept by its name. */
type Value = string | number | null | { name: string };

export interface Statement {
  sql: string;
  values: Value[];
}

export async function loginStatements(contract: string) {
  const database = dictaphone();
  await createUsers(database.d1).find({ kind: 'email', value: mark('email') }, 'nearest');
  const [find] = database.take();
  if (find === undefined) throw new Error('the look-up sent no statement');

  const account = {
    user: { id: mark('userId') as unknown as number },
    credentialVersion: mark('credentialVersion') as unknown as number,
  } as Account;
  await createSessions(database.d1).open({
    account,
    sessionId: mark('sessionId'),
    contract,
    meta: {
      traceId: mark('traceId'),
      address: mark('address'),
      userAgent: mark('userAgent'),
      device: null,
      registration: null,
    },
    accountKey: mark('subject'),
    expiries: {
      issuedAtMs: 0,
      accessExpiresAtMs: 0,
      refreshExpiresAtMs: null,
      sessionExpiresAtMs: mark('expiresAtMs') as unknown as number,
    },
    nowMs: mark('nowMs') as unknown as number,
    requiresVerifiedEmail: false,
    refreshHash: null,
    renewedHash: null,
  });
  return { find, open: database.take() };
}

/** What a session check reads. */
export async function liveStatement(): Promise<Statement> {
  const database = dictaphone();
  await createSessions(database.d1).live(mark('sessionId'), mark('nowMs') as unknown as number);
  const [live] = database.take();
  if (live === undefined) throw new Error('the session check sent no statement');
  return live;
}

export async function probeSql(): Promise<string> {
  const database = dictaphone();
  await databaseAnswers(database.d1);
  return database.take()[0]?.sql ?? '';
}

const MARK = 'value of ';
const mark = (name: string) => MARK + name;

/** A database that answers everything with nothing, and remembers what it was asked. */
function dictaphone() {
  let sent: Statement[] = [];
  const prepare = (sql: string) => ({
    bind: (...bound: (string | number | null)[]) => {
      const values = bound.map((value): Value => {
        const marked = typeof value === 'string' && value.startsWith(MARK);
        return marked ? { name: value.slice(MARK.length) } : value;
      });
      const statement = { sql, values };
      const run = async () => {
        sent.push(statement);
        return { results: [], meta: {} };
      };
      return { ...statement, all: run, run };
    },
  });
  const d1 = {
    prepare,
    withSession: () => ({ prepare }),
    batch: async (statements: Statement[]) => {
      sent.push(...statements.map(({ sql, values }) => ({ sql, values })));
      return statements.map(() => ({ results: [], meta: { changes: 1 } }));
    },
  } as unknown as D1Database;
  const take = () => {
    const taken = sent;
    sent = [];
    return taken;
  };
  return { d1, take };
}
