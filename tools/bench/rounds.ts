/**
 * Measures the cells of a table in rounds. A round has a fresh server, is warmed up, and measures
 * every cell there and back again, so that a machine that slows down does so to a cell and its
 * baseline alike; first with one caller, then with sixteen.
 *
 * A round takes less than a minute: then the alarms of the rate limiter begin to delete addresses,
 * and would be counted as the CPU of other requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs } from '../process.ts';
import type { Server } from '../server.ts';
import { median, quantile } from '../statistics.ts';
import { burstsOf, type Cell } from './cells.ts';
import type { Generator } from './load.ts';
import { passkeyLogins } from './passkeys.ts';
import { openSessions, type OpenSession } from './sessions.ts';
import { waitingLogins } from './steps.ts';

export const CALLERS = [1, 16] as const;
export type Callers = (typeof CALLERS)[number];

export interface Sample<Name extends string = string> {
  cell: Name;
  callers: Callers;
  round: number;
  requests: number;
  cpuMs: number;
  /** The generator's CPU as a share of the time that passed. */
  generatorShare: number;
  latenciesMs: number[];
}

interface RoundOptions<Name extends string> {
  cells: Record<Name, Cell>;
  server: Server;
  generator: Generator;
  round: number;
  /** A factor on the duration of every measurement. */
  pace: number;
}

const SETTLE_MS = 60;
const FEW_SESSIONS = 16;

export async function tokensFor({ token }: Cell, server: Server, amount: number) {
  if (token === undefined) return [];
  if (token.of === 'assertion') return passkeyLogins(server, amount);
  if (token.of === 'login' || token.of === 'proof') {
    return waitingLogins(server, { amount, of: token.of });
  }
  const sessions = await openSessions(server, token.own ? amount : FEW_SESSIONS);
  return sessions.map((session) => session[token.of as keyof OpenSession]);
}

export async function runRound<Name extends string>(
  options: RoundOptions<Name>,
): Promise<Sample<Name>[]> {
  const { cells, server, generator, round, pace } = options;
  const names = Object.keys(cells) as Name[];
  let next = 100;

  const measure = async (cell: Name, amount: number, callers: number) => {
    const tokens = await tokensFor(cells[cell], server, amount);
    const first = (next += amount) - amount;
    const wanted = { first, amount, callers, tokens };
    const [before, burst] = burstsOf(cells[cell], server.url(cells[cell].to), wanted);
    for (const each of before) await generator.run(each);
    await sleep(SETTLE_MS);
    const cpuBefore = cpuMs(server.pid);
    const result = await generator.run(burst);
    // Work after the response (refunds, audit) is part of a request's cost.
    await sleep(SETTLE_MS);
    return { ...result, cpuMs: cpuMs(server.pid) - cpuBefore };
  };

  // Until the JIT compilers are done.
  const perSecond = {} as Record<Name, number>;
  for (const name of names) {
    const { hashes } = cells[name];
    await measure(name, hashes ? 4 : Math.round(480 * Math.min(1, pace * 2)), hashes ? 1 : 4);
    const { latenciesMs } = await measure(name, hashes ? 4 : 40, 1);
    perSecond[name] = 1000 / (latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length);
  }

  const samples: Sample<Name>[] = [];
  const order = round % 2 === 0 ? names : names.toReversed();
  for (const callers of CALLERS) {
    for (const cell of [...order, ...order.toReversed()]) {
      if (callers !== 1 && cells[cell].alone) continue;
      const wanted = perSecond[cell] * cells[cell].seconds * pace;
      // A multiple of the callers: a last one on its own would not be one of sixteen.
      const requests = Math.max(1, Math.round(wanted / callers)) * callers;
      const { generatorCpuMs, tookMs, ...rest } = await measure(cell, requests, callers);
      const generatorShare = generatorCpuMs / tookMs;
      const { latenciesMs, cpuMs } = rest;
      samples.push({ cell, callers, round, requests, cpuMs, generatorShare, latenciesMs });
    }
  }
  return samples;
}

/** The figures of one cell over all rounds. */
export function figureOf<Name extends string>(
  samples: readonly Sample<Name>[],
  cell: Name,
  callers: Callers,
) {
  const own = samples.filter((sample) => sample.cell === cell && sample.callers === callers);
  const sum = (all: readonly Sample[], of: 'cpuMs' | 'requests') =>
    all.reduce((total, sample) => total + sample[of], 0);
  const latencies = own.flatMap(({ latenciesMs }) => latenciesMs);
  const rounds = [...Map.groupBy(own, ({ round }) => round).values()];
  const cpuMsOfRounds = rounds.map((some) => sum(some, 'cpuMs') / sum(some, 'requests'));
  return {
    cell,
    callers,
    requests: latencies.length,
    cpuMs: median(cpuMsOfRounds),
    cpuMsOfRounds,
    p50Ms: median(latencies),
    p99Ms: quantile(latencies, 0.99),
    generatorShare: Math.max(...own.map(({ generatorShare }) => generatorShare)),
  };
}
