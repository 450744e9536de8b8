/** Measures what a process keeps after thousands of logins, and counts the calls of a refusal. */
import { residentKib } from '../process.ts';
import type { Counts } from './baseline/counted.ts';
import { burstsOf, cells, enduring, lockingBurst, type CellName } from './cells.ts';
import { inspect } from './inspector.ts';
import type { Generator } from './load.ts';
import { seedDatabase, startWorkers, type Scripts } from './workers.ts';

const STEP = 50;
const CALLERS = 4;

export interface Memory {
  logins: number;
  /** Resident set of the process after every STEP logins. */
  residentKib: number[];
  /** Used heap of the isolate after a collection, before and after the logins. */
  heapBytes: [before: number, after: number];
}

export async function measureMemory(
  scripts: Scripts,
  generator: Generator,
  logins: { warmUp: number; measured: number },
): Promise<Memory> {
  const server = await startWorkers(scripts, ['cut'], { inspectorPort: 0 });
  try {
    await seedDatabase(server);
    const inspector = await inspect(server, 'cut');
    const heap = async () => {
      await inspector.send('HeapProfiler.collectGarbage');
      return (await inspector.send<{ usedSize: number }>('Runtime.getHeapUsage')).usedSize;
    };
    let first = 1;
    const send = async (amount: number) => {
      const wanted = { first, amount, callers: CALLERS };
      first += amount;
      await generator.run(burstsOf(enduring, server.url(), wanted)[1]);
    };
    await send(logins.warmUp);
    const before = await heap();
    const samples: number[] = [];
    for (let done = 0; done < logins.measured; done += STEP) {
      await send(STEP);
      samples.push(residentKib(server.pid));
    }
    const after = await heap();
    inspector.close();
    return { logins: logins.measured, residentKib: samples, heapBytes: [before, after] };
  } finally {
    await server.close();
  }
}

const COUNTED = ['limited', 'remembered'] as const satisfies CellName[];
export type CallCounts = Record<(typeof COUNTED)[number], Counts & { requests: number }>;

/** Database statements and Durable Object calls of a hundred requests each. */
export async function countCalls(scripts: Scripts, generator: Generator): Promise<CallCounts> {
  const server = await startWorkers(scripts, ['counted']);
  try {
    await seedDatabase(server);
    const origin = server.url();
    const takeCounts = async () => (await (await fetch(`${origin}/counts`)).json()) as Counts;
    await generator.run(lockingBurst(origin, 1));
    const counts = {} as CallCounts;
    for (const [n, name] of COUNTED.entries()) {
      const wanted = { first: 100 * (n + 1), amount: 100, callers: 1 };
      const [before, burst] = burstsOf(cells[name], origin, wanted);
      for (const each of before) await generator.run(each);
      await takeCounts();
      await generator.run(burst);
      counts[name] = { ...(await takeCounts()), requests: wanted.amount };
    }
    return counts;
  } finally {
    await server.close();
  }
}
