import { buildCommand } from "@stricli/core";
import { connectionFlags, limitFlag, text, withExamples } from "./common-flags.ts";

export const eventsCommand = buildCommand({
  loader: async () => (await import("../actions/events.ts")).events,
  parameters: {
    flags: {
      name: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "event",
        brief: "Only events of this name",
      },
      limit: limitFlag,
      ...connectionFlags,
    },
    aliases: { n: "limit" },
  },
  docs: {
    brief: "List the events that the engine received, newest first",
    fullDescription: withExamples("List the events that the engine received, newest first.", [
      "igs events",
      "igs events --name pipeline/video.download -n 3",
    ]),
  },
});
