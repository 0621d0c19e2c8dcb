import { buildCommand, buildRouteMap } from "@stricli/core";
import { jsonFlag, limitFlag, text, withExamples } from "./common-flags.ts";

const tailCommand = buildCommand({
  loader: async () => (await import("../actions/log-tail.ts")).logTail,
  parameters: {
    flags: {
      limit: limitFlag,
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Go on with the entries to come, until Ctrl-C",
      },
      json: jsonFlag,
    },
    aliases: { n: "limit", f: "follow" },
  },
  docs: {
    brief: "Show the last entries",
    fullDescription: withExamples(
      "Show the last entries of the system log, oldest first. Works without engine and worker.",
      ["igs log tail", "igs log tail -n 100", "slog tail -f"],
    ),
  },
});

function word(placeholder: string, brief: string) {
  return { kind: "parsed", parse: text, placeholder, brief } as const;
}

const writeCommand = buildCommand({
  loader: async () => (await import("../actions/log-write.ts")).logWrite,
  parameters: {
    flags: {
      action: word("word", "What was done, such as install"),
      tool: word("name", "What did it, such as brew"),
      detail: word("text", "What came of it, in a sentence"),
      reason: { ...word("text", "Why it was done"), optional: true },
      json: jsonFlag,
    },
    aliases: { a: "action", t: "tool", d: "detail", r: "reason" },
  },
  docs: {
    brief: "Add an entry",
    fullDescription: withExamples(
      "Add an entry to the system log. Works without engine and worker: it writes to the vault itself.",
      [
        'slog write --action install --tool brew --detail "ffmpeg 7" --reason "for transcripts"',
        'igs log write -a note -t me -d "moved the vault"',
      ],
    ),
  },
});

/** `igs log …` and `slog …` are the same commands. */
export const logRoutes = buildRouteMap({
  routes: { tail: tailCommand, write: writeCommand },
  docs: { brief: "Read and write the system log (slog is short for it)" },
});
