import { buildCommand } from "@stricli/core";
import { connectionFlags, limitFlag, text, withExamples } from "./common-flags.ts";
import { runFilterFlags } from "./run-filter-flags.ts";

export const runsCommand = buildCommand({
  loader: async () => (await import("../actions/runs.ts")).runs,
  parameters: {
    flags: {
      ...runFilterFlags,
      limit: limitFlag,
      all: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "All that fit, 10,000 at most, instead of --limit",
      },
      cursor: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "cursor",
        brief: "Go on where an answer with this cursor ended",
      },
      ...connectionFlags,
    },
    aliases: { n: "limit" },
  },
  docs: {
    brief: "List runs, newest first",
    fullDescription: withExamples("List runs, newest first, with their status and error.", [
      "igs runs",
      "igs runs --status failed --since 2h",
      "igs runs --function video-download -n 5 --json",
      "igs runs --event pipeline/video.download --status running --status queued",
      "igs runs --all --since 7d --until 1d",
    ]),
  },
});
