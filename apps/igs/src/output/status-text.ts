import type { RunStatus } from "@system-bus/inngest-api";
import type { Paint } from "./paint.ts";

const SIGNS = {
  QUEUED: "·",
  RUNNING: "…",
  COMPLETED: "✓",
  FAILED: "✗",
  CANCELLED: "■",
  SKIPPED: "-",
  UNKNOWN: "?",
} as const satisfies Record<RunStatus, string>;

/** A sign and a colour for each status; the sign alone is enough where there is no colour. */
export function paintStatus(paint: Paint, status: RunStatus, label: string): string {
  const text = label === "" ? SIGNS[status] : `${SIGNS[status]} ${label}`;
  if (status === "COMPLETED") return paint.good(text);
  if (status === "FAILED") return paint.bad(text);
  if (status === "QUEUED" || status === "RUNNING") return paint.pending(text);
  return paint.faint(text);
}
