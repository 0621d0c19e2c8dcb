// What a run that goes on waits for, at this moment. Pure.

import type { RunJob } from "@system-bus/inngest-api";
import { z } from "zod";
import { describeProgram } from "../follow/program-feed.ts";
import type { RunFacts, StepFacts } from "./facts.ts";
import type { OfRun, RunFinding } from "./finding.ts";

const WaitInputSchema = z.object({ event: z.string(), if: z.string().nullish() });
const SleepInputSchema = z.object({ until: z.string() });
const SignalInputSchema = z.object({ signal: z.string() });
const InvokeInputSchema = z.object({ function: z.string() });

const PROGRAM_FINISHED = "program/finished";
const FINISHED_SUFFIX = ":finished";

/** What the embedded engine calls the things that make someone work; all others are timers. */
const CALLS: ReadonlySet<string> = new Set(["discovery", "step", "request"]);

export function explainWait(
  facts: RunFacts,
  explain: (invoked: RunFacts) => readonly RunFinding[],
): readonly RunFinding[] {
  const of: OfRun = { runId: facts.run.id, functionId: facts.run.function.id };
  const open = facts.steps.filter(({ status }) => status === "RUNNING" || status === "QUEUED");
  const waits = open.flatMap((step) => explainStep(facts, of, step, explain));
  // A call that is due, or under way, is for a step that the trace may not have yet.
  const calls = explainCalls(facts, of, waits.length > 0);
  const found = [...waits, ...calls, ...obstacles(facts, of)];
  return found.length > 0 ? found : [queued(facts, of)];
}

function explainStep(
  facts: RunFacts,
  of: OfRun,
  step: StepFacts,
  explain: (invoked: RunFacts) => readonly RunFinding[],
): readonly RunFinding[] {
  const { name, since, input } = step;
  const until = dueOf(facts.jobs, step);
  switch (step.op) {
    case "WAIT_FOR_EVENT":
      return [explainEventWait(facts, of, step, until)];
    case "WAIT_FOR_SIGNAL": {
      const signal = SignalInputSchema.safeParse(input).data?.signal ?? null;
      return [{ kind: "waits-for-signal", ...of, step: name, signal, since, until }];
    }
    case "SLEEP": {
      const told = SleepInputSchema.safeParse(input).data?.until;
      const date = told !== undefined && /^\d{4}-\d\d-\d\dT/.test(told) ? told : null;
      return [{ kind: "sleeps", ...of, step: name, since, until: until ?? date }];
    }
    case "INVOKE": {
      const invoked = facts.invoked.get(step.stepId);
      const wait = {
        kind: "waits-for-run",
        ...of,
        step: name,
        invokedFunction:
          invoked?.run.function.id ?? InvokeInputSchema.safeParse(input).data?.function ?? null,
        invokedRunId: invoked?.run.id ?? null,
        since,
      } as const;
      return [wait, ...(invoked ? explain(invoked) : [])];
    }
    case "AI_GATEWAY":
    case "GATEWAY":
      return step.failedErrors.length > 0
        ? [retry(facts, of, step)]
        : [{ kind: "works", ...of, step: name, since }];
    default:
      return step.failedErrors.length > 0 ? [retry(facts, of, step)] : [];
  }
}

function explainEventWait(
  facts: RunFacts,
  of: OfRun,
  step: StepFacts,
  until: string | null,
): RunFinding {
  const { name, since } = step;
  const input = WaitInputSchema.safeParse(step.input).data;
  const event = input?.event ?? (name.endsWith(FINISHED_SUFFIX) ? PROGRAM_FINISHED : "an event");
  if (event === PROGRAM_FINISHED) {
    const starter = name.replace(/:finished(:\d+)?$/, "");
    const program = findProgram(facts, starter, input?.if ?? null);
    if (program?.state === "ended") {
      return { kind: "collects-program", ...of, step: starter, programKey: program.key };
    }
    if (program?.state === "waiting" && program.slot) {
      const { name: slot, aheadCount } = program.slot;
      return {
        kind: "waits-for-slot",
        ...of,
        step: starter,
        programKey: program.key,
        slot,
        aheadCount,
      };
    }
    if (program) {
      const began = program.startedAt ?? since;
      const doing = describeProgram(program);
      return {
        kind: "runs-program",
        ...of,
        step: starter,
        programKey: program.key,
        doing,
        since: began,
      };
    }
  }
  const condition = input?.if ?? null;
  return { kind: "waits-for-event", ...of, step: name, event, condition, since, until };
}

/** The wait names the program's key; where a server doesn't show that, its steps are named after its own. */
function findProgram({ programs }: RunFacts, starter: string, condition: string | null) {
  const byKey = programs?.find(({ key }) => condition?.includes(`"${key}"`));
  // A second attempt's steps have its number behind the name.
  return byKey ?? programs?.findLast(({ stepId }) => starter.replace(/:\d+$/, "") === stepId);
}

