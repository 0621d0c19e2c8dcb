import { buildCommand } from "@stricli/core";
import { proposeRunIds } from "../completion/engine-ids.ts";
import { connectionFlags, text, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Tell in one paragraph what a run waits for or why it failed: its steps and programs, the limits of its
function, the run that sent its event, the runs that it invoked and those that its own events started.
Given the id of an event: which runs it started, or why it started none. What the server's API doesn't
tell is said to be so.`;

export const whyCommand = buildCommand({
  loader: async () => (await import("../actions/why.ts")).why,
  parameters: {
    flags: { ...connectionFlags },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          proposeCompletions: proposeRunIds,
          placeholder: "id",
          brief: "A run's id, as `igs runs` shows it, or an event's, as `igs events` does",
        },
      ],
    },
  },
  docs: {
    brief: "Tell what a run waits for or why it failed",
    fullDescription: withExamples(DESCRIPTION, [
      "igs why 01M7XX8G6W1DC58JY8SRGZ2ZER",
      "igs why 01M7XX8G26Z39M6Y05EC7VAHVT --json",
    ]),
  },
});
