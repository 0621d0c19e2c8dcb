/**
 * What is due, or will be.
 *
 * | kind | when it is due |
 * |---|---|
 * | discovery | call the function: it runs or plans what comes next |
 * | step | call the function for the one step it planned |
 * | sleep, wait-timeout, signal-timeout, invoke-timeout | a timer of the step has run out |
 * | request | make the step's HTTP request, to a model or to anyone |
 * | start-timeout, finish-timeout | the run has not begun, or not ended, in time |
 * | cron | start a run of the function (`runId` is empty, `stepId` is the function's id) |
 * | debounce, batch | start a run with what is held (`runId` is empty, `stepId` is the key's name) |
 */
export type QueueItemKind =
  | "discovery"
  | "step"
  | "sleep"
  | "wait-timeout"
  | "signal-timeout"
  | "invoke-timeout"
  | "request"
  | TimeoutKind
  | StarterKind;

/** Of no run yet: they start one. */
export type StarterKind = "cron" | "debounce" | "batch";

/** Limits of a whole run, not of a step. */
export type TimeoutKind = "start-timeout" | "finish-timeout";

export interface QueueItem {
  /** Made from what it is for, so that the same need enqueued twice is one item. */
  readonly id: string;
  readonly runId: string;
  readonly kind: QueueItemKind;
  readonly stepId: string;
  readonly attempt: number;
  readonly dueAtMs: number;
  readonly queuedAtMs: number;
  /** JSON that only this item needs (an HTTP request with its keys); gone with the item. */
  readonly payloadJson: string | null;
}

/** A queue item as people are shown it: without its payload, which may hold a key. */
export interface ShownQueueItem extends Omit<QueueItem, "payloadJson"> {
  /** Null for what is about no step, or about one that is not stored yet. */
  readonly stepName: string | null;
}

/** Items whose call may be held up by the app, and only by it: the app is parked when it does not answer. */
export function callsApp(kind: QueueItemKind): boolean {
  return kind === "discovery" || kind === "step";
}

/** Items that make someone work, and so count against concurrency limits. The rest are timers. */
export function callsSomeone(kind: QueueItemKind): boolean {
  return callsApp(kind) || kind === "request";
}

export function startsRun(item: QueueItem): item is QueueItem & { readonly kind: StarterKind } {
  return item.kind === "cron" || item.kind === "debounce" || item.kind === "batch";
}

export function discoveryItemId(runId: string): string {
  return `${runId}:discovery`;
}

export function runTimeoutItemId(runId: string, kind: TimeoutKind): string {
  return `${runId}:${kind}`;
}

export function debounceItemId(name: string): string {
  return `debounce:${name}`;
}

export function batchItemId(batchId: string): string {
  return `batch:${batchId}`;
}

export function stepItemId(runId: string, kind: QueueItemKind, stepId: string): string {
  return `${runId}:${kind}:${stepId}`;
}
