import type { AppFunction, FunctionStart, RunJob } from "@system-bus/inngest-api";
import type { RunFacts, StepFacts } from "../why/facts.ts";
import { runOf } from "./trace.ts";

export const WHY_NOW_MS = Date.parse("2026-11-21T09:10:00.000Z");

/** A run that goes on and of which nothing is remarkable, but what a test says. */
export function factsOf(fields: Partial<RunFacts> = {}): RunFacts {
  return {
    run: runOf({ id: "01RUN", function: { id: "summarize", name: "" }, status: "RUNNING" }),
    error: null,
    steps: [],
    jobs: [],
    fn: functionOf(),
    start: null,
    event: {
      internalId: "01EVENT",
      id: "01EVENT",
      name: "content/summarize",
      data: {},
      ts: Date.parse("2026-11-21T09:00:00.000Z"),
      receivedAt: "2026-11-21T09:00:00.000Z",
    },
    programs: [],
    deadAddress: null,
    busyRunIds: [],
    invoked: new Map(),
    cancelReason: null,
    sentEventIds: [],
    ...fields,
  };
}

export function functionOf(fields: Partial<AppFunction> = {}): AppFunction {
  return {
    id: "summarize",
    name: "summarize",
    app: { id: "system-bus" },
    triggers: [{ type: "EVENT", value: "content/summarize" }],
    configuration: { retries: { value: 2, isDefault: false } },
    ...fields,
  };
}

export function stepOf(fields: Partial<StepFacts> & Pick<StepFacts, "name">): StepFacts {
  return {
    stepId: `hash-of-${fields.name}`,
    op: "RUN",
    status: "RUNNING",
    since: "2026-11-21T09:05:00.000Z",
    input: undefined,
    failedErrors: [],
    ...fields,
  };
}

export function jobOf(fields: Partial<RunJob> = {}): RunJob {
  return {
    kind: "discovery",
    stepId: null,
    stepName: null,
    status: "Queued",
    attempt: 0,
    at: "2026-11-21T09:00:00.000Z",
    ...fields,
  };
}

export function flowOf(fields: Partial<NonNullable<FunctionStart["flowControl"]>>): FunctionStart {
  const nothing = { rateLimits: [], batch: null, debounce: null, singleton: null, throttle: null };
  return { slug: "system-bus-summarize", events: [], flowControl: { ...nothing, ...fields } };
}
