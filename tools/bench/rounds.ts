/**
 * One round: a fresh house, warmed up, then every cell there and back again (so that a machine
 * that slows down or heats up does it to a cell and its floor alike), alone and with 16 callers.
 *
 * A round is over before a minute is: then the guards' alarms begin to clear addresses away, and
 * would be counted as somebody else's requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Built } from './build.ts';
import {
  burstsOf,
  cellNames,
  cells,
  lockingBurst,
  sessionsFor,
  type Cell,
  type CellName,
} from './cells.ts';
import { seedDatabase, startServer, type Server, type BenchUser } from './server.ts';
import type { Generator } from './load.ts';
import { cpuMs } from './process.ts';
import { openSessions } from './sessions.ts';

export const CALLERS = [1, 16] as const;
export type Callers = (typeof CALLERS)[number];

export interface Sample {
  cell: CellName;
  callers: Callers;
  round: number;
  requests: number;
  cpuMs: number;
  /** The generator's CPU as a share of the time that passed. */
  generatorShare: number;
  latenciesMs: number[];
}

interface RoundOptions {
  built: Built;
  generator: Generator;
  round: number;
  /** Shortens every slice. */
  pace: number;
}

const INHABITANTS: readonly BenchUser[] = ['app', 'cut', 'calls', 'derives', 'hono', 'no-op'];
const SETTLE_MS = 60;

export async function runRound({ built, generator, round, pace }: RoundOptions): Promise<Sample[]> {
  const house = await startServer({ built, inhabitants: INHABITANTS });
  try {
    await seedDatabase(house, 'app');
    let next = 1;
    const take = (amount: number) => (next += amount) - amount;
    await generator.fire(lockingBurst(house.url('app'), take(5)));

    const fire = async (name: CellName, amount: number, callers: number) => {
      const cell = cells[name];
      const tokens = await tokensFor(cell, house, amount);
      const wanted = { first: take(amount), amount, callers, tokens };
      const [before, measured] = burstsOf(cell, house.url(cell.to), wanted);
      for (const burst of before) await generator.fire(burst);
      await sleep(SETTLE_MS);
      const cpuBefore = cpuMs(house.pid);
      const fired = await generator.fire(measured);
      // What a request leaves behind (refunds, audit) belongs to it.
      await sleep(SETTLE_MS);
      return { ...fired, cpuMs: cpuMs(house.pid) - cpuBefore };
    };

    const aSecond = await warmUp(fire, pace);
    const samples: Sample[] = [];
    const way = round % 2 === 0 ? cellNames : cellNames.toReversed();
    for (const callers of CALLERS) {
      for (const name of [...way, ...way.toReversed()]) {
        const wanted = Math.round(aSecond[name] * cells[name].seconds * pace);
        // Whole waves: a last caller on its own would not be one of sixteen.
        const amount = Math.max(1, Math.round(wanted / callers)) * callers;
        const { latenciesMs, generatorCpuMs, tookMs, cpuMs } = await fire(name, amount, callers);
        const generatorShare = generatorCpuMs / tookMs;
        const requests = latenciesMs.length;
        samples.push({ cell: name, callers, round, requests, cpuMs, generatorShare, latenciesMs });
      }
    }
    return samples;
  } finally {
    await house.close();
  }
}

export async function tokensFor(cell: Cell, house: Server, amount: number): Promise<string[]> {
  const { token } = cell;
  if (token === undefined) return [];
  const sessions = await openSessions(house, sessionsFor(cell, amount));
  return sessions.map((session) => session[token.of]);
}

type Fire = (
  name: CellName,
  amount: number,
  callers: number,
) => Promise<{ tookMs: number; latenciesMs: number[] }>;

/** Until the JIT compilers are done; tells how many requests of each cell fit into a second. */
async function warmUp(fire: Fire, pace: number): Promise<Record<CellName, number>> {
  const rates = {} as Record<CellName, number>;
  for (const name of cellNames) {
    const hashed = name === 'right' || name === 'wrong' || name === 'derives';
    const amount = hashed ? 4 : Math.round(480 * Math.min(1, pace * 2));
    await fire(name, amount, hashed ? 1 : 4);
    const sample = await fire(name, hashed ? 4 : 40, 1);
    rates[name] = (sample.latenciesMs.length / sample.tookMs) * 1000;
  }
  return rates;
}
