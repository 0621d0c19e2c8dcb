import type { EventRow, RunRow, StepRow } from "../evidence.ts";
import { NAP_MS } from "../functions.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

/** A wait ends with the first event for it that was taken in after it was stored. */
export function checkWaits(evidence: EvidenceIndex): readonly Violation[] {
  const toldByTarget = Map.groupBy(evidence.eventsNamed("kills/told"), ({ data }) => data.target);
  return evidence.runsOfFunction("waiter").flatMap((run) => {
    const wait = evidence.stepsOf(run).find(({ name }) => name === "told");
    const told = toldByTarget.get(evidence.eventOf(run)?.data.n) ?? [];
    return wait && wait.status !== "open" && !isFirstAfter(wait, told)
      ? [{ rule: "wait or timer wrong", detail: `${run.id} went on with ${wait.eventId}` }]
      : [];
  });
}

/** Of those in the very millisecond of the wait nobody can say which came first. */
function isFirstAfter({ queuedAtMs, eventId }: StepRow, told: readonly EventRow[]): boolean {
  const first = told.find(({ receivedAtMs }) => receivedAtMs > queuedAtMs);
  const candidates = told.filter(({ receivedAtMs }) => receivedAtMs === queuedAtMs);
  return [...candidates, first].some((event) => event?.id === eventId);
}

export function checkSleeps({ all }: EvidenceIndex): readonly Violation[] {
  return all.steps
    .filter(
      ({ kind, queuedAtMs, endedAtMs }) =>
        kind === "sleep" && endedAtMs !== null && endedAtMs < queuedAtMs + NAP_MS,
    )
    .map(({ runId }) => ({ rule: "wait or timer wrong", detail: `${runId} woke too early` }));
}

/** A run is cancelled by an event for it that comes while it goes on, and by nothing else. */
export function checkCancellations(evidence: EvidenceIndex): readonly Violation[] {
  const stops = Map.groupBy(evidence.eventsNamed("kills/stop"), ({ data }) => data.target);
  return evidence.runsOfFunction("cancellable").flatMap((run) => {
    const stop = stops.get(evidence.eventOf(run)?.data.n)?.[0];
    const detail = `${run.id} is ${run.status}`;
    return agrees(run, stop) ? [] : [{ rule: "wait or timer wrong", detail }];
  });
}

function agrees({ status, endedAtMs }: RunRow, stop: EventRow | undefined): boolean {
  if (endedAtMs === null) return true;
  if (status === "CANCELLED") return stop !== undefined;
  return stop === undefined || stop.receivedAtMs >= endedAtMs;
}
