/**
 * What an answer costs that a stranger could time, in the order in which it is done: calls of
 * database and guard, turns of the event loop, keyed and plain digests. PBKDF2's iterations are
 * summed, since it does not matter in how many calls they are done; `turn`s say how they are spread.
 */
import { vi } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

export interface Work {
  steps: string[];
  /** Calls that the answer did not wait for. */
  unfinished: string[];
  /** By digest. */
  iterations: Record<string, number>;
}

export interface InstrumentedApp {
  here: TestApp;
  /** Forgets what was done up to now: what follows an answer is nobody's wait. */
  begin(): void;
  /** What was done up to the last answer. */
  worked(): Work;
}

export function instrumentedApp(settings: object): InstrumentedApp {
  const nothing = (): Work => ({ steps: [], unfinished: [], iterations: {} });
  let now = nothing();
  let answered: Work | undefined;
  const step = (what: string) => now.steps.push(what);

  const { subtle } = crypto;
  const { deriveBits } = subtle;
  vi.spyOn(subtle, 'deriveBits').mockImplementation((...given) => {
    const { hash, iterations } = given[0] as { hash: string; iterations: number };
    now.iterations[hash] = (now.iterations[hash] ?? 0) + iterations;
    return deriveBits.apply(subtle, given);
  });
  const { sign, digest } = subtle;
  vi.spyOn(subtle, 'sign').mockImplementation((...given) => {
    step('sign');
    return sign.apply(subtle, given);
  });
  vi.spyOn(subtle, 'digest').mockImplementation((...given) => {
    step('digest');
    return digest.apply(subtle, given);
  });
  const { wait } = scheduler;
  vi.spyOn(scheduler, 'wait').mockImplementation((...given) => {
    step('turn');
    return wait.apply(scheduler, given);
  });

  const here = createTestApp(
    settings,
    async ({ to, method, what, session }, proceed) => {
      const call = [to, method, session, ...(to === 'database' ? what : [])].join(' ');
      const { steps, unfinished } = now;
      steps.push(call);
      unfinished.push(call);
      const result = await proceed();
      unfinished.splice(unfinished.indexOf(call), 1);
      return result;
    },
    () => {
      answered = structuredClone(now);
    },
  );
  return {
    here,
    begin: () => (now = nothing()),
    worked() {
      if (answered === undefined) throw new Error('nothing was answered');
      return answered;
    },
  };
}
