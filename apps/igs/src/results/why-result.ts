import { z } from "zod";
import type { EventFinding, Finding, RunFinding } from "../why/finding.ts";

const maybe = z.string().nullable();

/** Of a run. */
function about<K extends RunFinding["kind"], F extends z.ZodRawShape>(kind: K, fields: F) {
  const ofRun = { runId: z.string(), functionId: z.string() };
  return z.object({ kind: z.literal(kind), ...ofRun, ...fields });
}

/** Of an event. */
function aboutEvent<K extends EventFinding["kind"], F extends z.ZodRawShape>(kind: K, fields: F) {
  const ofEvent = { eventId: z.string(), event: z.string() };
  return z.object({ kind: z.literal(kind), ...ofEvent, ...fields });
}

const step = z.string();
const maybeStep = maybe.describe("Null where it was outside a step");
const since = maybe.describe("ISO 8601");
const until = maybe.describe("ISO 8601; null where that isn't known");
const rerun = z.string().describe("The command that runs it again");
const functionId = z.string();

const finding = z.discriminatedUnion("kind", [
  about("waits-for-event", {
    ...{ step, event: z.string(), since, until },
    condition: maybe.describe("Null: any such event"),
  }),
  about("waits-for-signal", { step, signal: maybe, since, until }),
  about("sleeps", { step, since, until }),
  about("runs-program", { step, programKey: z.string(), doing: z.string(), since }),
  about("waits-for-slot", {
    ...{ step, programKey: z.string(), slot: z.string() },
    aheadCount: z.number(),
  }),
  about("collects-program", { step, programKey: z.string() }),
  about("waits-for-run", { step, invokedFunction: maybe, invokedRunId: maybe, since }),
  about("retries", {
    step: maybeStep,
    attempt: z.number().describe("The one to come, from 1"),
    attemptsMax: z.number().nullable(),
    at: maybe,
    error: maybe,
  }),
  about("works", { step: maybeStep, since }),
  about("scheduled", { at: z.string() }),
  about("worker-down", { address: z.string() }),
  about("function-paused", { since: z.string() }),
  about("function-gone", {}),
  about("concurrency", {
    limit: z.number(),
    key: maybe,
    holders: z.array(z.string()).describe("Runs that are at work, as far as they are known"),
  }),
  about("throttled", { limit: z.number(), periodMs: z.number() }),
  about("queued", { since }),
  about("failed", {
    ...{ step: maybeStep, attempts: z.number(), error: z.string(), at: maybe, rerun },
    isFirstCause: z.boolean().describe("Whatever else failed came after it, or of it"),
  }),
  about("cancelled", { reason: maybe, at: maybe }),
  about("skipped", {
    because: z.enum(["paused", "singleton"]).nullable().describe("Null where that isn't known"),
    rerun,
  }),
  about("completed", { durationMs: z.number().nullable() }),
  about("sent-by", {
    ...{ event: z.string(), step: maybeStep, senderRunId: z.string() },
    ...{ senderFunctionId: z.string(), senderStatus: z.string() },
  }),
  about("started-by", { event: maybe, how: z.enum(["event", "schedule"]) }),
  aboutEvent("no-listener", { closeMatches: z.array(z.string()) }),
  aboutEvent("started-runs", { runIds: z.array(z.string()) }),
  aboutEvent("condition-false", { functionId, condition: z.string() }),
  aboutEvent("condition-unclear", { functionId, condition: z.string(), problem: z.string() }),
  aboutEvent("listener-paused", { functionId, since: z.string() }),
  aboutEvent("listener-faulty", { functionId, problem: z.string() }),
  aboutEvent("sent-before", {
    firstEventId: z.string().describe("Of the event with the same id that came before"),
    runIds: z.array(z.string()),
  }),
  aboutEvent("held-for-others", {
    functionId,
    by: z.enum(["batchEvents", "debounce"]),
    until: maybe.describe("At the latest; null where it should be over"),
  }),
  aboutEvent("over-a-limit", {
    ...{ functionId, option: z.enum(["idempotency", "rateLimit"]), limit: z.number() },
    ...{ periodMs: z.number(), key: maybe },
  }),
  aboutEvent("not-told", { functionId }),
]) satisfies z.ZodType<Finding>;

export const whyResult = z.object({
  id: z.string().describe("Of the run or event, as it was given"),
  findings: z.array(finding).describe("The answer first, then how it came to be"),
  paragraph: z.string().describe("The same for people"),
});
