/** Fair scheduling of slices among the concurrent hashes of one isolate. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createSchedule } from '../../src/crypto/passwords/schedule.ts';

/** An event loop that turns on demand; waiters go on one after the other. */
function eventLoop() {
  let waiters: (() => void)[] = [];
  return {
    yieldToEventLoop: () => new Promise<void>((resolve) => waiters.push(resolve)),
    async turn() {
      const called = waiters;
      waiters = [];
      for (const goOn of called) {
        goOn();
        await setImmediate();
      }
    },
  };
}

it('lets half of the waiting hashes start a slice in each turn, first come, first done', async () => {
  const { yieldToEventLoop, turn } = eventLoop();
  const takeSlot = createSchedule(yieldToEventLoop);
  const done: number[] = [];
  let started = 0;
  const hash = async (n: number) => {
    for (let slice = 0; slice < 3; slice += 1) {
      await takeSlot();
      started += 1;
    }
    done.push(n);
  };
  for (let n = 0; n < 4; n += 1) void hash(n);
  const slicesByTurn: number[] = [];
  while (done.length < 4) {
    const before = started;
    await turn();
    slicesByTurn.push(started - before);
  }
  expect(slicesByTurn).toEqual([2, 2, 2, 1, 1, 1, 1, 1, 1]);
  expect(done).toEqual([0, 1, 2, 3]);
});

it('aborts a waiter in the next turn, whatever its place in line', async () => {
  const { yieldToEventLoop, turn } = eventLoop();
  const takeSlot = createSchedule(yieldToEventLoop);
  for (let n = 0; n < 4; n += 1) void takeSlot();
  const last = takeSlot(() => true);
  await turn();
  expect(await Promise.race([last, setImmediate('still waiting')])).toBe(false);
});
