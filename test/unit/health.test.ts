import { expect, it } from 'vitest';
import { createHealthCheck } from '../../src/http/health.ts';

/** Creates a health check with a clock that only `wait` and tests advance. */
function createCheck(probe: () => Promise<unknown>) {
  const clock = { nowMs: 1_000_000 };
  const failures: string[] = [];
  const background: Promise<void>[] = [];
  let probes = 0;
  const check = createHealthCheck({
    probe: () => {
      probes += 1;
      return probe();
    },
    nowMs: () => clock.nowMs,
    wait: async (ms) => {
      // The long wait is the probe's time limit, which passes only when a test advances the clock.
      const untilMs = clock.nowMs + ms;
      while (clock.nowMs < untilMs) await new Promise((resolve) => setImmediate(resolve));
    },
    onFailure: (error) => failures.push((error as Error).message),
  });
  return {
    clock,
    failures,
    background,
    ask: () => check((work) => background.push(work)),
    probes: () => probes,
  };
}

const ticks = async (count: number) => {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

it('probes once in five seconds, and keeps a good result meanwhile', async () => {
  const { clock, ask, probes } = createCheck(async () => undefined);
  expect([await ask(), await ask(), await ask()]).toEqual([true, true, true]);
  expect(probes()).toBe(1);
  clock.nowMs += 4_999;
  expect([await ask(), probes()]).toEqual([true, 1]);
  clock.nowMs += 1;
  expect([await ask(), probes()]).toEqual([true, 2]);
});

it('keeps a bad result as long, and reports it once', async () => {
  let broken = true;
  const { clock, ask, failures } = createCheck(async () => {
    if (broken) throw new Error('lost');
  });
  expect([await ask(), await ask()]).toEqual([false, false]);
  broken = false;
  clock.nowMs += 4_999;
  expect([await ask(), failures]).toEqual([false, ['lost']]);
  clock.nowMs += 1;
  expect([await ask(), failures]).toEqual([true, ['lost']]);
});

it('shares one probe between simultaneous callers, without awaiting promises of other requests', async () => {
  let finish: (() => void) | undefined;
  const { clock, ask, probes } = createCheck(
    () => new Promise<void>((resolve) => (finish = resolve)),
  );
  const answers = Promise.all([ask(), ask(), ask()]);
  await ticks(2);
  finish?.();
  await ticks(2);
  clock.nowMs += 20;
  expect(await answers).toEqual([true, true, true]);
  expect(probes()).toBe(1);
});

it('returns the last result while a probe is running', async () => {
  let slow = false;
  const { clock, ask } = createCheck(() =>
    slow ? new Promise(() => undefined) : Promise.resolve(),
  );
  expect(await ask()).toBe(true);
  slow = true;
  clock.nowMs += 5_000;
  const asking = ask();
  expect(await ask()).toBe(true);
  clock.nowMs += 5_000;
  expect(await asking).toBe(false);
});

it('takes a probe of five seconds for a failure', async () => {
  const { clock, ask, failures } = createCheck(() => new Promise(() => undefined));
  const answers = Promise.all([ask(), ask()]);
  await ticks(2);
  clock.nowMs += 5_000;
  expect(await answers).toEqual([false, false]);
  expect(failures).toEqual(['the health probe timed out']);
});

it('finishes the probe even if its caller disconnects', async () => {
  const { ask, background } = createCheck(async () => undefined);
  void ask();
  expect(background).toHaveLength(1);
  await background[0];
});
