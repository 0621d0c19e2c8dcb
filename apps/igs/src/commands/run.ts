import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";
import { runIdPositional } from "./run-id.ts";

export const runCommand = buildCommand({
  loader: async () => (await import("../actions/run.ts")).run,
  parameters: {
    flags: {
      otlp: {
        kind: "boolean",
        optional: true,
        brief: "Print the run's trace in OpenTelemetry's JSON, and nothing else",
      },
      ...connectionFlags,
    },
    positional: runIdPositional,
  },
  docs: {
    brief: "Show one run: its steps, attempts and errors",
    fullDescription: withExamples("Show one run: its steps, attempts, outputs and errors.", [
      "igs run 01M7XX8G6W1DC58JY8SRGZ2ZER",
      "igs run 01M7XX8G6W1DC58JY8SRGZ2ZER --otlp > trace.json",
    ]),
  },
});
