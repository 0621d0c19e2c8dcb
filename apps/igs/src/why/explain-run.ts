// From what is known of a run and its chain to what explains it. Pure.
//
// Invariants:
//   W1. The first finding answers the question: what it waits for, or how it ended.
//   W2. Of failures in a chain exactly one is the first cause: that of an invoked run before that of the run
//       that invoked it, else the earliest.
//   W3. How the run came to be comes last, and so does what it set off, when that is not well.

import { hasEnded } from "@system-bus/inngest-api";
import { explainEnd } from "./explain-end.ts";
import { explainWait } from "./explain-wait.ts";
import type { RunFacts, RunStory } from "./facts.ts";
import type { RunFinding } from "./finding.ts";

/** Of what a run set off only so many are told: the paragraph is to be read. */
const STARTED_TOLD_MAX = 3;

export function explainRun(story: RunStory): readonly RunFinding[] {
  const { focus, started } = story;
  const own = explainFacts(focus);
  const notWell = started.filter(isWorthTelling).slice(0, STARTED_TOLD_MAX).flatMap(explainFacts);
  return markFirstCause([...own, ...notWell, ...explainOrigin(story)]);
}

function explainFacts(facts: RunFacts): readonly RunFinding[] {
  return hasEnded(facts.run.status)
    ? explainEnd(facts, explainFacts)
    : explainWait(facts, explainFacts);
}

/** What went through needs no word; what failed, or still goes on, does. */
function isWorthTelling({ run }: RunFacts): boolean {
  return run.status !== "COMPLETED" && run.status !== "SKIPPED";
}

function explainOrigin({ focus, senders }: RunStory): readonly RunFinding[] {
  const of = { runId: focus.run.id, functionId: focus.run.function.id };
  const [nearest] = senders;
  const event = focus.event?.name ?? null;
  if (!nearest) {
    const how = event === "inngest/scheduled.timer" ? "schedule" : "event";
    return [{ kind: "started-by", ...of, event, how }];
  }
  let child = of;
  return senders.map(({ run, step }): RunFinding => {
    const finding = {
      kind: "sent-by",
      ...child,
      event: child === of ? (event ?? "an event") : "its event",
      step,
      senderRunId: run.id,
      senderFunctionId: run.function.id,
      senderStatus: run.status,
    } as const;
    child = { runId: run.id, functionId: run.function.id };
    return finding;
  });
}

/** Invoked runs come before their invokers in time, so the earliest failure is the first cause (W2). */
function markFirstCause(findings: readonly RunFinding[]): readonly RunFinding[] {
  const failures = findings.filter((finding) => finding.kind === "failed");
  const first = failures.toSorted((a, b) => momentOf(a.at) - momentOf(b.at))[0];
  return findings.map((finding) =>
    finding.kind === "failed" ? { ...finding, isFirstCause: finding === first } : finding,
  );
}

function momentOf(at: string | null): number {
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}
