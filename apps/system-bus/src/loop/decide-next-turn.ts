// What follows a run of an agent. A provider's limit and a server in trouble are never taken for work
// (field lesson 32): the loop waits, and asks the same agent again.

import type { AgentFailureKind, AgentName } from "@system-bus/agents";
import type { PauseCause } from "@system-bus/loops";

export type TurnEnd =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "capped" }
  | { readonly kind: "lost" }
  | {
      readonly kind: "failed";
      readonly failure: AgentFailureKind;
      readonly reason: string;
      /** When a limit ends, where the provider says so. */
      readonly resetAt: string | null;
    };

/** What went before, in the same role of the same run. */
export interface TurnHistory {
  readonly tool: AgentName;
  readonly limits: number;
  readonly troubles: number;
  readonly crashes: number;
  /** The loop's own time would have ended before the agent's. */
  readonly endsWithLoop: boolean;
}

export type NextTurn =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "again" }
  | {
      readonly kind: "wait";
      readonly untilMs: number;
      readonly cause: "rate-limit" | "trouble";
      readonly reason: string;
    }
  | { readonly kind: "pause"; readonly cause: PauseCause; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

const MINUTE_MS = 60_000;
/** Where nobody says when the limit ends. */
const LIMIT_WAITS_MS = [5, 15, 30, 60, 120].map((minutes) => minutes * MINUTE_MS);
const TROUBLE_WAITS_MS = [30_000, 2 * MINUTE_MS, 10 * MINUTE_MS];
/** A limit that has ended by the provider's clock may still hold by ours. */
const LIMIT_MARGIN_MS = 2_000;
/** Two days of the longest wait: then a person should look. */
const LIMITS_MAX = 24;
const CRASHES_MAX = 2;

export function decideNextTurn(end: TurnEnd, history: TurnHistory, nowMs: number): NextTurn {
  const { tool } = history;
  if (end.kind === "answered") return end;
  if (end.kind === "capped") {
    return { kind: "pause", cause: "cost", reason: `${tool} was ended at the loop's cap` };
  }
  if (end.kind === "lost") {
    return history.crashes + 1 < CRASHES_MAX
      ? { kind: "again" }
      : {
          kind: "failed",
          reason: `${tool} was lost twice: the machine restarted, or it was killed`,
        };
  }
  const reason = `${tool} failed: ${end.reason}`;
  switch (end.failure) {
    case "rate-limited":
      return waitForLimit(end.resetAt, { reason, history, nowMs });
    case "model-failed": {
      const waitMs = TROUBLE_WAITS_MS[history.troubles];
      return waitMs === undefined
        ? { kind: "pause", cause: "trouble", reason: `${reason}, ${history.troubles + 1} times` }
        : { kind: "wait", cause: "trouble", reason, untilMs: nowMs + waitMs };
    }
    case "not-installed":
    case "not-logged-in":
      return { kind: "pause", cause: "trouble", reason };
    case "crashed":
      return history.crashes + 1 < CRASHES_MAX ? { kind: "again" } : { kind: "failed", reason };
    case "timed-out":
      return history.endsWithLoop
        ? { kind: "pause", cause: "time", reason: "The loop's time is over" }
        : { kind: "failed", reason };
    case "out-of-context":
    case "refused":
    case "bad-output":
      return { kind: "failed", reason };
  }
}

function waitForLimit(
  resetAt: string | null,
  { reason, history, nowMs }: { reason: string; history: TurnHistory; nowMs: number },
): NextTurn {
  if (history.limits >= LIMITS_MAX) return { kind: "pause", cause: "rate-limit", reason };
  const lastWaitMs = LIMIT_WAITS_MS.at(-1) ?? 0;
  const guessedMs = nowMs + (LIMIT_WAITS_MS[history.limits] ?? lastWaitMs);
  const toldMs = resetAt === null ? guessedMs : Date.parse(resetAt) + LIMIT_MARGIN_MS;
  return { kind: "wait", cause: "rate-limit", reason, untilMs: Math.max(toldMs, nowMs + 1_000) };
}

/** What the history is after a turn that ended like this. */
export function addTurn(history: TurnHistory, end: TurnEnd): TurnHistory {
  if (end.kind === "lost") return { ...history, crashes: history.crashes + 1 };
  if (end.kind !== "failed") return history;
  const { failure } = end;
  return {
    ...history,
    limits: history.limits + Number(failure === "rate-limited"),
    troubles: history.troubles + Number(failure === "model-failed"),
    crashes: history.crashes + Number(failure === "crashed"),
  };
}
