import type { CallFacts } from "./call-facts.ts";
import type { Change } from "./change.ts";
import { decideResolution } from "./decide-resolution.ts";
import type { SerializedError } from "./outcome.ts";
import type { QueueItem } from "./queue-item.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { RunView } from "./run.ts";

export interface GatewayFailure {
  readonly error: SerializedError;
  readonly mayRetry: boolean;
  readonly retryAfterMs?: number;
}

export interface GatewayContext {
  readonly item: QueueItem;
  readonly startedAtMs: number;
  readonly call: CallFacts;
  readonly nowMs: number;
  readonly random: number;
  readonly retryIntervalMs?: number;
}

/** A request that failed is made again like a step, with the function's attempts; the last one settles it. */
export function decideGatewayFailure(
  run: RunView,
  failure: GatewayFailure,
  context: GatewayContext,
): Change[] {
  const { item, startedAtMs, nowMs, call } = context;
  const { stepId, attempt } = item;
  if (!failure.mayRetry || attempt + 1 >= run.attemptsMax) {
    const valueJson = JSON.stringify({ error: failure.error });
    return decideResolution(
      run,
      { stepId, status: "failed", valueJson, attempt, startedAtMs, call },
      nowMs,
    );
  }
  const { random: jitter, retryIntervalMs } = context;
  const backoff = { attemptIndex: attempt, jitter };
  const delayMs =
    failure.retryAfterMs ??
    retryDelayMs(retryIntervalMs === undefined ? backoff : { ...backoff, retryIntervalMs });
  return [
    {
      kind: "record-attempt",
      attempt: {
        stepId,
        name: "",
        attempt,
        errorJson: JSON.stringify(failure.error),
        queuedAtMs: item.queuedAtMs,
        startedAtMs,
        endedAtMs: nowMs,
        call,
      },
    },
    { kind: "reschedule", itemId: item.id, attempt: attempt + 1, dueAtMs: nowMs + delayMs },
  ];
}