/** Calls of the function: under way, to be tried again, not due yet, or held. */
function explainCalls(facts: RunFacts, of: OfRun, isWaiting: boolean): readonly RunFinding[] {
  const { jobs, run, steps } = facts;
  const calls = (jobs ?? []).filter(({ kind }) => CALLS.has(kind));
  const call = calls.find(({ status }) => status === "Running") ?? calls[0];
  // None, or a server that doesn't tell, or in words of its own.
  if (!call) return isWaiting ? [] : explainWithoutJobs(facts, of);
  if (call.status === "Running") {
    const running = steps.find(({ status, op }) => status === "RUNNING" && op === "RUN");
    const since = running?.since ?? run.startedAt ?? null;
    return [{ kind: "works", ...of, step: call.stepName ?? running?.name ?? null, since }];
  }
  const isTold = steps.some(
    ({ status, failedErrors }) => status === "RUNNING" && failedErrors.length > 0,
  );
  if (call.status === "Scheduled" && call.at !== null) {
    if (call.attempt === 0) return [{ kind: "scheduled", ...of, at: call.at }];
    if (isTold) return [];
    return [
      {
        kind: "retries",
        ...of,
        step: call.stepName,
        attempt: call.attempt + 1,
        attemptsMax: attemptsMaxOf(facts),
        at: call.at,
        error: lastError(facts),
      },
    ];
  }
  if (isTold || isWaiting) return [];
  return explainHeld(facts, of);
}

/** Due, and not in hand. */
function explainHeld(facts: RunFacts, of: OfRun): readonly RunFinding[] {
  const { fn, start, deadAddress, busyRunIds, run } = facts;
  // Told as obstacles, whatever else the run waits for.
  if (fn === null || fn.pause?.holdsRuns || deadAddress !== null) return [];
  const limit = fn.configuration?.concurrency?.find((one) => one.limit && !one.limit.isPlanLimit);
  if (limit?.limit && busyRunIds.length > 0) {
    const { key = null } = limit;
    return [{ kind: "concurrency", ...of, limit: limit.limit.value, key, holders: busyRunIds }];
  }
  const throttle = start?.flowControl?.throttle;
  if (throttle && run.status === "QUEUED") return [{ kind: "throttled", ...of, ...throttle }];
  return [queued(facts, of)];
}

/** A server that doesn't tell what is due: the run's own state has to do. */
function explainWithoutJobs(facts: RunFacts, of: OfRun): readonly RunFinding[] {
  const { run, steps, event } = facts;
  const working = steps.find(({ status, op }) => status === "RUNNING" && op === "RUN");
  if (working && working.failedErrors.length === 0) {
    return [{ kind: "works", ...of, step: working.name, since: working.since }];
  }
  if (working) return [];
  if (
    run.status === "QUEUED" &&
    event !== null &&
    event.ts > Date.parse(event.receivedAt) + 1_000
  ) {
    return [{ kind: "scheduled", ...of, at: new Date(event.ts).toISOString() }];
  }
  return explainHeld(facts, of);
}

/** What stands in the way of whatever comes next: a timer needs nobody yet, but what follows it does. */
function obstacles({ fn, deadAddress, jobs }: RunFacts, of: OfRun): readonly RunFinding[] {
  if (jobs?.length === 0) return [];
  if (fn === null) return [{ kind: "function-gone", ...of }];
  const { pause } = fn;
  return [
    ...(pause?.holdsRuns
      ? [{ kind: "function-paused", ...of, since: pause.pausedAt } as const]
      : []),
    ...(deadAddress === null
      ? []
      : [{ kind: "worker-down", ...of, address: deadAddress } as const]),
  ];
}

function retry(facts: RunFacts, of: OfRun, step: StepFacts): RunFinding {
  const job = facts.jobs?.find(
    ({ kind, stepId, attempt }) =>
      kind === "request" || stepId === step.stepId || (kind === "discovery" && attempt > 0),
  );
  const error = step.failedErrors.at(-1);
  return {
    kind: "retries",
    ...of,
    step: step.name,
    attempt: step.failedErrors.length + 1,
    attemptsMax: attemptsMaxOf(facts),
    at: job?.at ?? null,
    error: error ? `${error.name}: ${error.message}` : null,
  };
}

function queued({ run }: RunFacts, of: OfRun): RunFinding {
  return { kind: "queued", ...of, since: run.queuedAt };
}

function attemptsMaxOf({ fn }: RunFacts): number | null {
  const retries = fn?.configuration?.retries?.value;
  return retries === undefined ? null : retries + 1;
}

function lastError({ steps, error }: RunFacts): string | null {
  const last = error ?? steps.flatMap(({ failedErrors }) => failedErrors).at(-1);
  return last ? `${last.name}: ${last.message}` : null;
}

/** When the timer of a step runs out. */
function dueOf(jobs: readonly RunJob[] | null, { stepId }: StepFacts): string | null {
  return jobs?.find((job) => job.stepId === stepId)?.at ?? null;
}
