import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";

export const statusCommand = buildCommand({
  loader: async () => (await import("../actions/status.ts")).status,
  parameters: { flags: { ...connectionFlags } },
  docs: {
    brief: "Tell whether engine, worker, vault and log are well",
    fullDescription: withExamples(
      "Tell which engine is in use and whether it is well, the same of worker, programs, vault and log, and what to do about each problem. Exit code 0 when all is well, 3 when no engine answers, 1 for other problems.",
      ["igs status", "igs status --json"],
    ),
  },
});
