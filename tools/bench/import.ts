/** `--import`: brings users into a fresh local database; how long it takes, and whether memory grows. */
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { root } from '../install.mjs';
import { openDatabase } from '../users/database.ts';
import { importUsers } from '../users/import.ts';

/** A tenth first: what grows with the number of users shows between the two. */
const SIZES = [10_000, 100_000];
const MIB = 2 ** 20;
/** Records; what is garbage is no growth, so that it is collected before every look at the heap. */
const LIVE_EVERY = 5_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export async function benchImport(): Promise<string> {
  const lines = [
    '| users | seconds | users/s | peak RSS, MiB | most live heap, MiB |',
    '| ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const count of SIZES) {
    const { seconds, peakMib, liveMib } = await oneImport(count);
    const rate = Math.round(count / seconds);
    lines.push(
      `| ${count} | ${seconds.toFixed(1)} | ${rate} | ${peakMib.toFixed(0)} | ${liveMib.toFixed(0)} |`,
    );
  }
  return lines.join('\n');
}

async function oneImport(count: number) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const database = await openDatabase({ remote: false, persistTo: directory });
  try {
    const migrations = readdirSync(join(root, 'migrations')).filter((name) =>
      name.endsWith('.sql'),
    );
    for (const name of migrations.toSorted()) {
      const sql = readFileSync(join(root, 'migrations', name), 'utf8');
      await database.write(sql.split('--> statement-breakpoint').map((part) => ({ sql: part })));
    }
    const file = join(directory, 'users.csv');
    await pipeline(users(count), createWriteStream(file));

    let peak = 0;
    let live = 0;
    let looks = 0;
    const look = () => {
      looks += 1;
      peak = Math.max(peak, process.memoryUsage.rss());
      if (looks % LIVE_EVERY !== 0) return;
      collect();
      live = Math.max(live, process.memoryUsage().heapUsed);
    };
    const began = performance.now();
    const outcome = await importUsers({
      file,
      database,
      skipRefused: false,
      dryRun: false,
      setCosts: () => undefined,
      onRefused: ({ line, reason }) => console.error(`line ${line}: ${reason}`),
      progress: () => ({ at: look, end: look }),
    });
    const seconds = (performance.now() - began) / 1000;
    const [stored] = await database.read({ sql: 'SELECT count(*) AS n FROM users' });
    if (outcome.imported !== count || stored?.['n'] !== count) {
      throw new Error(
        `${outcome.imported} of ${count} users were imported, ${stored?.['n']} are stored`,
      );
    }
    return { seconds, peakMib: peak / MIB, liveMib: live / MIB };
  } finally {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function* users(count: number): Generator<string> {
  yield 'username,email,name,password_hash,email_verified,created_at,role\n';
  for (let at = 0; at < count; at += 1) {
    const hash = `$2b$12$${String(at).padStart(53, 'a')}`;
    yield `user${at},user${at}@example.com,"User, ${at}",${hash},true,2024-01-15T10:30:00Z,role-${at % 7}\n`;
  }
}
