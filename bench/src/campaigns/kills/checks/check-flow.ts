import type { EventRow, RunRow } from "../evidence.ts";
import { BATCH_SIZE_MAX, DEBOUNCE_MS, THROTTLE } from "../functions.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

const THROTTLE_PERIOD_MS = 1_000;
/** A start is noted with the time before its transaction; the throttle counts with the time within. */
const THROTTLE_SLACK_MS = 50;
/** Within this time of its period's end nobody can say which comes first, the run or the next event. */
const DEBOUNCE_SLACK_MS = 2_000;

/** Of a burst the last event starts a run, and none that another followed within the period. */
export function checkDebounces(evidence: EvidenceIndex): readonly Violation[] {
  const bursts = Map.groupBy(evidence.eventsNamed("kills/debounced"), ({ data }) => data.key);
  return [...bursts.values()].flatMap((burst) =>
    burst.flatMap((event, index) => {
      const count = evidence.runsOf(event, "debounced").length;
      const gapMs = gapAfter(event, burst[index + 1]);
      const isOwed = gapMs > DEBOUNCE_MS + DEBOUNCE_SLACK_MS;
      const isRefused = gapMs < DEBOUNCE_MS;
      if (count > 1 || (isOwed && count === 0) || (isRefused && count > 0)) {
        return [
          broken(
            `debounced event ${event.internalId} has ${count} runs, ${gapMs} ms before the next`,
          ),
        ];
      }
      return [];
    }),
  );
}

/** The requests of a burst go one after the other, so that order and `ts` agree. */
function gapAfter(event: EventRow, next: EventRow | undefined): number {
  return next ? next.receivedAtMs - event.receivedAtMs : Number.POSITIVE_INFINITY;
}

/** Each event is in one batch, and the batch's run was given just its events. */
export function checkBatches(evidence: EvidenceIndex): readonly Violation[] {
  const batches = Map.groupBy(evidence.all.batchEvents, ({ batchId }) => batchId);
  const runs = Map.groupBy(evidence.runsOfFunction("batched"), ({ batchId }) => batchId ?? "");
  const memberships = Map.groupBy(evidence.all.batchEvents, (member) => member.eventInternalId);
  const alone = evidence
    .eventsNamed("kills/batched")
    .filter(({ internalId }) => memberships.get(internalId)?.length !== 1)
    .map(({ internalId }) => broken(`event ${internalId} is not in one batch`));
  const wrong = [...batches].flatMap(([batchId, members]) => {
    const numbers = members.map(
      (member) => evidence.eventsById.get(member.eventInternalId)?.data.n,
    );
    const given = (runs.get(batchId) ?? []).map(({ output }) => JSON.stringify(output?.value));
    const isRight = given.length === 1 && given[0] === JSON.stringify(numbers);
    return isRight && numbers.length <= BATCH_SIZE_MAX
      ? []
      : [broken(`batch ${batchId} of ${numbers.join(", ")} was given as ${given.join(" and ")}`)];
  });
  return [...alone, ...wrong];
}

/** GCRA's bound: in any stretch of time T at most `burst + 1 + T / interval` start. */
export function checkThrottle(evidence: EvidenceIndex): readonly Violation[] {
  const intervalMs = THROTTLE_PERIOD_MS / THROTTLE.limit;
  const starts = evidence
    .runsOfFunction("throttled")
    .flatMap(({ startedAtMs }) => startedAtMs ?? [])
    .sort((a, b) => a - b);
  // The bound holds for all stretches if no start comes before its own place in the line.
  let usedUntilMs = Number.NEGATIVE_INFINITY;
  const early = starts.filter((startMs) => {
    const freeAtMs = usedUntilMs - intervalMs * THROTTLE.burst;
    usedUntilMs = Math.max(usedUntilMs, startMs) + intervalMs;
    return startMs + THROTTLE_SLACK_MS < freeAtMs;
  });
  return early.map((startMs) => broken(`a throttled run started too early, at ${startMs}`));
}

/** Of the runs with one key one goes on at a time. */
export function checkSingletons(evidence: EvidenceIndex): readonly Violation[] {
  return ["skipping", "replacing"].flatMap((functionId) => {
    const keys = Map.groupBy(
      evidence.runsOfFunction(functionId),
      (run) => evidence.eventOf(run)?.data.key,
    );
    return [...keys.values()].flatMap((runs) => checkOneKey(runs));
  });
}

/** Runs of one key, as they were created. */
function checkOneKey(runs: readonly RunRow[]): readonly Violation[] {
  const held = runs.filter(({ status }) => status !== "SKIPPED");
  const endOf = ({ endedAtMs }: RunRow) => endedAtMs ?? Number.POSITIVE_INFINITY;
  const overlapping = held.filter((run, index) => {
    const next = held[index + 1];
    return next !== undefined && next.queuedAtMs < endOf(run);
  });
  const groundless = runs.filter(
    (run) =>
      run.status === "SKIPPED" &&
      !held.some((other) => other.queuedAtMs <= run.queuedAtMs && endOf(other) >= run.queuedAtMs),
  );
  const abandoned = held.filter(
    (run) => run.status === "CANCELLED" && !held.some((next) => next.queuedAtMs === run.endedAtMs),
  );
  return [
    ...overlapping.map(({ id }) => broken(`run ${id} went on beside another of its key`)),
    ...groundless.map(({ id }) => broken(`run ${id} was skipped for nothing`)),
    ...abandoned.map(({ id }) => broken(`run ${id} was cancelled for nothing`)),
  ];
}

function broken(detail: string): Violation {
  return { rule: "flow control broken", detail };
}
