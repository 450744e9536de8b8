/** Draws at random, and the same for the same seed. */

/** mulberry32: numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every kind is as likely as another, or most breaks would be of the most frequent one. */
export function* createDraw<T extends { kind: string }>(all: readonly T[], seed: number) {
  const random = createRandom(seed);
  const kinds = [...Map.groupBy(all, ({ kind }) => kind).values()];
  while (kinds.length > 0) {
    const kind = Math.floor(random() * kinds.length);
    const left = kinds[kind] ?? [];
    const [drawn] = left.splice(Math.floor(random() * left.length), 1);
    if (left.length === 0) kinds.splice(kind, 1);
    if (drawn !== undefined) yield drawn;
  }
}
