/** An app whose work is listed: binding calls, yields to the event loop, digests. */
import { vi } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

export interface Work {
  steps: string[];
  /** Calls that the answer did not wait for. */
  unfinished: string[];
  /** By digest: in how many calls they are done does not matter, `yield`s tell how they are spread. */
  iterations: Record<string, number>;
}

export function instrumentedApp(settings: object): { app: TestApp; begin(): void; done(): Work } {
  const nothing = (): Work => ({ steps: [], unfinished: [], iterations: {} });
  let work = nothing();
  let atAnswer = nothing();
  const { subtle } = crypto;
  const { deriveBits, sign, digest } = subtle;
  vi.spyOn(subtle, 'deriveBits').mockImplementation((...args) => {
    const { hash, iterations } = args[0] as { hash: string; iterations: number };
    work.iterations[hash] = (work.iterations[hash] ?? 0) + iterations;
    return deriveBits.apply(subtle, args);
  });
  vi.spyOn(subtle, 'sign').mockImplementation((...args) => {
    work.steps.push('sign');
    return sign.apply(subtle, args);
  });
  vi.spyOn(subtle, 'digest').mockImplementation((...args) => {
    work.steps.push('digest');
    return digest.apply(subtle, args);
  });
  const { wait } = scheduler;
  vi.spyOn(scheduler, 'wait').mockImplementation((...args) => {
    work.steps.push('yield');
    return wait.apply(scheduler, args);
  });
  const app = createTestApp(
    settings,
    async ({ to, method, what, session }, proceed) => {
      const call = [to, method, session, ...(to === 'database' ? what : [])].join(' ');
      const { steps, unfinished } = work;
      steps.push(call);
      unfinished.push(call);
      const result = await proceed();
      unfinished.splice(unfinished.indexOf(call), 1);
      return result;
    },
    () => {
      atAnswer = structuredClone(work);
    },
  );
  return { app, begin: () => (work = nothing()), done: () => atAnswer };
}
