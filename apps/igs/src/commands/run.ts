import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";
import { runIdPositional } from "./run-id.ts";

const DESCRIPTION = `Show one run: its steps with their tries, outputs and errors, and below a step that invokes a function
the run that it waits for. "took" is how long a step ran, "queued" how long it was due before that. In
the bars ░ is queued or between two tries, █ running, ─ waiting for a time, an event or another run.`;

export const runCommand = buildCommand({
  loader: async () => (await import("../actions/run.ts")).run,
  parameters: {
    flags: {
      otlp: {
        kind: "boolean",
        optional: true,
        brief: "Print the run's trace in OpenTelemetry's JSON, and nothing else",
      },
      watch: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Show it live until it has ended: exit code 1 when it failed",
      },
      ...connectionFlags,
    },
    aliases: { w: "watch" },
    positional: runIdPositional,
  },
  docs: {
    brief: "Show one run: its steps, attempts and errors",
    fullDescription: withExamples(DESCRIPTION, [
      "igs run 01M7XX8G6W1DC58JY8SRGZ2ZER",
      "igs run 01M7XX8G6W1DC58JY8SRGZ2ZER --watch",
      "igs run 01M7XX8G6W1DC58JY8SRGZ2ZER --otlp > trace.json",
    ]),
  },
});
