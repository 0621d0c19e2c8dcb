import { buildCommand } from "@stricli/core";
import { bringUpFlags } from "./bring-up-flags.ts";
import { withExamples } from "./common-flags.ts";

const DESCRIPTION = `Start engine and worker for development.

The state is in memory only, the worker is loaded anew when its code changes, and no keys are needed.
A server that answers on the engine's port is used as it is. Ctrl-C stops worker and engine; programs
that a run started go on.`;

export const devCommand = buildCommand({
  loader: async () => (await import("../actions/dev.ts")).dev,
  parameters: { flags: bringUpFlags },
  docs: {
    brief: "Start engine and worker for development: in memory, reload on change",
    fullDescription: withExamples(DESCRIPTION, [
      "igs dev",
      "igs dev --engine inngest",
      "igs dev --engine-port 8290 --worker-port 3112",
    ]),
  },
});
