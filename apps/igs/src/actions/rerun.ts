import type { InngestApi } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { CliError } from "../output/failure.ts";
import { readSteps } from "../trace/steps.ts";

export interface RerunFlags extends ConnectionFlags {
  readonly fromStep?: string;
}

export const rerun = createAction<RerunFlags, [string]>(
  "rerun",
  async ({ context }, flags, runId) => {
    const { api } = connect(context, flags);
    const fromStep = flags.fromStep ? await findStepId(api, runId, flags.fromStep) : undefined;
    const newRunId = await api.rerun(runId, fromStep === undefined ? {} : { fromStep });
    return {
      result: { runId: newRunId, rerunOf: runId },
      text: `Run ${newRunId} runs it again.`,
      nextActions: [{ command: `igs run ${newRunId}`, description: "How far it is" }],
    };
  },
);

/** People know a step by its name; the API wants the id that it has in the trace. */
async function findStepId(api: InngestApi, runId: string, nameOrId: string): Promise<string> {
  const steps = readSteps(await api.getTrace(runId));
  const step = steps.find(({ name, key }) => name === nameOrId || key === nameOrId);
  if (step) return step.key;
  const names = steps.map(({ name }) => name).join(", ");
  throw new CliError({
    code: "not-found",
    message: `Run ${runId} has no step "${nameOrId}".`,
    fix:
      steps.length === 0
        ? "It came to no step: run it without --from-step."
        : `Its steps are: ${names}.`,
  });
}
