import type { StepKind } from "./run.ts";

/** How traces and updates name what a step does; Inngest's words. */
export const STEP_OP_NAMES = {
  run: "RUN",
  sleep: "SLEEP",
  "wait-for-event": "WAIT_FOR_EVENT",
  "wait-for-signal": "WAIT_FOR_SIGNAL",
  invoke: "INVOKE",
  "ai-gateway": "AI_GATEWAY",
  gateway: "GATEWAY",
} as const satisfies Record<StepKind, string>;

export type StepOpName = (typeof STEP_OP_NAMES)[StepKind];
