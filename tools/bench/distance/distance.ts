/**
 * Measures what a distance to database and Durable Objects costs each flow: how many round trips
 * its caller waits for, one after the other, and how long it takes in all.
 *
 * Round trips are counted with a network slower than everything else (test/fixtures/slow-network.ts),
 * latencies measured with the given distance. "Own" is the latency without the round trips: hash,
 * Worker, loopback. A call beside the hash is hidden by it, unless its way is longer than the hash;
 * then the difference is part of "own".
 */
import { median } from '../../statistics.ts';
import { figure, table } from '../../table.ts';
import { seedDatabase, startWorkers, type Scripts } from '../workers.ts';
import { createCaller } from './caller.ts';
import { flows } from './flows.ts';
import type { Distance, Network } from './network.ts';

const NAMES = { d1: 'database', guard: 'limits', mail: 'mail' } as const;
const FARTHEST_MS = 1000;

/** Parses `d1=80,guard=40,mail=75`; targets that are not named are at no distance. */
export function parseDistance(text: string): Distance {
  const distance: Distance = { database: 0, limits: 0, mail: 0, metrics: 0 };
  for (const part of text.split(',')) {
    const [, name, ms] = /^(d1|guard|mail)=(\d{1,4})$/.exec(part) ?? [];
    if (name === undefined || Number(ms) > FARTHEST_MS) {
      throw new Error(`--rtt takes milliseconds up to ${FARTHEST_MS}, as in d1=80,guard=40`);
    }
    distance[NAMES[name as keyof typeof NAMES]] = Number(ms);
  }
  return distance;
}

export async function measureDistance(
  scripts: Scripts,
  { distance, times }: { distance: Distance; times: number },
): Promise<string> {
  const server = await startWorkers(scripts, ['distant']);
  try {
    await seedDatabase(server, Object.keys(flows).length * (times + 2) + 1);
    const caller = createCaller(server.url());
    const rows = [];
    for (const [name, flow] of Object.entries(flows)) {
      const measure = async (network: Network) => {
        await caller.setNetwork(null);
        const request = await flow(caller);
        await caller.setNetwork(network);
        return caller.send(request);
      };
      const { trace } = await measure('slow');
      const networkMs = trace.way
        .filter(({ besideHash }) => !besideHash)
        .reduce((sum, { calls }) => sum + Math.max(...calls.map(({ to }) => distance[to])), 0);
      await measure(distance);
      const latenciesMs = [];
      for (let n = 0; n < times; n += 1) latenciesMs.push((await measure(distance)).tookMs);
      const p50Ms = median(latenciesMs);
      const { roundTrips, besideHash, calls, afterwards } = trace;
      const figures = [roundTrips, besideHash, calls, afterwards, p50Ms, p50Ms - networkMs];
      rows.push([name, ...figures.map(figure)]);
    }
    return table(
      ['', 'round trips', 'beside the hash', 'calls', 'after the response', 'p50 ms', 'own ms'],
      rows,
    );
  } finally {
    await server.close();
  }
}
