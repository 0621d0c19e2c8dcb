import { buildCommand } from "@stricli/core";
import { proposeEventNames } from "../completion/event-names.ts";
import { jsonFlag, text, withExamples } from "./common-flags.ts";

export const schemaCommand = buildCommand({
  loader: async () => (await import("../actions/schema.ts")).schema,
  parameters: {
    flags: { json: jsonFlag },
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
    brief: "Show the events that there are, or one event's schema",
    fullDescription: withExamples(
      "Without a name: the events that there are, and what they start. With one: its JSON Schema and an example.",
      ["igs schema", "igs schema pipeline/video.download"],
    ),
  },
});
