/** Measures an import of users into a new local database: its time, and whether memory grows. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createImportDatabase } from '../../test/fixtures/user-imports.ts';
import { figure, table } from '../table.ts';

/** Growth with the number of users shows between the two. */
const SIZES = [10_000, 100_000];
const MIB = 2 ** 20;
/** Progress reports between two measurements of the heap. */
const LIVE_EVERY = 5_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function benchImport(): Promise<string> {
  const rows = [];
  for (const count of SIZES) {
    const { seconds, peakMib, liveMib } = await measureImport(count);
    rows.push([count, seconds, Math.round(count / seconds), peakMib, liveMib].map(figure));
  }
  return table(['users', 'seconds', 'users/s', 'peak RSS, MiB', 'most live heap, MiB'], rows);
}

async function measureImport(count: number) {
  const { directory, importFile, read, close } = await createImportDatabase();
  try {
    const file = join(directory, 'users.csv');
    await pipeline(users(count), createWriteStream(file));
    let peak = 0;
    let live = 0;
    let reports = 0;
    const sample = () => {
      reports += 1;
      peak = Math.max(peak, process.memoryUsage.rss());
      if (reports % LIVE_EVERY !== 0) return;
      collectGarbage();
      live = Math.max(live, process.memoryUsage().heapUsed);
    };
    const startedMs = performance.now();
    await importFile(file, { progress: () => ({ at: sample, end: sample }) });
    const seconds = (performance.now() - startedMs) / 1000;
    const [stored] = await read('SELECT count(*) AS n FROM users');
    if (stored?.['n'] !== count) throw new Error(`stored ${stored?.['n']} of ${count} users`);
    return { seconds, peakMib: peak / MIB, liveMib: live / MIB };
  } finally {
    await close();
  }
}

function* users(count: number): Generator<string> {
  yield 'username,email,name,password_hash,email_verified,created_at,role\n';
  for (let n = 0; n < count; n += 1) {
    const hash = `$2b$12$${String(n).padStart(53, 'a')}`;
    yield `user${n},user${n}@example.com,"User, ${n}",${hash},true,2024-01-15T10:30:00Z,role-${n % 7}\n`;
  }
}
