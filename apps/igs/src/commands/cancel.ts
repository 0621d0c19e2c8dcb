import { buildCommand } from "@stricli/core";
import { proposeFunctionIds } from "../completion/engine-ids.ts";
import {
  connectionFlags,
  sinceFlag,
  text,
  untilFlag,
  withExamples,
  yesFlag,
} from "./common-flags.ts";
import { optionalRunIdPositional } from "./run-id.ts";

export const cancelCommand = buildCommand({
  loader: async () => (await import("../actions/cancel.ts")).cancel,
  parameters: {
    flags: {
      function: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFunctionIds,
        optional: true,
        placeholder: "id",
        brief: "Cancel all unfinished runs of this function",
      },
      app: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "The function's app; without --function all unfinished runs of this app",
      },
      since: sinceFlag,
      until: untilFlag,
      if: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "expression",
        brief: "Only runs whose event fulfils this, such as \"event.data.user == 'a'\"",
      },
      yes: yesFlag,
      ...connectionFlags,
    },
    aliases: { y: "yes" },
    positional: optionalRunIdPositional,
  },
  docs: {
    brief: "Cancel a run, or many, and stop their programs",
    fullDescription: withExamples(
      "Cancel a run. No further step of it starts, and the programs that it started are stopped. Without an id: cancel all runs of a function or an app, after a count and a question. A self-hosted Inngest server can cancel single runs only.",
      [
        "igs cancel 01M7XX8G6W1DC58JY8SRGZ2ZER",
        "igs cancel --function video-download",
        "igs cancel --function video-download --since 2h --if \"event.data.user == 'a'\" --yes",
      ],
    ),
  },
});
