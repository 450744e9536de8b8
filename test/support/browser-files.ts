/**
 * Accounts and client addresses of each browser test file. Files run in parallel against one
 * server, where accounts are locked and addresses limited, so none shares either with another.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DemoAccount } from '../fixtures/demo-accounts.ts';
import { root } from '../../tools/install.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    origin: string;
    /** The port of the server of frontends: support/frontend-server.ts. */
    frontendPort: number;
    /** Null: a browser installed on this machine. */
    browserPath: string | null;
  }
}

export interface TestUser extends DemoAccount {
  username: string;
}

const PASSWORD = 'a tall green lamp by the door';

/** The setting OPERATORS of the server: browser-server.ts. */
export const OPERATOR_ROLES = {
  read: { id: 'role-support', name: 'Support' },
  write: { id: 'role-operations', name: 'Operations' },
};

const files = readdirSync(join(root, 'test', 'browser'))
  .filter((name) => name.endsWith('.test.ts'))
  .toSorted();

/** Every contract admits `ada` and `ben`; `unregistered` has no account. */
export function usersOf(file: string) {
  const stem = basename(file, '.test.ts');
  const user = (name: string, state: Partial<DemoAccount> = {}): TestUser => ({
    username: `${stem}.${name}`,
    email: `${name}@${stem}.example`,
    password: PASSWORD,
    createdAt: '2025-10-30T09:00:00.000Z',
    ...state,
  });
  return {
    ada: user('ada', { name: 'Ada Example' }),
    ben: user('ben'),
    cleo: user('cleo'),
    dora: user('dora'),
    elsa: user('elsa'),
    /** Has to set up a second factor: support/browser-server.ts. */
    admin: user('admin', { isAdmin: true }),
    operator: user('operator', { role: OPERATOR_ROLES.write }),
    newOperator: user('new-operator', { role: OPERATOR_ROLES.write }),
    writer: user('writer', { role: OPERATOR_ROLES.write }),
    reader: user('reader', { role: OPERATOR_ROLES.read }),
    searcher: user('searcher', { role: OPERATOR_ROLES.write }),
    auditor: user('auditor', { role: OPERATOR_ROLES.read }),
    inactive: user('inactive', { status: 'inactive' }),
    unverified: user('unverified', { emailVerified: false }),
    unregistered: user('unregistered'),
  };
}

export type TestUsers = ReturnType<typeof usersOf>;

/** Added to the database before the server starts. */
export const accounts: readonly DemoAccount[] = files.flatMap((file) => {
  const { unregistered: _, ...users } = usersOf(file);
  return Object.values(users);
});

/** Returns the address of a file's nth browser, from the range for benchmarks (RFC 2544). */
export function addressOf(file: string, n: number): string {
  const index = files.indexOf(basename(file));
  if (index < 0 || n > 254) throw new Error(`no address left for browser ${n} of ${file}`);
  return `198.18.${index}.${n}`;
}
