import type { LoadedLoop, StoryStatus } from "@system-bus/loops";
import { findRoleNow } from "./role-now.ts";

/** One story as the table of `igs loop status` shows it, and as programs read it. */
export interface StoryLine {
  readonly id: string;
  readonly title: string;
  readonly status: StoryStatus;
  /** Of the last attempt; null before the first one. */
  readonly tool: string | null;
  /** The last one's number; 0 before the first one. */
  readonly attempt: number;
  /** Whose turn it is; null where nobody is at work on it. */
  readonly role: string | null;
  /** Time that agents took for it, the one at work included. */
  readonly elapsedMs: number;
  readonly tokens: number;
  readonly costUsd: number;
  readonly commit: string | null;
}

export function storyLines(
  { prd, state, attempts }: Pick<LoadedLoop, "prd" | "state" | "attempts">,
  nowMs: number,
): readonly StoryLine[] {
  const now = findRoleNow(state);
  return state.stories.map((story) => {
    const runs = attempts.flatMap((line) =>
      line.type === "agent" && line.storyId === story.id ? [line] : [],
    );
    const sum = (read: (run: (typeof runs)[number]) => number) =>
      runs.reduce((total, run) => total + read(run), 0);
    const isNow = now?.storyId === story.id;
    const runningMs = isNow ? Math.max(0, nowMs - Date.parse(now.since)) : 0;
    return {
      id: story.id,
      title: prd.stories.find(({ id }) => id === story.id)?.title ?? "",
      status: story.status,
      tool: story.planned?.tool ?? null,
      attempt: story.lastAttempt,
      role: isNow ? now.role : null,
      elapsedMs: sum(({ durationMs }) => durationMs) + runningMs,
      tokens: sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
      costUsd: sum(({ costUsd }) => costUsd ?? 0),
      commit: story.published?.commit ?? null,
    };
  });
}
