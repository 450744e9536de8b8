/** What a process keeps after thousands of logins, and what a refusal touches. */
import type { Built } from './build.ts';
import { burstsOf, cells, enduring, lockingBurst, type CellName } from './cells.ts';
import type { Counts } from './baseline/counted.ts';
import { seedDatabase, startServer } from './server.ts';
import { inspect } from './inspector.ts';
import type { Generator } from './load.ts';
import { residentKib } from './process.ts';

const STEP = 50;
const CALLERS = 4;

export interface Memory {
  logins: number;
  /** Resident set of the process after every fifty logins. */
  residentKib: number[];
  /** What the isolate's own heap holds after a collection, before and after. */
  heapBytes: [number, number];
}

export async function measureMemory(
  built: Built,
  generator: Generator,
  logins: { warmUp: number; measured: number },
): Promise<Memory> {
  const house = await startServer({ built, inhabitants: ['cut'], inspectorPort: 0 });
  try {
    await seedDatabase(house, 'cut');
    const inspector = await inspect(house, 'cut');
    const heap = async () => {
      await inspector.send('HeapProfiler.collectGarbage');
      const { usedSize } = (await inspector.send('Runtime.getHeapUsage')) as { usedSize: number };
      return usedSize;
    };
    let next = 1;
    const fire = async (amount: number) => {
      const wanted = { first: next, amount, callers: CALLERS };
      next += amount;
      await generator.fire(burstsOf(enduring, house.url('cut'), wanted)[1]);
    };
    await fire(logins.warmUp);
    const heapBefore = await heap();
    const samples: number[] = [];
    for (let done = 0; done < logins.measured; done += STEP) {
      await fire(STEP);
      samples.push(residentKib(house.pid));
    }
    const heapBytes: Memory['heapBytes'] = [heapBefore, await heap()];
    inspector.close();
    return { logins: logins.measured, residentKib: samples, heapBytes };
  } finally {
    await house.close();
  }
}

const COUNTED = ['cut', 'limited', 'remembered'] as const satisfies CellName[];
export type Touched = Record<(typeof COUNTED)[number], Counts & { requests: number }>;

/** Statements and guard calls of a few requests each. */
export async function countCalls(built: Built, generator: Generator): Promise<Touched> {
  const house = await startServer({ built, inhabitants: ['counted'] });
  try {
    await seedDatabase(house, 'counted');
    const origin = house.url('counted');
    await generator.fire(lockingBurst(origin, 1));
    const touched = {} as Touched;
    let first = 100;
    for (const name of COUNTED) {
      const wanted = { first, amount: 100, callers: 1 };
      first += 100;
      const [before, measured] = burstsOf(cells[name], origin, wanted);
      for (const burst of before) await generator.fire(burst);
      await takeCounts(origin);
      await generator.fire(measured);
      touched[name] = { ...(await takeCounts(origin)), requests: wanted.amount };
    }
    return touched;
  } finally {
    await house.close();
  }
}

async function takeCounts(origin: string): Promise<Counts> {
  const response = await fetch(`${origin}/counts`);
  return (await response.json()) as Counts;
}
