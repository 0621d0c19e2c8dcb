// The runs of `system-verify` that the checks start, and what such a run tells of who ran it.

import { hasEnded, type InngestApi, type Run } from "@system-bus/inngest-api";
import type { ProcessIdentity } from "@system-bus/programs/processes";
import { z } from "zod";
import { readSteps } from "../trace/steps.ts";
import { unwrapOutput } from "../trace/unwrap-output.ts";
import { type WaitScene, waitUntil } from "./wait-until.ts";

const IdentitySchema = z.object({ pid: z.number(), startMark: z.string(), bootId: z.string() });
const StepSchema = z.object({ token: z.string(), worker: IdentitySchema.nullable() });

/** What a step of the function returned: who ran it, and a token that is another one each time. */
export type VerifyStep = Readonly<z.output<typeof StepSchema>>;

const EndSchema = z.object({ one: StepSchema, two: StepSchema });

export interface StartedRun {
  readonly eventId: string;
  readonly sentAtMs: number;
}

type RunScene = WaitScene & { readonly api: InngestApi };

/** Without a pause the run goes through at once. */
export async function sendVerifyEvent(
  { api, clock, signal }: RunScene,
  pauseSeconds?: number,
): Promise<StartedRun> {
  const data = pauseSeconds === undefined ? {} : { pauseSeconds };
  const sentAtMs = clock.nowMs();
  const [eventId] = await api.sendEvents([{ name: "system/verify", data }], { signal });
  if (eventId === undefined) throw new Error("promised: a server answers an event with its id");
  return { eventId, sentAtMs };
}

/** The one run of `system-verify` that the event has started; null when none is seen in time. */
export function waitForRun(
  scene: RunScene,
  { eventId }: StartedRun,
  boundMs: number,
): Promise<Run | null> {
  return waitUntil(scene, boundMs, async () => {
    const runs = await scene.api.getEventRuns(eventId);
    return runs.find((run) => run.function.id === "system-verify") ?? null;
  });
}

/** Once the first step is stored; null when it isn't in time. */
export function waitForFirstStep(
  scene: RunScene,
  runId: string,
  boundMs: number,
): Promise<VerifyStep | null> {
  return waitUntil(scene, boundMs, async () => {
    const steps = readSteps(await scene.api.getTrace(runId, { includeOutput: true }));
    const one = steps.find(({ name, status }) => name === "one" && status === "COMPLETED");
    const parsed = StepSchema.safeParse(unwrapOutput(one?.output));
    return parsed.success ? parsed.data : null;
  });
}

/** The run once it has ended, however it did; null when it hasn't in time. */
export function waitForEnd(scene: RunScene, runId: string, boundMs: number): Promise<Run | null> {
  return waitUntil(scene, boundMs, async () => {
    const run = await scene.api.getRun(runId, { includeOutput: true });
    return hasEnded(run.status) ? run : null;
  });
}

/** Null when the run did not return what the function of this release does. */
export function readEnd(run: Run): { readonly one: VerifyStep; readonly two: VerifyStep } | null {
  const parsed = EndSchema.safeParse(unwrapOutput(run.output));
  return parsed.success ? parsed.data : null;
}

export function isSameProcess(a: ProcessIdentity | null, b: ProcessIdentity | null): boolean {
  return (
    a !== null &&
    b !== null &&
    a.pid === b.pid &&
    a.startMark === b.startMark &&
    a.bootId === b.bootId
  );
}
