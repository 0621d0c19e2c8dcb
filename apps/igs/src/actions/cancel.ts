import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";

export const cancel = createAction<ConnectionFlags, [string]>(
  "cancel",
  async ({ context }, flags, runId) => {
    await connect(context, flags).api.cancelRun(runId);
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
