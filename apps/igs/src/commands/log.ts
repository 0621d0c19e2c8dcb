import { buildCommand, buildRouteMap } from "@stricli/core";
import { jsonFlag, limitFlag, sinceFlag, text, untilFlag, withExamples } from "./common-flags.ts";

const filterFlags = {
  action: { ...word("word", "Only entries of this action"), optional: true },
  tool: { ...word("name", "Only entries of this tool"), optional: true },
  since: sinceFlag,
  until: untilFlag,
} as const;

const tailCommand = buildCommand({
  loader: async () => (await import("../actions/log-tail.ts")).logTail,
  parameters: {
    flags: {
      ...filterFlags,
      limit: limitFlag,
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Go on with the entries to come, until Ctrl-C",
      },
      json: jsonFlag,
    },
    aliases: { n: "limit", f: "follow", a: "action", t: "tool" },
  },
  docs: {
    brief: "Show the last entries",
    fullDescription: withExamples(
      "Show the last entries of the system log, oldest first. Works without engine and worker.",
      ["igs log tail", "igs log tail -n 100", "slog tail -f --tool brew"],
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

const searchCommand = buildCommand({
  loader: async () => (await import("../actions/log-search.ts")).logSearch,
  parameters: {
    flags: { ...filterFlags, limit: limitFlag, json: jsonFlag },
    aliases: { n: "limit", a: "action", t: "tool" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          optional: true,
          placeholder: "text",
          brief: "Found in action, tool, detail or reason, whatever its case",
        },
      ],
    },
  },
  docs: {
    brief: "Find entries by text, action, tool and time",
    fullDescription: withExamples(
      "Find entries, oldest first; of too many the last ones. Works without engine and worker.",
      [
        "slog search ffmpeg",
        "slog search --tool brew --since 30d",
        'igs log search "talk on" -a download -n 100',
      ],
    ),
  },
});

const statsCommand = buildCommand({
  loader: async () => (await import("../actions/log-stats.ts")).logStatistics,
  parameters: {
    flags: { ...filterFlags, json: jsonFlag },
    aliases: { a: "action", t: "tool" },
  },
  docs: {
    brief: "Count entries by action, tool and day",
    fullDescription: withExamples(
      "Count the entries of the system log by action, tool and day, and tell how old the last one is.",
      ["slog stats", "slog stats --since 7d", "igs log stats --tool brew --json"],
    ),
  },
});

const validateCommand = buildCommand({
  loader: async () => (await import("../actions/log-validate.ts")).logValidate,
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: "Find the lines that are no entries",
    fullDescription: withExamples(
      "Read every line of the system log and name those that are no entries, with the reason. Exit code 1 when there are any; nothing is changed.",
      ["slog validate", "igs log validate --json"],
    ),
  },
});

/** `igs log …` and `slog …` are the same commands. */
export const logRoutes = buildRouteMap({
  routes: {
    tail: tailCommand,
    write: writeCommand,
    search: searchCommand,
    stats: statsCommand,
    validate: validateCommand,
  },
  docs: { brief: "Read and write the system log (slog is short for it)" },
});
