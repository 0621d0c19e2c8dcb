import { BUS_APP_ID, type BusClient } from "@system-bus/events";
import type { Programs } from "@system-bus/programs";
import type { InngestFunction } from "inngest";
import { z } from "zod";

export interface ProgramStopDeps {
  readonly programs: Pick<Programs, "stopRun">;
}

/** Both events are the engine's own; this is the part of them that counts here. */
const EndedRun = z.object({ run_id: z.string().min(1), function_id: z.string() });

/** Ends the programs of runs that were cancelled or have failed: nobody waits for them any more. */
export function programStop(client: BusClient, { programs }: ProgramStopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: "program-stop",
      triggers: [{ event: "inngest/function.cancelled" }, { event: "inngest/function.failed" }],
      retries: 4,
    },
    async ({ event, step }) => {
      const ended = EndedRun.safeParse(event.data);
      if (!ended.success || !ended.data.function_id.startsWith(`${BUS_APP_ID}-`)) {
        return { stopped: null };
      }
      const { run_id: runId } = ended.data;
      await step.run("stop", () => programs.stopRun(runId));
      return { stopped: runId };
    },
  );
}
