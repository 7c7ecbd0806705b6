/**
 * Many measured values as the few that a table shows. Used by everything that measures times here.
 */
export interface Distribution {
  count: number;
  mean: number;
  p50: number;
  p99: number;
  max: number;
}

/** The smallest value that at least `share` (0-1) of the values do not exceed. `sorted` ascends. */
function quantile(sorted: readonly number[], share: number): number {
  const index = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[index] ?? Number.NaN;
}

/** NaN everywhere when there is nothing. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** From a histogram: how often each value was counted. */
export function distributionOfCounts(counts: ReadonlyMap<number, number>): Distribution {
  const values = [...counts.keys()].sort((a, b) => a - b);
  const count = values.reduce((sum, value) => sum + (counts.get(value) ?? 0), 0);
  const reaching = (share: number) => {
    let passed = 0;
    return values.find((value) => (passed += counts.get(value) ?? 0) >= share * count) ?? Number.NaN;
  };
  const total = values.reduce((sum, value) => sum + value * (counts.get(value) ?? 0), 0);
  return {
    count,
    mean: total / count,
    p50: reaching(0.5),
    p99: reaching(0.99),
    max: values.at(-1) ?? Number.NaN,
  };
}
