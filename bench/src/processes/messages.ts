/** What an engine under test tells the one that measures, over the IPC channel of Bun.spawn. */
export type EngineMessage =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "ended"; readonly runId: string; readonly status: string };

/** What a worker tells: where it is, and in the stub's case when a run went on. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly url: string }
  /** `atMs` on the clock of `Date.now`, which all processes of a machine share, with its fractions. */
  | { readonly kind: "resumed"; readonly key: string; readonly atMs: number };

/** Unix milliseconds with fractions: `Date.now` alone would round what takes a few of them. */
export function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
