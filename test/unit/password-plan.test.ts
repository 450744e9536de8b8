/** Plans of verifications against today's cost of 3 × 100 iterations, without any cryptography. */
import { describe, expect, it } from 'vitest';
import type { PasswordCost } from '../../src/crypto/passwords/format.ts';
import { planSlices } from '../../src/crypto/passwords/plan.ts';

const today: PasswordCost = { iterations: 100, rounds: 3 };
const cost = (iterations: number, rounds: number): PasswordCost => ({ iterations, rounds });

/** `slots×iterations`, with `!` where the result is taken, and the slots after the last slice. */
const written = (stored: PasswordCost) => {
  const { slices, slotsAfter } = planSlices(stored, today);
  const parts = slices.map(
    ({ slots, iterations, givesResult }) => `${slots}×${iterations}${givesResult ? '!' : ''}`,
  );
  return `${parts.join(' ')} +${slotsAfter}`;
};

describe('the plan for a stored hash', () => {
  it.each([
    ['of today’s cost', cost(100, 3), '1×100 1×100 1×100! +0'],
    ['of one round', cost(100, 1), '1×100! 1×100 1×100 +0'],
    ['of short rounds', cost(50, 2), '1×50 0×50! 1×100 1×100 +0'],
    ['that ends within a slice', cost(30, 1), '1×30! 0×70 1×100 1×100 +0'],
    ['of one long round', cost(250, 1), '1×250! 2×50 +0'],
    ['of today’s work in one round', cost(300, 1), '1×300! +2'],
    ['of more rounds', cost(100, 5), '1×100 1×100 1×100 1×100 1×100! +0'],
    ['of longer rounds', cost(400, 2), '1×400 3×400! +0'],
  ])('%s', (_, stored, plan) => {
    expect(written(stored)).toBe(plan);
  });

  it('does today’s work in today’s slots for every cost up to it', () => {
    for (let rounds = 1; rounds <= 30; rounds += 1) {
      for (let iterations = 1; iterations * rounds <= 300; iterations += 1) {
        const { slices, slotsAfter } = planSlices(cost(iterations, rounds), today);
        const work = slices.reduce((sum, slice) => sum + slice.iterations, 0);
        const slots = slices.reduce((sum, slice) => sum + slice.slots, slotsAfter);
        expect([work, slots], `${rounds} × ${iterations}`).toEqual([300, 3]);
      }
    }
  });
});
