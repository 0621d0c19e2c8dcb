// The chain around a run: upwards who sent its event, downwards what its own events started.

import type { InngestApi, ReceivedEvent, Run } from "@system-bus/inngest-api";
import { z } from "zod";
import { sentEventIds } from "../trace/sent-events.ts";
import { readSteps } from "../trace/steps.ts";
import type { RunFacts, RunStory, Sender } from "./facts.ts";
import { gatherRun, orNull, readInvoker, type Surroundings, type WhyDeps } from "./gather-run.ts";

const SENDERS_MAX = 5;
const STARTED_MAX = 20;
/** An event doesn't say who sent it: so many runs that went on then are asked. */
const CANDIDATES_MAX = 15;
const CANDIDATES_LISTED = 60;
/** A checkpoint is stored a moment after its step has sent an event, and the run may end with it. */
const SLACK_MS = 5_000;

export async function gatherStory(
  deps: WhyDeps,
  around: Surroundings,
  runId: string,
): Promise<RunStory> {
  const focus = await gatherRun(deps, around, runId);
  const [senders, started] = await Promise.all([
    findSenders(deps, focus),
    gatherStarted(deps, around, focus),
  ]);
  return { focus, senders, started };
}

async function findSenders(deps: WhyDeps, focus: RunFacts): Promise<readonly Sender[]> {
  const senders: Sender[] = [];
  let { event } = focus;
  while (event !== null && senders.length < SENDERS_MAX) {
    const sender = await findSender(deps, event);
    if (sender === null || senders.some(({ run }) => run.id === sender.run.id)) break;
    senders.push(sender);
    const [eventId] = sender.run.trigger.eventIds;
    const { api, signal } = deps;
    event = eventId === undefined ? null : await orNull(api.getEvent(eventId, { signal }));
  }
  return senders;
}

const AboutRunSchema = z.object({ run_id: z.string() });

async function findSender({ api, signal }: WhyDeps, event: ReceivedEvent): Promise<Sender | null> {
  const invoker = readInvoker(event);
  const ended = event.name.startsWith("inngest/function.")
    ? AboutRunSchema.safeParse(event.data).data?.run_id
    : undefined;
  const known = invoker?.runId ?? ended;
  if (known !== undefined) {
    const run = await orNull(api.getRun(known, { signal }));
    return run && { run, step: invoker ? await nameOf(api, run.id, invoker.stepId) : null };
  }
  if (event.name.startsWith("inngest/")) return null;
  return findAmongRuns({ api, signal }, event);
}

async function nameOf(api: InngestApi, runId: string, stepId: string): Promise<string | null> {
  const root = await orNull(api.getTrace(runId));
  return (root && readSteps(root).find(({ key }) => key === stepId)?.name) ?? null;
}

async function findAmongRuns(
  { api, signal }: Pick<WhyDeps, "api" | "signal">,
  event: ReceivedEvent,
): Promise<Sender | null> {
  const sentAtMs = Date.parse(event.receivedAt);
  const until = new Date(sentAtMs + 1).toISOString();
  const runs = await Array.fromAsync(
    api.eachRun({ until, limit: CANDIDATES_LISTED, signal }, CANDIDATES_LISTED),
  );
  const candidates = runs.filter((run) => wentOnAt(run, sentAtMs)).slice(0, CANDIDATES_MAX);
  for (const run of candidates) {
    const root = await orNull(api.getTrace(run.id, { signal, includeOutput: true }));
    const step =
      root && readSteps(root).find((one) => sentEventIds(one).includes(event.internalId));
    if (step) return { run, step: step.name };
  }
  return null;
}

function wentOnAt({ endedAt }: Run, atMs: number): boolean {
  return endedAt === undefined || Date.parse(endedAt) >= atMs - SLACK_MS;
}

/** Breadth first, so that what is near comes first. */
async function gatherStarted(
  deps: WhyDeps,
  around: Surroundings,
  focus: RunFacts,
): Promise<readonly RunFacts[]> {
  const { api, signal } = deps;
  const found = new Map<string, RunFacts>();
  const open = [focus];
  for (let facts = open.shift(); facts !== undefined; facts = open.shift()) {
    for (const eventId of facts.sentEventIds) {
      for (const run of (await orNull(api.getEventRuns(eventId, { signal }))) ?? []) {
        if (found.size >= STARTED_MAX) return [...found.values()];
        if (run.id === focus.run.id || found.has(run.id)) continue;
        const started = await gatherRun(deps, around, run.id);
        found.set(run.id, started);
        open.push(started);
      }
    }
  }
  return [...found.values()];
}
