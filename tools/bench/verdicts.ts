/** From samples to figures, and from figures to what was to be reached. */
import type { CellName } from './cells.ts';
import type { Memory, Touched } from './endurance.ts';
import { LOOK_EVERY_MS, SIGNING_IN, type Build, type Mixed } from './mixed.ts';
import { CALLERS, type Callers, type Sample } from './rounds.ts';
import { startKinds, type Start, type StartKind } from './starts.ts';

/** A kilobyte kept of each of 2,000 logins would be half as much again as the isolate holds. */
const STEADY = 1.1;

export interface Figure {
  cell: CellName;
  callers: Callers;
  requests: number;
  /** The median over rounds; `cpuMsOfRounds` has each. */
  cpuMs: number;
  cpuMsOfRounds: number[];
  p50Ms: number;
  p99Ms: number;
  generatorShare: number;
}

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
  samples: readonly Sample[];
  starts: readonly Start[];
  memory: Memory;
  touched: Touched;
  mixed: readonly Mixed[];
  gzipKib: number;
}

export function figureOf(samples: readonly Sample[], cell: CellName, callers: Callers): Figure {
  const own = samples.filter((sample) => sample.cell === cell && sample.callers === callers);
  const latencies = own.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b);
  const cpuMsOfRounds = Array.from(Map.groupBy(own, ({ round }) => round).values(), (slices) => {
    const total = slices.reduce((sum, slice) => sum + slice.cpuMs, 0);
    return total / slices.reduce((sum, slice) => sum + slice.requests, 0);
  });
  return {
    cell,
    callers,
    requests: latencies.length,
    cpuMs: median(cpuMsOfRounds),
    cpuMsOfRounds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    generatorShare: Math.max(...own.map(({ generatorShare }) => generatorShare)),
  };
}

export function targetsOf(results: Results): Target[] {
  const { samples, starts, memory, touched, mixed, gzipKib } = results;
  const rounds = (cell: CellName, callers: Callers) =>
    figureOf(samples, cell, callers).cpuMsOfRounds;
  const ratio = (what: string, atMost: number, [above, below]: [number[], number[]]) => {
    const ratios = above.map((value, round) => value / (below[round] ?? Number.NaN));
    return target(what, { measured: median(ratios), atMost, unit: '×', of: ratios });
  };
  const eachCallers = CALLERS.flatMap((callers) => {
    const calls = rounds('calls', callers);
    const noOp = rounds('no-op', callers);
    // Each of the two floors is a request of its own; a login is one.
    const floor = rounds('derives', callers).map(
      (derives, round) => derives + (calls[round] ?? 0) - (noOp[round] ?? 0),
    );
    const at = callers === 1 ? 'one caller' : `${callers} callers`;
    return [
      ratio(`right login, CPU over derives + calls, ${at}`, 1.03, [
        rounds('right', callers),
        floor,
      ]),
      ratio(`the same without the hash, CPU over calls, ${at}`, 1.2, [
        rounds('cut', callers),
        calls,
      ]),
      ratio(`remembered refusal, CPU over a no-op Hono route, ${at}`, 2.5, [
        rounds('remembered', callers),
        rounds('hono', callers),
      ]),
      ratio(`profile, CPU over the same D1 read, ${at}`, 1.3, [
        rounds('profile', callers),
        rounds('live', callers),
      ]),
    ];
  });

  const startRatio = (of: 'wallMs' | 'cpuMs', above: StartKind, below: StartKind): number =>
    startFigure(starts, above)[of] / startFigure(starts, below)[of];
  const startTarget = (what: string, of: 'wallMs' | 'cpuMs', kinds: [StartKind, StartKind]) =>
    target(what, { measured: startRatio(of, ...kinds), atMost: 1.6, unit: '×' });

  const { cut: _login, limited, remembered } = touched;
  const fifth = Math.ceil(memory.residentKib.length / 5);
  const growth =
    median(memory.residentKib.slice(-fifth)) / median(memory.residentKib.slice(0, fifth));
  const [heapBefore, heapAfter] = memory.heapBytes;
  return [
    ...eachCallers,
    target('remembered refusal, D1 statements and guard calls', {
      measured: remembered.reads + remembered.writes + remembered.guard,
      atMost: 0,
      unit: '',
    }),
    target('first refusal, D1 writes', { measured: limited.writes, atMost: 0, unit: '' }),
    target('bundle with all that is in it, minified, gzip', {
      measured: gzipKib,
      atMost: 140,
      unit: ' KiB',
    }),
    target(`resident memory, last fifth of ${memory.logins} logins over the first`, {
      measured: growth,
      atMost: STEADY,
      unit: '×',
    }),
    target(`the isolate's heap after ${memory.logins} logins over that before`, {
      measured: heapAfter / heapBefore,
      atMost: STEADY,
      unit: '×',
    }),
    ...mixedTargets(mixed),
    startTarget('fresh workerd to first answer, time over no-op', 'wallMs', ['app', 'no-op']),
    startTarget('fresh workerd to first answer, CPU over no-op', 'cpuMs', ['app', 'no-op']),
    startTarget('fresh workerd to first 200 of healthz, time over no-op', 'wallMs', [
      'app, health',
      'no-op',
    ]),
    startTarget('fresh workerd to first 200 of healthz, time over the same calls', 'wallMs', [
      'app, health',
      'no-op, health',
    ]),
  ];
}

export function mixedFigure(mixed: readonly Mixed[], build: Build) {
  const own = mixed.filter((slice) => slice.build === build);
  const sorted = (of: 'profileMs' | 'loginMs') =>
    own.flatMap((slice) => slice[of]).toSorted((a, b) => a - b);
  const [profiles, logins] = [sorted('profileMs'), sorted('loginMs')];
  return {
    build,
    profiles: profiles.length,
    logins: logins.length,
    p50Ms: quantile(profiles, 0.5),
    p99Ms: quantile(profiles, 0.99),
    loginP50Ms: quantile(logins, 0.5),
    loginP99Ms: quantile(logins, 0.99),
  };
}

/** What slicing the hash is for. */
export function mixedTargets(mixed: readonly Mixed[]): Target[] {
  const ratio = (of: 'p50Ms' | 'p99Ms', slices: readonly Mixed[]) =>
    mixedFigure(slices, 'app')[of] / mixedFigure(slices, 'unsliced')[of];
  const rounds = [...Map.groupBy(mixed, ({ round }) => round).values()];
  const who = `profile every ${LOOK_EVERY_MS} ms while ${SIGNING_IN} sign in`;
  return (['p50Ms', 'p99Ms'] as const).map((of) =>
    target(`${who}, ${of.slice(0, 3)} over the same with the hash in one`, {
      measured: ratio(of, mixed),
      atMost: 0.5,
      unit: '×',
      of: rounds.map((slices) => ratio(of, slices)),
    }),
  );
}

export function startFigure(starts: readonly Start[], kind: StartKind) {
  const own = starts.filter((start) => start.kind === kind);
  return {
    kind,
    wallMs: median(own.map(({ wallMs }) => wallMs)),
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
  };
}

export const startFigures = (starts: readonly Start[]) =>
  startKinds.map((kind) => startFigure(starts, kind));

function target(
  what: string,
  { of, ...found }: { measured: number; atMost: number; unit: string; of?: number[] },
): Target {
  return {
    what,
    ...found,
    range: of === undefined ? null : [Math.min(...of), Math.max(...of)],
    reached: found.measured <= found.atMost,
  };
}

export const median = (values: readonly number[]) =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Of ascending values; between two of them, in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}
