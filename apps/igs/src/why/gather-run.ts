// Asks the engine, and the worker, for all that explains one run. Bounded everywhere: a chain may be long, and a
// question is answered in a moment or not at all.

import { evaluateKey } from "@system-bus/engine";
import {
  type App,
  type AppFunction,
  type FunctionStart,
  hasEnded,
  type InngestApi,
  InngestApiError,
  type ReceivedEvent,
  type Run,
  readSpanError,
} from "@system-bus/inngest-api";
import { z } from "zod";
import type { ProgramSeen } from "../follow/program-feed.ts";
import { findInvokedRun } from "../run/find-invoked-run.ts";
import { sentEventIds } from "../trace/sent-events.ts";
import { type RunStep, readSteps } from "../trace/steps.ts";
import type { RunFacts, StepFacts } from "./facts.ts";

const INVOKED_DEPTH_MAX = 3;
const CANCELLATIONS_LOOKED_AT = 200;
const PAGE_SIZE = 100;
/** A run's end and the event that tells of it are stamped by clocks of their own. */
const CLOCKS_APART_MS = 10_000;
const BUSY_LOOKED_AT = 10;

export interface WhyDeps {
  readonly api: InngestApi;
  readonly signal: AbortSignal;
  /** Of the worker of this bus; null when it doesn't answer. */
  readonly loadPrograms: () => Promise<readonly ProgramSeen[] | null>;
  /** False when it is certain that nothing answers there. */
  readonly answers: (address: string) => Promise<boolean>;
}

/** What is asked once, however many runs are explained. */
export interface Surroundings {
  readonly apps: readonly App[];
  readonly functions: readonly AppFunction[];
  readonly starts: readonly FunctionStart[];
  readonly programs: readonly ProgramSeen[] | null;
  readonly deadApps: ReadonlyMap<string, string>;
}

export async function gatherSurroundings(deps: WhyDeps): Promise<Surroundings> {
  const { api, signal } = deps;
  const [apps, functions, programs] = await Promise.all([
    api.listApps({ signal }),
    api.listFunctions({ signal }),
    deps.loadPrograms(),
  ]);
  const starts = await Promise.all(
    apps.map(({ id }) => orNull(api.listFunctionStarts(id, { signal }))),
  );
  const dead = await Promise.all(
    apps.map(async ({ id, latestSync }) => {
      const address = latestSync?.url;
      const isDead = address !== undefined && !(await deps.answers(address));
      return isDead ? ([id, address] as const) : null;
    }),
  );
  return {
    apps,
    functions,
    starts: starts.flatMap((one) => one ?? []),
    programs,
    deadApps: new Map(dead.filter((one) => one !== null)),
  };
}

export async function gatherRun(
  deps: WhyDeps,
  around: Surroundings,
  runId: string,
  depth = 0,
): Promise<RunFacts> {
  const { api, signal } = deps;
  const asked = { signal, includeOutput: true };
  const [run, root] = await Promise.all([api.getRun(runId, asked), api.getTrace(runId, asked)]);
  const steps = readSteps(root);
  const goesOn = !hasEnded(run.status);
  const fn = around.functions.find((one) => isOf(one, run)) ?? null;
  const [eventId] = run.trigger.eventIds;
  const [jobs, event, busyRunIds, invoked, cancelReason] = await Promise.all([
    goesOn ? orNull(api.listRunJobs(runId, { signal })) : [],
    eventId === undefined ? null : orNull(api.getEvent(eventId, { signal })),
    goesOn && fn && limitsOf(fn).length > 0 ? findBusyRuns(deps, run, fn) : [],
    gatherInvoked(deps, around, { runId, steps, depth }),
    run.status === "CANCELLED" ? orNull(findCancelReason(deps, run)) : null,
  ]);
  return {
    run,
    error: readSpanError({ ...run, output: run.output ?? root.output }),
    steps: steps.map(toStepFacts),
    jobs,
    fn,
    start: around.starts.find(({ slug }) => slug === `${run.app.id}-${run.function.id}`) ?? null,
    event,
    programs: around.programs?.filter((program) => program.runId === runId) ?? null,
    deadAddress: around.deadApps.get(run.app.id) ?? null,
    busyRunIds,
    invoked,
    cancelReason,
    sentEventIds: steps.flatMap(sentEventIds),
  };
}

function toStepFacts({
  key,
  name,
  op,
  status,
  startedAt,
  failedAttempts,
  ...rest
}: RunStep): StepFacts {
  const failedErrors = failedAttempts.map(({ error }) => error);
  return {
    stepId: key,
    name,
    op: op ?? "RUN",
    status,
    since: startedAt ?? null,
    input: rest.input,
    failedErrors,
  };
}

