import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { CliError } from "../output/failure.ts";
import { type CancelFilter, cancelRuns } from "./cancel-runs.ts";

export interface CancelFlags extends ConnectionFlags, CancelFilter {
  readonly yes?: boolean;
}

export const cancel = createAction<CancelFlags, [string?]>(
  "cancel",
  async ({ io, context }, { yes, engineUrl, json: _json, ...filter }, runId) => {
    const { api } = connect(context, engineUrl === undefined ? {} : { engineUrl });
    if (runId === undefined) return cancelRuns({ io, context, api }, filter, yes === true);
    if (Object.values(filter).some((value) => value !== undefined)) {
      throw new CliError({
        code: "usage",
        message: "A run's id and a choice of runs exclude each other.",
        fix: "Give the id alone, or leave it out.",
      });
    }
    await api.cancelRun(runId);
    return {
      result: { runId },
      text: `Run ${runId} is cancelled; programs that it started are stopped.`,
      nextActions: [
        { command: `igs run ${runId}`, description: "How far it came" },
        { command: `igs rerun ${runId}`, description: "Run it again with the same event" },
      ],
    };
  },
);
