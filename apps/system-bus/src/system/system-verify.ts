import { type BusClient, busEvents } from "@system-bus/events";
import type { ProcessIdentity } from "@system-bus/programs/processes";
import type { InngestFunction } from "inngest";

export interface SystemVerifyDeps {
  /** Another one each time: it tells whether a step ran once. */
  readonly createToken: () => string;
  /** This process; null where the system doesn't tell. */
  readonly identifyWorker: () => Promise<ProcessIdentity | null>;
}

/**
 * What `igs verify` tries the bus with. Each step says which process ran it, so that after a kill in the pause
 * the run itself shows that another worker went on, and with which result of the first step. It needs
 * nothing that a real Inngest server lacks, and leaves nothing but its run.
 */
export function systemVerify(client: BusClient, deps: SystemVerifyDeps): InngestFunction.Any {
  const identify = async () => ({
    token: deps.createToken(),
    worker: await deps.identifyWorker(),
  });
  return client.createFunction(
    { id: "system-verify", triggers: [busEvents["system/verify"]], retries: 4 },
    async ({ event, step }) => {
      const one = await step.run("one", identify);
      const { pauseSeconds } = event.data;
      if (pauseSeconds !== undefined) await step.sleep("pause", `${pauseSeconds}s`);
      const two = await step.run("two", identify);
      return { one, two };
    },
  );
}
