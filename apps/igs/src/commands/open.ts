import { buildCommand } from "@stricli/core";
import { connectionFlags, text, withExamples } from "./common-flags.ts";

export const openCommand = buildCommand({
  loader: async () => (await import("../actions/open.ts")).open,
  parameters: {
    flags: {
      print: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Only print the address",
      },
      ...connectionFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          optional: true,
          placeholder: "id",
          brief: "A run's or an event's id, or a function's; the dashboard's first page without it",
        },
      ],
    },
  },
  docs: {
    brief: "Open the dashboard in the browser, at a run, an event or a function",
    fullDescription: withExamples(
      "Open the engine's dashboard in the browser. Where no browser can be started, over ssh for instance, the address is printed.",
      [
        "igs open",
        "igs open 01M7XX8G6W1DC58JY8SRGZ2ZER",
        "igs open video-download",
        "igs open --print",
      ],
    ),
  },
});
