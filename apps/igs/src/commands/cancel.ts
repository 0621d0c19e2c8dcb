import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";
import { runIdPositional } from "./run-id.ts";

export const cancelCommand = buildCommand({
  loader: async () => (await import("../actions/cancel.ts")).cancel,
  parameters: { flags: { ...connectionFlags }, positional: runIdPositional },
  docs: {
    brief: "Cancel a run and stop its programs",
    fullDescription: withExamples(
      "Cancel a run. No further step of it starts, and the programs that it started are stopped.",
      ["igs cancel 01M7XX8G6W1DC58JY8SRGZ2ZER"],
    ),
  },
});
