/**
 * Plans the slices of a verification, so that every guess does the work of today's cost, whatever
 * hash is stored.
 */
import type { PasswordCost } from './format.ts';

interface Slice {
  /** Slots to take before it (schedule.ts). */
  slots: number;
  iterations: number;
  /** The stored hash is compared with this slice's output. */
  givesResult: boolean;
}

export interface Plan {
  slices: readonly Slice[];
  /** Slots to take after the last slice. */
  slotsAfter: number;
}

/** Iterations in all. */
export const workOf = ({ iterations, rounds }: PasswordCost) => iterations * rounds;

/**
 * A cheaper hash is topped up to today's work, in slices that end where those of today's hash end.
 *
 * Waiting for a slot is observable, so every guess takes exactly `today.rounds` slots, at the same
 * points of the work, however the stored hash is sliced. A dearer hash takes one more for each slice
 * beyond today's work.
 */
export function planSlices(stored: PasswordCost, today: PasswordCost): Plan {
  const slices: Slice[] = [];
  let done = 0;
  let taken = 0;
  const add = (iterations: number, givesResult: boolean) => {
    const due = Math.min(Math.floor(done / today.iterations) + 1, today.rounds);
    const additional = done >= workOf(today) ? 1 : 0;
    slices.push({ slots: due - taken + additional, iterations, givesResult });
    taken = due;
    done += iterations;
  };
  for (let round = 1; round <= stored.rounds; round += 1) {
    add(stored.iterations, round === stored.rounds);
  }
  while (done < workOf(today)) add(today.iterations - (done % today.iterations), false);
  return { slices, slotsAfter: today.rounds - taken };
}
