/** The cases of a contract's operations, drawn, sent, held to the laws, and counted. */
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { contractCases } from '../test-app.ts';
import { operationsOf, type Documented } from '../published.ts';
import { changeOf } from './changes.ts';
import { captureConsole, type CapturedConsole } from './captured-console.ts';
import { floorOf, keptFor } from './kept.ts';
import { sceneOf, type Circumstances } from './fixture.ts';
import { send, type Case } from './send.ts';

/** With what is kept: 10,000 cases over the operations of all contracts. */
const RUNS_EACH = 110;

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  user: fc.oneof(
    { weight: 12, arbitrary: fc.constant('active' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'inactive' as const,
        'unverified' as const,
        'without a password' as const,
      ),
    },
  ),
  from: fc.oneof(
    { weight: 12, arbitrary: fc.constant('a fresh address' as const) },
    { weight: 2, arbitrary: fc.constantFrom('a spent address' as const, 'plain http' as const) },
  ),
});

const drawn = (hasFields: boolean): fc.Arbitrary<Case> =>
  fc.record({
    circumstances,
    changes: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 7, arbitrary: changeOf(hasFields).map((one) => [one]) },
      { weight: 2, arbitrary: fc.tuple(changeOf(hasFields), changeOf(hasFields)) },
    ),
  });

export function fuzz(which: (operation: Documented) => boolean): void {
  let ear: CapturedConsole;
  beforeEach(() => {
    ear = captureConsole();
    return () => void vi.restoreAllMocks();
  });

  describe.each(contractCases)('$name', ({ name, contract }) => {
    const scene = sceneOf(name);
    const operations = operationsOf(name).filter(which);
    it.each(operations)('keeps its laws around $id, whatever is sent', async (operation) => {
      const { id, method } = operation;
      const reached = new Map<string, number>();
      const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1);
      const property = fc.asyncProperty(drawn(method === 'POST'), async (one) => {
        const told = await send(scene, id, { ...one, ear });
        if (told === null) return;
        expect(told.flaws).toEqual([]);
        count(String(told.status));
        if (told.operation === id && told.outcome !== null) count(told.outcome);
      });
      await fc.assert(property, { numRuns: RUNS_EACH, examples: keptFor(id).map((one) => [one]) });
      const short = Object.entries(floorOf(contract, operation)).flatMap(([what, least]) => {
        const times = reached.get(what) ?? 0;
        return times < least ? [`${what}: ${times} of ${least}`] : [];
      });
      expect(short).toEqual([]);
    });
  });
}
