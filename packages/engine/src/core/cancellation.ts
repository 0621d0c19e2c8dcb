import type { Change } from "./change.ts";

/** Ends a run as CANCELLED; the answer of a call that is still on its way is dropped. */
export function decideCancellation(message: string, nowMs: number): Change[] {
  const error = { name: "CancelledError", message };
  return [
    {
      kind: "end-run",
      ending: { status: "CANCELLED", outputJson: "null", error, endedAtMs: nowMs },
    },
  ];
}
