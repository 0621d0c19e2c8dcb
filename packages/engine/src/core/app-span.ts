/** A span that an app sent of what happened within one of its steps (extended traces). */
export interface AppSpan {
  /** 16 hex digits. */
  readonly spanId: string;
  /** Of another span of the app, or of one that nobody knows here. */
  readonly parentSpanId: string;
  /** The SDK's hash of the step's id; empty when it was in no step. */
  readonly stepId: string;
  readonly attempt: number;
  readonly name: string;
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** JSON object of plain values. */
  readonly attributesJson: string;
}

/** What one run keeps of its app's spans. */
export const APP_SPANS_PER_RUN_MAX = 1_000;
/** JSON of one span's attributes; of larger ones nothing is kept. */
export const ATTRIBUTES_BYTES_MAX = 8 * 1_024;
