import { expect, it } from 'vitest';
import { createLineLimit } from '../../src/telemetry/line-limit.ts';

const admittedLines = (lines: number, admits: () => boolean) =>
  Array.from({ length: lines }, (_, n) => (admits() ? n + 1 : 0)).filter((n) => n > 0);

it('admits the free lines of a minute, and the 1st, 2nd, 4th, 8th … beyond them', () => {
  const { admits } = createLineLimit(() => 0);
  expect(admittedLines(40, () => admits('a', 3))).toEqual([1, 2, 3, 4, 5, 7, 11, 19, 35]);
  expect(admittedLines(20, () => admits('b', 0))).toEqual([1, 2, 4, 8, 16]);
});

it('counts each key separately, and resets after a minute', () => {
  let now = 0;
  const { admits } = createLineLimit(() => now);
  expect(admittedLines(4, () => admits('a', 0))).toEqual([1, 2, 4]);
  expect(admittedLines(4, () => admits('b', 0))).toEqual([1, 2, 4]);
  now = 59_999;
  expect(admittedLines(4, () => admits('a', 0))).toEqual([4]);
  now = 60_000;
  expect(admittedLines(4, () => admits('a', 0))).toEqual([1, 2, 4]);
});