/** The limits of its own, each with the key that tells its lines apart. */
function limitsOf({ configuration }: AppFunction): readonly { readonly key: string | null }[] {
  const limits = configuration?.concurrency ?? [];
  return limits
    .filter(({ limit }) => limit?.isPlanLimit === false)
    .map(({ key }) => ({ key: key ?? null }));
}

function isOf(fn: AppFunction, run: Run): boolean {
  return fn.id === run.function.id && fn.app.id === run.app.id;
}

/** Other runs of the function that are at work now, in the same line: who waits for a place waits for them. */
async function findBusyRuns(deps: WhyDeps, run: Run, fn: AppFunction): Promise<readonly string[]> {
  const { api, signal } = deps;
  const { items } = await api.listRuns({
    functionId: [fn.id],
    appId: [fn.app.id],
    status: ["RUNNING"],
    limit: BUSY_LOOKED_AT,
    signal,
  });
  const keys = limitsOf(fn).map(({ key }) => key);
  const own = await readKeys(deps, run, keys);
  const busy = await Promise.all(
    items.map(async (other) => {
      if (other.id === run.id) return null;
      const jobs = await orNull(api.listRunJobs(other.id, { signal }));
      // A server that doesn't tell: a run that goes on may be at work.
      const isAtWork = jobs === null || jobs.some(({ status }) => status === "Running");
      if (!isAtWork) return null;
      const theirs = await readKeys(deps, other, keys);
      return theirs.some((key, index) => key === own[index]) ? other.id : null;
    }),
  );
  return busy.filter((id) => id !== null);
}

/** The line that a run stands in under each limit, by its event; a limit without a key has one line. */
async function readKeys(
  { api, signal }: WhyDeps,
  { trigger }: Run,
  keys: readonly (string | null)[],
): Promise<readonly string[]> {
  const [eventId] = trigger.eventIds;
  const isNeeded = eventId !== undefined && keys.some((key) => key !== null);
  const event = isNeeded ? await orNull(api.getEvent(eventId, { signal })) : null;
  return keys.map((key) => (key === null ? "" : evaluateKey(key, event)));
}

const InvocationSchema = z.object({ _inngest: z.object({ correlation_id: z.string() }) });

/** The run and the step that an event of an invocation comes from; null for any other event. */
export function readInvoker(
  event: Pick<ReceivedEvent, "data">,
): { readonly runId: string; readonly stepId: string } | null {
  const parsed = InvocationSchema.safeParse(event.data);
  const [runId, stepId] = parsed.data?._inngest.correlation_id.split(".") ?? [];
  return runId && stepId ? { runId, stepId } : null;
}

async function gatherInvoked(
  deps: WhyDeps,
  around: Surroundings,
  { runId, steps, depth }: { runId: string; steps: readonly RunStep[]; depth: number },
): Promise<ReadonlyMap<string, RunFacts>> {
  const invoked = new Map<string, RunFacts>();
  const wanted = steps.filter(({ op, status }) => op === "INVOKE" && status !== "COMPLETED");
  if (wanted.length === 0 || depth >= INVOKED_DEPTH_MAX) return invoked;
  for (const step of wanted) {
    const childId = await findInvokedRun(deps.api, runId, step);
    if (childId !== null) invoked.set(step.key, await gatherRun(deps, around, childId, depth + 1));
  }
  return invoked;
}

const EndedSchema = z.object({
  run_id: z.string(),
  error: z.object({ message: z.string() }).nullish(),
});

/** The engine's own event of a run's end says who cancelled it. */
async function findCancelReason({ api, signal }: WhyDeps, run: Run): Promise<string | null> {
  const endedAtMs = Date.parse(run.endedAt ?? "");
  if (Number.isNaN(endedAtMs)) return null;
  const query = {
    name: "inngest/function.cancelled",
    includeInternal: true,
    limit: PAGE_SIZE,
    receivedAfter: new Date(endedAtMs - CLOCKS_APART_MS).toISOString(),
    receivedBefore: new Date(endedAtMs + CLOCKS_APART_MS).toISOString(),
    signal,
  };
  for await (const { data } of api.eachEvent(query, CANCELLATIONS_LOOKED_AT)) {
    const parsed = EndedSchema.safeParse(data);
    if (parsed.data?.run_id === run.id) return parsed.data.error?.message ?? null;
  }
  return null;
}

/** Null for what the server has no route for, and for what it keeps no longer. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    const isMissing =
      error instanceof InngestApiError &&
      (error.code === "unsupported" || error.code === "not-found" || error.code === "server");
    if (isMissing) return null;
    throw error;
  }
}
