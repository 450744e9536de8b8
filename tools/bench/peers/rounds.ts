/**
 * One round: a fresh house, warmed up, then every kind of request there and back again, alone and
 * with 16 callers, each from an address that nobody has used. A round is over before the guards'
 * alarms clear addresses away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { USERS } from '../server.ts';
import type { Generator } from '../load.ts';
import { cpuMs } from '../process.ts';
import { startPeers, type BenchUser, type PeersBuilt } from './server.ts';
import { bodyOf, headers, pathsOf, subjectNames } from './subjects.ts';

export const CALLERS = [1, 16] as const;
export type Callers = (typeof CALLERS)[number];

const kinds = {
  right: { email: 'right-{n}@bench.example', password: undefined, status: 200 },
  wrong: { email: 'right-{n}@bench.example', password: 'not the password', status: 401 },
  unknown: { email: 'nobody-{n}@bench.example', password: 'not the password', status: 401 },
  cut: { email: 'cut-{n}@bench.example', password: undefined, status: 200 },
  floor: { email: '', password: undefined, status: 200 },
} as const;

type Kind = keyof typeof kinds;

interface Cell {
  to: BenchUser;
  kind: Kind;
  /** How many requests with one caller, on the way there and on the way back. */
  amount: number;
  crowd: boolean;
}

const cells: readonly Cell[] = [
  ...subjectNames.map((to) => ({ to, kind: 'right' as const, amount: 14, crowd: true })),
  { to: 'derives alone', kind: 'floor', amount: 14, crowd: true },
  { to: 'scrypt alone', kind: 'floor', amount: 14, crowd: true },
  ...subjectNames.flatMap((to) =>
    (['wrong', 'unknown'] as const).map((kind) => ({ to, kind, amount: 10, crowd: false })),
  ),
  { to: 'cut', kind: 'cut', amount: 200, crowd: true },
  { to: 'pbkdf2-cut', kind: 'cut', amount: 200, crowd: true },
  { to: 'pbkdf2-cut, kept', kind: 'cut', amount: 200, crowd: true },
  { to: 'no-op', kind: 'floor', amount: 400, crowd: true },
];

export interface Sample {
  to: BenchUser;
  kind: Kind;
  callers: Callers;
  round: number;
  requests: number;
  cpuMs: number;
  latenciesMs: number[];
}

interface RoundOptions {
  built: PeersBuilt;
  generator: Generator;
  furnished: string;
  round: number;
  /** Shortens every slice. */
  pace: number;
}

const SETTLE_MS = 60;

export async function runRound(options: RoundOptions): Promise<Sample[]> {
  const { built, generator, furnished, round, pace } = options;
  const inhabitants = [...new Set(cells.map(({ to }) => to))];
  const house = await startPeers({ built, inhabitants, from: furnished });
  try {
    let next = 1;
    const fire = async ({ to, kind }: Cell, amount: number, callers: Callers) => {
      const { email, password, status } = kinds[kind];
      const first = next;
      next += amount;
      await sleep(SETTLE_MS);
      const cpuBefore = cpuMs(house.pid);
      const { latenciesMs } = await generator.fire({
        url: house.url(to) + (kind === 'floor' ? '/' : pathsOf(to).login),
        method: 'POST',
        headers,
        body: bodyOf(email, password),
        every: USERS,
        addresses: Number.MAX_SAFE_INTEGER,
        first,
        amount,
        callers,
        status,
      });
      // What a request leaves behind (refunds, audit) belongs to it.
      await sleep(SETTLE_MS);
      const spentMs = cpuMs(house.pid) - cpuBefore;
      return { to, kind, callers, round, requests: amount, cpuMs: spentMs, latenciesMs };
    };

    for (const cell of cells) await fire(cell, cell.amount >= 100 ? cell.amount : 3, 1);
    const samples: Sample[] = [];
    const way = round % 2 === 0 ? cells : cells.toReversed();
    for (const callers of CALLERS) {
      for (const cell of [...way, ...way.toReversed()]) {
        if (callers !== 1 && !cell.crowd) continue;
        const waves = Math.max(1, Math.round((cell.amount * pace) / callers));
        samples.push(await fire(cell, waves * callers, callers));
      }
    }
    return samples;
  } finally {
    await house.close();
  }
}
