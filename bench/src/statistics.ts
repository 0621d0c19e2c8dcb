/** The value below which `fraction` of the samples lie; samples need not be sorted. */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export function formatMs(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}
