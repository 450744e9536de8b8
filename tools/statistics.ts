/** The quantile, interpolated between neighbours as R's type 7 and numpy do; NaN of no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).toSorted();
  const position = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [
    sorted[Math.floor(position)],
    sorted[Math.ceil(position)],
  ];
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5);
