// A program as steps of a run. No step holds its request open while the program runs:
//
//   <id>            start it under a supervisor, return its key
//   <id>:finished   wait for `program/finished`
//   <id>:result     read the result, mark it collected, decide whether to try again
//
// The second program attempt is `<id>:2`, `<id>:2:finished`, `<id>:2:result`. A wait that ran out
// while the program lives (it stood in line for its slot) is followed by `<id>:finished:2`,
// `<id>:result:2`. Step ids are API: renaming one changes runs that are under way.

import { NonRetriableError } from "inngest";
import { z } from "zod";
import { ProgramError, type ProgramErrorCode } from "../program-error.ts";
import { programKey } from "../program-key.ts";
import type { StepTools } from "../step-tools.ts";
import { type CollectRequest, collectProgram } from "./collect-program.ts";
import { startProgram } from "./start-program.ts";
import type { WorkerDeps } from "./worker-deps.ts";

/** What comes back from the run's state, which an engine kept for us. */
const CollectedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("value"), value: z.unknown() }),
  z.object({ kind: z.literal("again"), reason: z.string() }),
  z.object({ kind: z.literal("wait") }),
]);

/** Over the wall limit: for the grace of the kill, the sending, and a busy machine. */
const WAIT_MARGIN_MS = 120_000;
/** Two steps each; an Inngest run has at most a thousand. */
const WAIT_ROUNDS_MAX = 100;

export type RunProgramRequest = Omit<CollectRequest, "attempt" | "stepId">;

export async function runProgram(
  deps: WorkerDeps,
  step: StepTools,
  { id, request }: { readonly id: string; readonly request: RunProgramRequest },
): Promise<unknown> {
  const { attemptsMax } = request.spec;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const collected = await runAttempt(deps, step, { ...request, stepId: id, attempt });
    if (collected.kind === "value") return collected.value;
  }
  // The last attempt's result step has failed the run already, unless the spec allowed none.
  throw new NonRetriableError(`${request.spec.command}: attemptsMax is ${attemptsMax}`);
}

async function runAttempt(deps: WorkerDeps, step: StepTools, request: CollectRequest) {
  const ids = stepIds(request.stepId, request.attempt);
  await step.run(ids.start, async () => ({
    key: await refuseForGood(() => startProgram(deps, request)),
  }));

  const key = programKey(request);
  for (let round = 1; round <= WAIT_ROUNDS_MAX; round += 1) {
    await step.waitForEvent(ids.finished(round), {
      event: "program/finished",
      if: `async.data.key == "${key}"`,
      timeout: request.spec.wallClockMaxMs + WAIT_MARGIN_MS,
    });
    const answer = await step.run(ids.result(round), () =>
      refuseForGood(() => collectProgram(deps, request)),
    );
    const collected = CollectedSchema.parse(answer);
    if (collected.kind !== "wait") return collected;
  }
  throw new NonRetriableError(
    `${request.spec.command} has not ended after ${WAIT_ROUNDS_MAX} waits: is slot ${request.spec.slot ?? "(none)"} stuck?`,
  );
}

export interface StepIds {
  readonly start: string;
  readonly finished: (round: number) => string;
  readonly result: (round: number) => string;
}

/** Attempts and rounds count from 1; the first of each adds nothing to the id. */
export function stepIds(id: string, attempt: number): StepIds {
  const start = attempt === 1 ? id : `${id}:${attempt}`;
  const nth = (name: string, round: number) => (round === 1 ? name : `${name}:${round}`);
  return {
    start,
    finished: (round) => nth(`${start}:finished`, round),
    result: (round) => nth(`${start}:result`, round),
  };
}

/** Whether trying the same step again may help: a full disk passes, a bad spec stays one. */
const MAY_RETRY = {
  SPEC_INVALID: false,
  COMMAND_MISSING: false,
  RUN_STOPPED: false,
  SUPERVISOR_FAILED: true,
  STILL_ALIVE: true,
  PROCESSES_UNREADABLE: true,
  RECORD_UNREADABLE: true,
} as const satisfies Record<ProgramErrorCode, boolean>;

async function refuseForGood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProgramError) || MAY_RETRY[error.code]) throw error;
    throw new NonRetriableError(error.message, { cause: error });
  }
}
