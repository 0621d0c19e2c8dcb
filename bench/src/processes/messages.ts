/** What an engine under test is told on its command line, as JSON. */
export interface EngineSettings {
  /** Replaces Inngest's backoff by a fixed pause. */
  readonly retryIntervalMs?: number;
  /** Reaches no app, as if all of them were down. */
  readonly isAlone?: boolean;
}

/** What an engine under test tells the one that measures, over the IPC channel of Bun.spawn. */
export type EngineMessage =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "ended"; readonly runId: string; readonly status: string }
  /** A line of its log at the level "error". */
  | { readonly kind: "complaint"; readonly text: string };

/** What a worker tells: where it is, in the stub's case when a run went on, in the witness's what it does. */
export type WorkerMessage =
  | { readonly kind: "ready"; readonly url: string }
  /** `atMs` on the clock of `Date.now`, which all processes of a machine share, with its fractions. */
  | { readonly kind: "resumed"; readonly key: string; readonly atMs: number }
  /** A call has reached its function. */
  | { readonly kind: "called" }
  /** A step begins. `n` is the number of the run's event, where that has one. */
  | {
      readonly kind: "stepped";
      readonly functionId: string;
      readonly stepId: string;
      readonly n: number | undefined;
    };

/** Unix milliseconds with fractions: `Date.now` alone would round what takes a few of them. */
export function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
