import { buildCommand } from "@stricli/core";
import { proposeEventNames } from "../completion/event-names.ts";
import { describedCommands } from "../results/described-commands.ts";
import { jsonFlag, text, withExamples } from "./common-flags.ts";

export const schemaCommand = buildCommand({
  loader: async () => (await import("../actions/schema.ts")).schema,
  parameters: {
    flags: {
      command: {
        kind: "enum",
        values: describedCommands,
        optional: true,
        brief: "Show the schema of what this command answers to programs: its result",
      },
      json: jsonFlag,
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          proposeCompletions: proposeEventNames,
          optional: true,
          placeholder: "event",
          brief: "Name of an event",
        },
      ],
    },
  },
  docs: {
    brief: "Show the events that there are, or the schema of one, or of a command's result",
    fullDescription: withExamples(
      "Without a name: the events that there are, and what they start. With one: its JSON Schema and an example. With --command: the JSON Schema of that command's result, as programs get it.",
      [
        "igs schema",
        "igs schema pipeline/video.download",
        "igs schema --command runs",
        'igs schema --command "log tail"',
      ],
    ),
  },
});
