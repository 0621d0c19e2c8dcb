import type { LoopState, StoryStatus } from "@system-bus/loops";
import type { Paint } from "../output/paint.ts";

const STORY_SIGNS = {
  open: "·",
  active: "…",
  later: "·",
  "needs-human": "?",
  passed: "✓",
  failed: "✗",
  skipped: "-",
} as const satisfies Record<StoryStatus, string>;

export function paintStoryStatus(paint: Paint, status: StoryStatus): string {
  const text = `${STORY_SIGNS[status]} ${status === "needs-human" ? "needs human" : status}`;
  if (status === "passed") return paint.good(text);
  if (status === "failed") return paint.bad(text);
  if (status === "active" || status === "needs-human") return paint.pending(text);
  return paint.faint(text);
}

/** `running`, `paused`, `completed`: one word for a loop, with its outcome where it is over. */
export function loopWord({ status, ended }: LoopState): string {
  return ended === null ? status : ended.outcome;
}

export function paintLoopStatus(paint: Paint, state: LoopState): string {
  const word = loopWord(state);
  if (word === "completed") return paint.good(`✓ ${word}`);
  if (word === "failed") return paint.bad(`✗ ${word}`);
  if (word === "cancelled") return paint.faint(`■ ${word}`);
  if (word === "partial") return paint.pending(`✗ ${word}`);
  if (word === "paused") return paint.pending(`‖ ${word}`);
  return paint.pending(`… ${word}`);
}
