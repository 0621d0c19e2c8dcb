import type { RunStatus } from "@system-bus/inngest-api";
import type { JSX } from "preact";

const WORDS = {
  QUEUED: "Queued",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  SKIPPED: "Skipped",
  UNKNOWN: "Unknown",
} as const satisfies Record<RunStatus, string>;

/** One shape per status, so that no status is told by its colour alone. */
const SHAPES = {
  QUEUED: <path d="M8 4.6V8l2.2 1.6" />,
  RUNNING: <path d="M6.6 5.2 10.8 8l-4.2 2.8z" class="solid" />,
  COMPLETED: <path d="m5.2 8.2 2 2 3.6-4.2" />,
  FAILED: <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />,
  CANCELLED: <path d="M5.4 8h5.2" />,
  SKIPPED: <path d="m5.4 5.6 2.6 2.4-2.6 2.4m3-4.8L11 8l-2.6 2.4" />,
  UNKNOWN: <path d="M6.6 6.6a1.4 1.4 0 1 1 2 1.3c-.4.2-.6.5-.6.9m0 1.6v.1" />,
} as const satisfies Record<RunStatus, JSX.Element>;

export function statusWord(status: RunStatus): string {
  return WORDS[status];
}

/** A name for style sheets: `status-failed`. */
export function statusClass(status: RunStatus): string {
  return `status-${status.toLowerCase()}`;
}

export function StatusIcon({ status }: { readonly status: RunStatus }) {
  return (
    <svg class="status-icon" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.6" />
      {SHAPES[status]}
    </svg>
  );
}

export function StatusBadge({ status }: { readonly status: RunStatus }) {
  return (
    <span class={`status ${statusClass(status)}`}>
      <StatusIcon status={status} />
      <span class="status-word">{statusWord(status)}</span>
    </span>
  );
}
