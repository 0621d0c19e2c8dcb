import type { InngestApi } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { CliError } from "../output/failure.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import { readSteps } from "../trace/steps.ts";
import { rerunRuns } from "./rerun-runs.ts";

export interface RerunFlags extends ConnectionFlags, RunFilter {
  readonly fromStep?: string;
  readonly input?: readonly unknown[];
  readonly yes?: boolean;
}

export const rerun = createAction<RerunFlags, [string?]>(
  "rerun",
  async ({ io, context }, flags, runId) => {
    const { api } = connect(context, flags);
    const { status, function: fn, app, event, since, until } = flags;
    const filter = { status, function: fn, app, event, since, until };
    if (runId === undefined) {
      refuseStep(flags);
      return rerunRuns({ io, context, api }, filter, flags.yes === true);
    }
    refuseFilter(filter);
    const fromStep = await readStart(api, runId, flags);
    const newRunId = await api.rerun(runId, fromStep === undefined ? {} : { fromStep });
    return {
      result: { runId: newRunId, rerunOf: runId },
      text: `Run ${newRunId} runs it again.`,
      nextActions: [{ command: `igs run ${newRunId}`, description: "How far it is" }],
    };
  },
);

function refuseStep({ fromStep, input }: RerunFlags): void {
  if (fromStep === undefined && input === undefined) return;
  throw new CliError({
    code: "usage",
    message: "A step is one run's: of which?",
    fix: "Give the run's id, or leave out --from-step and --input.",
  });
}

function refuseFilter(filter: RunFilter): void {
  if (Object.values(filter).every((value) => value === undefined)) return;
  throw new CliError({
    code: "usage",
    message: "A run's id and a choice of runs exclude each other.",
    fix: "Give the id alone, or leave it out.",
  });
}

async function readStart(api: InngestApi, runId: string, { fromStep, input }: RerunFlags) {
  if (fromStep === undefined) {
    if (input === undefined) return undefined;
    throw new CliError({
      code: "usage",
      message: "An input is given to one step: which?",
      fix: "Name the step with --from-step, or leave out --input.",
    });
  }
  await checkStep(api, runId, fromStep);
  return { stepId: fromStep, ...(input === undefined ? {} : { input }) };
}

/** Servers differ in how they say that there is no such step; all of them show the run's trace. */
async function checkStep(api: InngestApi, runId: string, nameOrId: string): Promise<void> {
  const steps = readSteps(await api.getTrace(runId));
  // The second "load" is "load:1", and so on: the SDK numbers the repeats of an id.
  const name = nameOrId.replace(/:\d+$/, "");
  if (steps.some((step) => [nameOrId, name].includes(step.name) || step.key === nameOrId)) return;
  const names = steps.map((step) => step.name).join(", ");
  throw new CliError({
    code: "not-found",
    message: `Run ${runId} has no step "${nameOrId}".`,
    fix:
      steps.length === 0
        ? "It came to no step: run it without --from-step."
        : `Its steps are: ${names}.`,
  });
}
