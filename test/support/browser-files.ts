/**
 * What each browser test file has to itself. Files run in parallel against one server, where
 * accounts are locked and addresses limited.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DemoAccount } from '../fixtures/demo-accounts.ts';
import { root } from '../../tools/install.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    origin: string;
    /** Null: a browser of this machine. */
    browserPath: string | null;
  }
}

export interface Person extends DemoAccount {
  username: string;
}

const PASSWORD = 'a tall green lamp by the door';

const files = readdirSync(join(root, 'test', 'browser'))
  .filter((name) => name.endsWith('.test.ts'))
  .toSorted();

/** Every contract admits `ada` and `ben`; `nobody` has no account. */
export function peopleOf(file: string) {
  const stem = basename(file, '.test.ts');
  const person = (name: string, state: Partial<DemoAccount> = {}): Person => ({
    username: `${stem}.${name}`,
    email: `${name}@${stem}.example`,
    password: PASSWORD,
    createdAt: '2025-10-30T09:00:00.000Z',
    ...state,
  });
  return {
    ada: person('ada', { name: 'Ada Example' }),
    ben: person('ben'),
    inactive: person('inactive', { status: 'inactive' }),
    unverified: person('unverified', { emailVerified: false }),
    nobody: person('nobody'),
  };
}

export type People = ReturnType<typeof peopleOf>;

/** Added to the database before the server starts. */
export const accounts: readonly DemoAccount[] = files.flatMap((file) => {
  const { nobody: _, ...people } = peopleOf(file);
  return Object.values(people);
});

/** From the range for benchmarks (RFC 2544). */
export function addressOf(file: string, meta: number): string {
  const index = files.indexOf(basename(file));
  if (index < 0 || meta > 254) throw new Error(`no address left for visit ${meta} of ${file}`);
  return `198.18.${index}.${meta}`;
}
