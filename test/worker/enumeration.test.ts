/**
 * Known and unknown addresses are alike over any sequence of public requests: the same statuses,
 * headers, bytes, and calls before the answer, at each step. Sequences are drawn, and those that
 * once told an account apart are kept.
 */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anySequence, enumeration, type Sequence, type Step } from '../support/enumeration.ts';
import { doors } from '../support/house.ts';

const RUNS_EACH = 5;

const play = enumeration();
afterEach(() => void vi.useRealTimers());

const first: Omit<Step, 'operation'> = {
  contract: 0,
  name: 'registered username',
  password: 'first',
  code: 'wrong',
  afterMinutes: 0,
};
const times = (n: number, step: Step) => Array.from({ length: n }, () => step);

const kept: Record<string, Sequence> = {
  'a registration, then six wrong codes with its password': {
    account: 'active',
    isFromOneAddress: false,
    steps: [
      { ...first, operation: 'register' },
      ...times(6, { ...first, operation: 'verify-email' }),
    ],
  },
};

const property = (contracts: typeof doors) =>
  fc.asyncProperty(anySequence, async (sequence) => {
    for (const { step, known, unknown } of await play(contracts, sequence)) {
      expect({ step, ...unknown }).toEqual({ step, ...known });
    }
  });

const examples = Object.values(kept).map((sequence): [Sequence] => [sequence]);

it.each(doors)('tells nobody of an account, whatever is asked for at $name', async (door) => {
  await fc.assert(property([door]), { numRuns: RUNS_EACH, examples });
});

describe('across contracts', () => {
  it('tells nobody of an account, whatever is asked for', async () => {
    await fc.assert(property(doors), { numRuns: 2 * RUNS_EACH, examples });
  });
});
