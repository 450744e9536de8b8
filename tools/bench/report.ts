/** The results as Markdown, to be read in a terminal or pasted into a page. */
import { availableParallelism, cpus } from 'node:os';
import { cellNames, cells } from './cells.ts';
import { accounting } from './process.ts';
import { BUILDS, type Mixed } from './mixed.ts';
import {
  figureOf,
  mixedFigure,
  startFigures,
  targetsOf,
  type Results,
  type Target,
} from './verdicts.ts';

/** Above this share of a core the generator's own slowness is part of every latency. */
const BUSY_GENERATOR = 0.8;

export function report(results: Results, rounds: number) {
  const { samples, starts, touched, memory } = results;
  const figures = cellNames.flatMap((name) =>
    ([1, 16] as const).map((callers) => figureOf(samples, name, callers)),
  );
  const targets = targetsOf(results);
  return {
    takenAt: new Date().toISOString(),
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${process.platform}`,
    accounting,
    rounds,
    figures,
    starts: startFigures(starts),
    startsOfRuns: starts,
    touched,
    mixed: results.mixed,
    memory,
    gzipKib: results.gzipKib,
    targets,
  };
}

export type Report = ReturnType<typeof report>;

export function markdown({ figures, targets, starts, memory, ...told }: Report): string {
  const rows = cellNames.map((name) => {
    const [alone, crowd] = figures.filter(({ cell }) => cell === name);
    if (alone === undefined || crowd === undefined) throw new Error(`${name} was not measured`);
    return [
      cells[name].title,
      figure(alone.cpuMs),
      figure(crowd.cpuMs),
      figure(alone.p50Ms),
      figure(alone.p99Ms),
      figure(crowd.p50Ms),
      figure(crowd.p99Ms),
      `${alone.requests} / ${crowd.requests}`,
    ];
  });
  const busy = figures.filter(({ generatorShare }) => generatorShare > BUSY_GENERATOR);
  const [first = 0] = memory.residentKib;
  return [
    table(
      ['', 'CPU ms at 1', 'at 16', 'p50 ms at 1', 'p99', 'p50 ms at 16', 'p99', 'requests'],
      rows,
    ),
    table(
      ['fresh workerd to its first answer', 'ms', 'CPU ms'],
      starts.map(({ kind, wallMs, cpuMs }) => [kind, figure(wallMs), figure(cpuMs)]),
    ),
    mixedTable(told.mixed),
    targetTable(targets),
    [
      `${told.rounds} rounds on ${told.machine}. Process CPU: ${told.accounting}.`,
      `Resident memory: ${mib(first)} MiB after the warm-up, ${mib(memory.residentKib.at(-1) ?? 0)} MiB after ${memory.logins} logins more.`,
      busy.length === 0
        ? 'The load generator was never the bottleneck.'
        : `The load generator was busy most of the time, so these latencies are its own as well: ${busy
            .map(({ cell, callers }) => `${cells[cell].title} at ${callers}`)
            .join(', ')}.`,
    ].join('\n'),
  ].join('\n\n');
}

export function mixedTable(mixed: readonly Mixed[]): string {
  const titles = { app: 'the hash in slices', unsliced: 'the hash in one' };
  return table(
    ['profile while others sign in', 'p50 ms', 'p99', 'requests', 'login, p50 ms', 'p99', 'logins'],
    BUILDS.map((build) => {
      const { p50Ms, p99Ms, profiles, ...told } = mixedFigure(mixed, build);
      const { loginP50Ms, loginP99Ms, logins } = told;
      return [
        titles[build],
        ...[p50Ms, p99Ms, profiles, loginP50Ms, loginP99Ms, logins].map(figure),
      ];
    }),
  );
}

export function targetTable(targets: readonly Target[]): string {
  return table(
    ['to reach', 'measured', 'over the rounds', 'at most', ''],
    targets.map((target) => [
      target.what,
      measured(target, target.measured),
      target.range === null ? '' : `${figure(target.range[0])} to ${figure(target.range[1])}`,
      measured(target, target.atMost),
      target.reached ? 'reached' : '**falls short**',
    ]),
  );
}

const measured = ({ unit }: Target, value: number) => `${figure(value)}${unit}`;
const mib = (kib: number) => Math.round(kib / 1024);

export function figure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function table(head: string[], rows: string[][]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: string[], pad: (text: string, width: number, column: number) => string) =>
    `| ${row.map((text, column) => pad(text, widths[column] ?? 0, column)).join(' | ')} |`;
  const padded = (text: string, width: number, column: number) =>
    column === 0 ? text.padEnd(width) : text.padStart(width);
  const rule = (_: string, width: number, column: number) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`;
  return [line(head, padded), line(head, rule), ...rows.map((row) => line(row, padded))].join('\n');
}
