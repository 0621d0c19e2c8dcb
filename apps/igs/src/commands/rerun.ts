import { buildCommand } from "@stricli/core";
import { connectionFlags, text, withExamples } from "./common-flags.ts";
import { runIdPositional } from "./run-id.ts";

export const rerunCommand = buildCommand({
  loader: async () => (await import("../actions/rerun.ts")).rerun,
  parameters: {
    flags: {
      fromStep: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "step",
        brief: "Keep the results of the steps before this one",
      },
      ...connectionFlags,
    },
    positional: runIdPositional,
  },
  docs: {
    brief: "Run a run's function again with the same event",
    fullDescription: withExamples("Run a run's function again, with the same event.", [
      "igs rerun 01M7XX8G6W1DC58JY8SRGZ2ZER",
      "igs rerun 01M7XX8G6W1DC58JY8SRGZ2ZER --from-step transcribe",
    ]),
  },
});
