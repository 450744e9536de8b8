/** Records V8's CPU profile of one kind of request, with the names kept in the bundle. */
import { writeFileSync } from 'node:fs';
import { burstsOf, cells, lockingBurst, type CellName } from './cells.ts';
import { inspect } from './inspector.ts';
import type { Generator } from './load.ts';
import { tokensFor } from './rounds.ts';
import { seedDatabase, startWorkers, type Scripts } from './workers.ts';

const SAMPLE_EVERY_US = 100;

/** Writes `file`, which the developer tools of a browser open; returns a line about it. */
export async function profile(
  scripts: Scripts,
  generator: Generator,
  { name, file }: { name: string; file: string },
): Promise<string> {
  if (!(name in cells)) throw new Error(`--profile takes one of ${Object.keys(cells).join(', ')}`);
  const cell = cells[name as CellName];
  const server = await startWorkers(scripts, [cell.to], { inspectorPort: 0 });
  try {
    await seedDatabase(server);
    if (cell.to === 'app') await generator.run(lockingBurst(server.url(), 1));
    const amount = cell.hashes ? 50 : 1500;
    const burst = async (first: number, callers: number) => {
      const tokens = await tokensFor(cell, server, amount);
      const [before, burst] = burstsOf(cell, server.url(), { first, amount, callers, tokens });
      for (const each of before) await generator.run(each);
      return burst;
    };
    await generator.run(await burst(100, 4));
    const measured = await burst(5000, 1);
    const inspector = await inspect(server, cell.to);
    await inspector.send('Profiler.enable');
    await inspector.send('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
    await inspector.send('Profiler.start');
    const { tookMs } = await generator.run(measured);
    const { profile } = await inspector.send<{ profile: object }>('Profiler.stop');
    inspector.close();
    writeFileSync(file, JSON.stringify(profile));
    return `${cell.title}: ${amount} requests in ${Math.round(tookMs)} ms; profile in ${file}`;
  } finally {
    await server.close();
  }
}
