/**
 * What a distance to database and guards makes of each flow: how often its caller waits for the
 * network, one wait after the other, and how long it takes in all.
 *
 * Counted with a network slower than everything else (test/fixtures/slow-network.ts), timed with the
 * distance that was asked for. "Own" is what is left without the round trips: the hash, the Worker,
 * loopback. A guard that answers beside the hash is hidden by it unless it is farther than the hash is
 * long; then the rest of its way is in there too.
 */
import type { Built } from '../build.ts';
import { seedDatabase, startServer } from '../server.ts';
import { figure, table } from '../report.ts';
import { median } from '../verdicts.ts';
import { createCaller } from './caller.ts';
import { flows } from './flows.ts';
import type { Distance } from './platform.ts';

export const EXAMPLE = 'd1=80,guard=40';
const NAMES = { d1: 'database', guard: 'limits', mail: 'mail' } as const;
const FARTHEST_MS = 1000;

/** `d1=80,guard=40,mail=75`; what is not named is here. */
export function distanceFrom(text: string): Distance {
  const distance: Distance = { database: 0, limits: 0, mail: 0, metrics: 0 };
  for (const part of text.split(',')) {
    const [, name, ms] = /^(d1|guard|mail)=(\d{1,4})$/.exec(part) ?? [];
    if (name === undefined || Number(ms) > FARTHEST_MS) {
      throw new Error(`--rtt takes milliseconds up to ${FARTHEST_MS}, as in ${EXAMPLE}`);
    }
    distance[NAMES[name as keyof typeof NAMES]] = Number(ms);
  }
  return distance;
}

export async function measureDistance(
  built: Built,
  { distance, times }: { distance: Distance; times: number },
): Promise<string> {
  const house = await startServer({ built, inhabitants: ['distant'] });
  try {
    const names = Object.keys(flows);
    await seedDatabase(house, 'distant', names.length * (times + 2) + 1);
    const caller = createCaller(house.url('distant'));
    const rows = [];
    for (const [name, flow] of Object.entries(flows)) {
      const travel = async (network: Distance | 'slow') => {
        await caller.travelBy(null);
        const ask = await flow(caller);
        await caller.travelBy(network);
        return caller.send(ask);
      };
      const { journey } = await travel('slow');
      const networkMs = journey.way
        .filter(({ besideHash }) => !besideHash)
        .reduce((sum, { calls }) => sum + Math.max(...calls.map(({ to }) => distance[to])), 0);
      await travel(distance);
      const latenciesMs = [];
      for (let n = 0; n < times; n += 1) latenciesMs.push((await travel(distance)).tookMs);
      const p50Ms = median(latenciesMs);
      const { roundTrips, besideHash, calls, afterwards } = journey;
      rows.push([
        name,
        ...[roundTrips, besideHash, calls, afterwards].map(String),
        figure(p50Ms),
        figure(p50Ms - networkMs),
      ]);
    }
    return table(
      ['', 'round trips', 'beside the hash', 'calls', 'after the answer', 'p50 ms', 'own ms'],
      rows,
    );
  } finally {
    await house.close();
  }
}
