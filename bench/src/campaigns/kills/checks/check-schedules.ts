import { SCHEDULE_COUNT } from "../functions.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

const MINUTE_MS = 60_000;
/** The jitter, and what a kill just then may add. */
const LATE_MS_MAX = MINUTE_MS + 10_000;

/** Every schedule has one run for each minute: the engine was never away for as long as one. */
export function checkSchedules(evidence: EvidenceIndex): readonly Violation[] {
  const { registeredAtMs, stoppedAtMs } = evidence.all;
  const wanted: number[] = [];
  const firstMs = Math.ceil(registeredAtMs / MINUTE_MS) * MINUTE_MS;
  for (let atMs = firstMs; atMs + LATE_MS_MAX <= stoppedAtMs; atMs += MINUTE_MS) wanted.push(atMs);

  return Array.from({ length: SCHEDULE_COUNT }, (_, index) => `schedule-${index}`).flatMap(
    (functionId) => {
      const times = evidence
        .runsOfFunction(functionId)
        .map((run) => Date.parse(evidence.eventOf(run)?.data.scheduledAt ?? ""));
      const at = (atMs: number) => `${functionId} of ${new Date(atMs).toISOString()}`;
      const doubled = times.filter((atMs, place) => times.indexOf(atMs) !== place);
      const missed = wanted.filter((atMs) => !times.includes(atMs));
      return [
        ...doubled.map((atMs): Violation => ({ rule: "schedule doubled", detail: at(atMs) })),
        ...missed.map((atMs): Violation => ({ rule: "schedule missed", detail: at(atMs) })),
      ];
    },
  );
}
