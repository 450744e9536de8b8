/** Every flow, every fault, every call that the fault can hit. */
import { describe, expect, it } from 'vitest';
import { faults as all, type Fault } from './faults.ts';
import { learn, runFaultScenario, type Flow, type Known } from './fault-scenario.ts';

export function holdFlows(flows: readonly Flow[], faults: readonly Fault[] = all): void {
  describe.each(flows)('$name', (flow) => {
    let known: Promise<Known> | undefined;
    it('is answered as ever when nothing happens', async () => {
      const { once, twice, calls } = await (known ??= learn(flow));
      expect(once.answer.status).toBeLessThan(500);
      expect(twice.answer.status).toBe(flow.again);
      expect(calls.length).toBeGreaterThan(0);
    });

    it.each(faults)('keeps its word where a call $name', async (fault) => {
      const learnt = await (known ??= learn(flow));
      const flaws: string[] = [];
      for (const { name: at, to, behind } of learnt.calls) {
        if (!fault.hits.includes(to) || (fault.inFront && behind)) continue;
        if (!flow.spared?.includes(fault.name))
          flaws.push(...(await runFaultScenario(flow, learnt, { fault, at })));
      }
      expect(flaws).toEqual([]);
    });
  });
}
