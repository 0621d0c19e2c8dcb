import { OWED } from "../model.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

/** What was acknowledged is there; what was not is there as a whole or not at all; nothing is there twice. */
export function checkEvents({ all, eventsById }: EvidenceIndex): readonly Violation[] {
  const storedByRequest = Map.groupBy(all.events, ({ data }) => data.request ?? "");
  return all.requests.flatMap(({ id, numbers, ids }): Violation[] => {
    const lost = (ids ?? []).filter((eventId) => !eventsById.has(eventId));
    const sent = new Set(numbers);
    // A function sends and invokes with its event's number and request: those events are not the client's.
    const stored = (storedByRequest.get(id) ?? []).filter(
      ({ name, data }) =>
        name.startsWith("kills/") && name !== "kills/started" && sent.has(data.n ?? 0),
    );
    const count = new Set(stored.map(({ data }) => data.n)).size;
    return [
      ...lost.map((eventId): Violation => ({ rule: "acknowledged event lost", detail: eventId })),
      ...(count !== 0 && count !== numbers.length
        ? [
            {
              rule: "request stored in part",
              detail: `${id}: ${count} of ${numbers.length}`,
            } as const,
          ]
        : []),
      ...(stored.length > count ? [{ rule: "event stored twice", detail: id } as const] : []),
    ];
  });
}

/** Every event that is stored has the runs that its functions owe it: one each. */
export function checkOwedRuns(evidence: EvidenceIndex): readonly Violation[] {
  return Object.entries(OWED).flatMap(([name, functionIds]) =>
    evidence
      .eventsNamed(name)
      .flatMap((event) =>
        functionIds.flatMap((functionId) =>
          checkCount(
            evidence.runsOf(event, functionId).length,
            `${functionId} of ${event.internalId}`,
          ),
        ),
      ),
  );
}

/** `kills/started` is sent with an id, which starts one run, and without, which starts one each time. */
export function checkStartedRuns(evidence: EvidenceIndex): readonly Violation[] {
  const byId = Map.groupBy(evidence.eventsNamed("kills/started"), ({ id }) => id);
  const counts = [...byId].flatMap(([id, events]) => {
    const runs = events.flatMap((event) => evidence.runsOf(event, "started"));
    return checkCount(runs.length, `started of ${id}`);
  });
  const unknown = evidence.all.steps
    .flatMap(({ sentIds }) => sentIds)
    .filter((id) => !evidence.eventsById.has(id))
    .map((id): Violation => ({ rule: "acknowledged event lost", detail: `${id}, sent by a step` }));
  return [...counts, ...unknown];
}

/** One run for each invocation, whose caller got what it returned. */
export function checkInvokedRuns(evidence: EvidenceIndex): readonly Violation[] {
  const invoked = Map.groupBy(
    evidence.runsOfFunction("child"),
    ({ correlationId }) => correlationId,
  );
  const calls = evidence.all.steps.filter(({ kind }) => kind === "invoke");
  return calls.flatMap(({ runId, stepId }) =>
    checkCount(invoked.get(`${runId}.${stepId}`)?.length ?? 0, `child of ${runId}`),
  );
}

/** A run's end is told once, unless the run was started by such an end. */
export function checkEndEvents(evidence: EvidenceIndex): readonly Violation[] {
  const told = Map.groupBy(
    evidence.eventsNamed("inngest/function.finished"),
    ({ data }) => data.run_id,
  );
  const ended = evidence.all.runs.filter(
    ({ endedAtMs, status, functionId }) =>
      endedAtMs !== null && status !== "SKIPPED" && functionId !== "mourner",
  );
  const failed = Map.groupBy(
    evidence.eventsNamed("inngest/function.failed"),
    ({ data }) => data.run_id,
  );
  return ended.flatMap(({ id, status }) => [
    ...checkCount(told.get(id)?.length ?? 0, `end event of ${id}`),
    ...(status === "FAILED" ? checkCount(failed.get(id)?.length ?? 0, `failure of ${id}`) : []),
  ]);
}

function checkCount(count: number, what: string): Violation[] {
  if (count === 1) return [];
  return [{ rule: count === 0 ? "run missing" : "run doubled", detail: `${what}: ${count}` }];
}
