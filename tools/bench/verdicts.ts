/** Holds the figures against the targets. */
import { median } from '../statistics.ts';
import type { CellName } from './cells.ts';
import type { CallCounts, Memory } from './endurance.ts';
import { LOGIN_CALLERS, mixedFigure, PROFILE_EVERY_MS, type Mixed } from './mixed.ts';
import { CALLERS, figureOf, type Callers, type Sample } from './rounds.ts';
import type { Start } from './starts.ts';

/** A kilobyte kept of each of 2,000 logins would be half as much again as the isolate holds. */
const STEADY = 1.1;
const START = 1.6;
/** Two requests, each with its calls: the second computes HMACs in place of a password hash. */
const FACTOR = 2.2;
/** No call of the lockout, and a signature to verify. */
const PASSKEY = 1.1;
const PASSKEY_OVER_HASH = 0.1;
const BUNDLE_KIB = 193;

export const startKinds = {
  'no-op': { to: 'no-op', path: '/', status: 200 },
  // A path that does not exist: what every request needs, and no more.
  app: { to: 'app', path: '/nothing', status: 404 },
  'no-op, health': { to: 'no-op', path: '/healthz', status: 200 },
  'app, health': { to: 'app', path: '/healthz', status: 200 },
} as const;
export type StartName = keyof typeof startKinds;

export interface Target {
  what: string;
  measured: number;
  atMost: number;
  unit: string;
  /** Of the rounds, where there were several. */
  range: [number, number] | null;
  reached: boolean;
}

export interface Results {
  samples: readonly Sample<CellName>[];
  starts: readonly Start<StartName>[];
  memory: Memory;
  counts: CallCounts;
  mixed: readonly Mixed[];
  gzipKib: number;
}

/** Of one value, or of the median over rounds; `limit`: at most, and its unit where it is no factor. */
function target(
  what: string,
  measured: number | number[],
  limit: number | readonly [number, unit: string],
): Target {
  const [atMost, unit] = typeof limit === 'number' ? [limit, '×'] : limit;
  const rounds = typeof measured === 'number' ? null : measured;
  const value = typeof measured === 'number' ? measured : median(measured);
  return {
    what,
    measured: value,
    atMost,
    unit,
    range: rounds && [Math.min(...rounds), Math.max(...rounds)],
    reached: value <= atMost,
  };
}

const ratios = (above: readonly number[], below: readonly number[]) =>
  above.map((value, round) => value / (below[round] ?? Number.NaN));

export function targetsOf({ samples, starts, memory, counts, mixed, gzipKib }: Results): Target[] {
  const cpu = (cell: CellName, callers: Callers) => figureOf(samples, cell, callers).cpuMsOfRounds;
  const fifth = Math.ceil(memory.residentKib.length / 5);
  const resident = [memory.residentKib.slice(-fifth), memory.residentKib.slice(0, fifth)] as const;
  const [heapBefore, heapAfter] = memory.heapBytes;
  const start = (of: 'wallMs' | 'cpuMs', kind: StartName) => startFigure(starts, kind)[of];
  const { limited, remembered } = counts;
  return [
    ...CALLERS.flatMap((callers) => {
      const at = callers === 1 ? 'one caller' : `${callers} callers`;
      const noOp = cpu('no-op', callers);
      const calls = cpu('calls', callers);
      // Each of the two baselines is a request of its own; a login is one.
      const loginBaseline = cpu('derives', callers).map(
        (derives, round) => derives + (calls[round] ?? 0) - (noOp[round] ?? 0),
      );
      const over = (name: CellName, baseline: CellName) =>
        ratios(cpu(name, callers), cpu(baseline, callers));
      return [
        target(
          `right login, CPU over derives + calls, ${at}`,
          ratios(cpu('right', callers), loginBaseline),
          1.03,
        ),
        target(`the same without the hash, CPU over calls, ${at}`, over('cut', 'calls'), 1.2),
        target(
          `both requests of a login with a second factor, CPU over one without, no hash, ${at}`,
          ratios(
            cpu('owed', callers).map((owed, round) => owed + (cpu('code', callers)[round] ?? 0)),
            cpu('cut', callers),
          ),
          FACTOR,
        ),
        target(
          `sign-in with a passkey, CPU over a login without the hash, ${at}`,
          over('passkey', 'cut'),
          PASSKEY,
        ),
        target(
          `the same, over a login with the hash, ${at}`,
          over('passkey', 'right'),
          PASSKEY_OVER_HASH,
        ),
        target(
          `remembered refusal, CPU over a no-op Hono route, ${at}`,
          over('remembered', 'hono'),
          2.5,
        ),
        target(`profile, CPU over the same D1 read, ${at}`, over('profile', 'live'), 1.3),
      ];
    }),
    target(
      'remembered refusal, D1 statements and Durable Object calls',
      remembered.reads + remembered.writes + remembered.objects,
      [0, ''],
    ),
    target('first refusal, D1 writes', limited.writes, [0, '']),
    target('whole bundle, minified, gzip', gzipKib, [BUNDLE_KIB, ' KiB']),
    target(
      `resident memory, last fifth of ${memory.logins} logins over the first`,
      median(resident[0]) / median(resident[1]),
      STEADY,
    ),
    target(
      `the isolate's heap after ${memory.logins} logins over that before`,
      heapAfter / heapBefore,
      STEADY,
    ),
    ...mixedTargets(mixed),
    ...(
      [
        ['first answer, time over no-op', 'wallMs', 'app', 'no-op'],
        ['first answer, CPU over no-op', 'cpuMs', 'app', 'no-op'],
        ['first 200 of healthz, time over no-op', 'wallMs', 'app, health', 'no-op'],
        [
          'first 200 of healthz, time over the same calls',
          'wallMs',
          'app, health',
          'no-op, health',
        ],
      ] as const
    ).map(([what, of, above, below]) =>
      target(`fresh workerd to ${what}`, start(of, above) / start(of, below), START),
    ),
  ];
}

export function mixedTargets(mixed: readonly Mixed[]): Target[] {
  const rounds = [...Map.groupBy(mixed, ({ round }) => round).values()];
  const over = (some: readonly Mixed[], of: 'p50Ms' | 'p99Ms') =>
    mixedFigure(some, 'app').profile[of] / mixedFigure(some, 'unsliced').profile[of];
  return (['p50Ms', 'p99Ms'] as const).map((of) => ({
    ...target(
      `profile every ${PROFILE_EVERY_MS} ms while ${LOGIN_CALLERS} log in, ${of.slice(0, 3)} over the same with an unsliced hash`,
      rounds.map((some) => over(some, of)),
      0.5,
    ),
    measured: over(mixed, of),
    reached: over(mixed, of) <= 0.5,
  }));
}

export function startFigure<Kind extends string>(starts: readonly Start<Kind>[], kind: Kind) {
  const own = starts.filter((start) => start.kind === kind);
  return {
    kind,
    wallMs: median(own.map(({ wallMs }) => wallMs)),
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
  };
}
