/** Writes the results as Markdown. */
import { availableParallelism, cpus } from 'node:os';
import { accounting } from '../process.ts';
import { figure, table } from '../table.ts';
import { cellNames, cells } from './cells.ts';
import { BUILDS, mixedFigure, type Mixed } from './mixed.ts';
import { CALLERS, figureOf } from './rounds.ts';
import { startFigure, startKinds, targetsOf, type StartName, type Target } from './verdicts.ts';
import type { Results } from './verdicts.ts';

/** Above this share of a core the generator's own slowness is part of every latency. */
const BUSY_GENERATOR = 0.8;

export function report({ samples, ...results }: Results, rounds: number) {
  return {
    takenAt: new Date().toISOString(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${process.platform}`,
    accounting,
    rounds,
    figures: cellNames.map((name) => CALLERS.map((n) => figureOf(samples, name, n))),
    targets: targetsOf({ samples, ...results }),
    ...results,
  };
}

export function markdown(results: ReturnType<typeof report>): string {
  const { figures, targets, starts, memory, mixed, rounds, machine } = results;
  const busy = figures.flat().filter(({ generatorShare }) => generatorShare > BUSY_GENERATOR);
  return [
    table(
      ['', 'CPU ms at 1', 'at 16', 'p50 ms at 1', 'p99', 'p50 ms at 16', 'p99', 'requests'],
      figures.map((own) => [
        cells[own[0]?.cell ?? 'no-op'].title,
        ...own.map(({ cpuMs }) => figure(cpuMs)),
        ...own.flatMap(({ p50Ms, p99Ms }) => [figure(p50Ms), figure(p99Ms)]),
        own.map(({ requests }) => requests).join(' / '),
      ]),
    ),
    table(
      ['fresh workerd to its first answer', 'ms', 'CPU ms'],
      (Object.keys(startKinds) as StartName[]).map((kind) => {
        const { wallMs, cpuMs } = startFigure(starts, kind);
        return [kind, figure(wallMs), figure(cpuMs)];
      }),
    ),
    mixedTable(mixed),
    targetTable(targets),
    [
      `${rounds} rounds on ${machine}. Process CPU: ${accounting}.`,
      `Resident memory: ${mib(memory.residentKib[0])} MiB after the warm-up, ${mib(memory.residentKib.at(-1))} MiB after ${memory.logins} logins more.`,
      busy.length === 0
        ? 'The load generator was never the bottleneck.'
        : `The load generator was busy most of the time, so these latencies are its own as well: ${busy
            .map(({ cell, callers }) => `${cells[cell].title} at ${callers}`)
            .join(', ')}.`,
    ].join('\n'),
  ].join('\n\n');
}

export function mixedTable(mixed: readonly Mixed[]): string {
  const titles = { app: 'hash in slices', unsliced: 'hash in one piece' };
  return table(
    ['profile while others log in', 'p50 ms', 'p99', 'requests', 'login, p50 ms', 'p99', 'logins'],
    BUILDS.map((build) => {
      const { profile, login } = mixedFigure(mixed, build);
      const figures = [profile, login].flatMap(({ p50Ms, p99Ms, n }) => [p50Ms, p99Ms, n]);
      return [titles[build], ...figures.map(figure)];
    }),
  );
}

export function targetTable(targets: readonly Target[]): string {
  return table(
    ['target', 'measured', 'over the rounds', 'at most', ''],
    targets.map(({ what, measured, atMost, unit, range, reached }) => [
      what,
      figure(measured) + unit,
      range === null ? '' : range.map(figure).join(' to '),
      figure(atMost) + unit,
      reached ? 'reached' : '**missed**',
    ]),
  );
}

const mib = (kib = Number.NaN) => Math.round(kib / 1024);
