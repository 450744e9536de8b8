/** Counts the calls of a right login, and how many of them wait for one another. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallTrace } from '../../../test/fixtures/call-trace.ts';
import { createCaller } from '../distance/caller.ts';
import { PASSWORD } from '../workers.ts';
import { BASE_URL, copyOf, pathsOf, startWorkers, type Comparison } from './workers.ts';

const TRACED = [
  'gatehouse traced',
  'scrypt traced',
  'scrypt traced, joins',
  'pbkdf2 traced',
] as const;
export type Traced = (typeof TRACED)[number];

const LOGINS = 3;
const WARM_UP = 2;
/** Until background work that the runtime does not announce has been sent. */
const SETTLE_MS = 300;

export type Calls = Pick<CallTrace, 'roundTrips' | 'besideHash' | 'calls' | 'afterwards'>;

export async function countLoginCalls(comparison: Comparison): Promise<Record<Traced, Calls>> {
  const server = await startWorkers(comparison.scripts, TRACED, copyOf(comparison));
  try {
    const counts = {} as Record<Traced, Calls>;
    for (const name of TRACED) {
      const { newUser, send, setNetwork } = createCaller(server.url(name), SETTLE_MS);
      const login = () =>
        send({
          path: pathsOf(name).login,
          body: { email: newUser(), password: PASSWORD },
          origin: name === 'gatehouse traced' ? server.url(name) : BASE_URL,
          status: 200,
        });
      for (let n = 0; n < WARM_UP; n += 1) await login();
      await setNetwork('slow');
      await sleep(SETTLE_MS);
      const traces = [];
      for (let n = 0; n < LOGINS; n += 1) {
        const { roundTrips, besideHash, calls, afterwards } = (await login()).trace;
        traces.push({ roundTrips, besideHash, calls, afterwards });
      }
      const texts = new Set(traces.map((trace) => JSON.stringify(trace)));
      if (texts.size > 1) throw new Error(`${name}: calls differ: ${[...texts].join(', ')}`);
      [counts[name]] = traces as [Calls];
    }
    return counts;
  } finally {
    await server.close();
  }
}
