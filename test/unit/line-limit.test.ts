import { expect, it } from 'vitest';
import { createLineLimit } from '../../src/telemetry/line-limit.ts';

const numbersWritten = (lines: number, admits: () => boolean) =>
  Array.from({ length: lines }, (_, n) => (admits() ? n + 1 : 0)).filter((n) => n > 0);

it('writes the free lines of a minute, and of those beyond them the 1st, 2nd, 4th, 8th …', () => {
  const { admits } = createLineLimit(() => 0);
  expect(numbersWritten(40, () => admits('a', 3))).toEqual([1, 2, 3, 4, 5, 7, 11, 19, 35]);
  expect(numbersWritten(20, () => admits('b', 0))).toEqual([1, 2, 4, 8, 16]);
});

it('counts each key by itself, and anew after a minute', () => {
  let now = 0;
  const { admits } = createLineLimit(() => now);
  expect(numbersWritten(4, () => admits('a', 0))).toEqual([1, 2, 4]);
  expect(numbersWritten(4, () => admits('b', 0))).toEqual([1, 2, 4]);
  now = 59_999;
  expect(numbersWritten(4, () => admits('a', 0))).toEqual([4]);
  now = 60_000;
  expect(numbersWritten(4, () => admits('a', 0))).toEqual([1, 2, 4]);
});
