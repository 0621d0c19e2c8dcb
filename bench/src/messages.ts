/** What the processes of a benchmark tell the one that measures. */
export type EngineMessage =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "ended"; readonly runId: string; readonly status: string };

export interface WorkerMessage {
  readonly kind: "ready";
  readonly url: string;
}
