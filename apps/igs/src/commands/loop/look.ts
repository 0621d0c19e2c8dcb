// Commands that look at loops. All but `logs -f` work with engine and worker down.

import { buildCommand } from "@stricli/core";
import {
  connectionFlags,
  jsonFlag,
  limitFlag,
  parseCount,
  text,
  withExamples,
} from "../common-flags.ts";
import {
  loopAndOptionalStoryPositional,
  loopIdPositional,
  optionalLoopIdPositional,
} from "./loop-flags.ts";

export const statusCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-status.ts")).loopStatus,
  parameters: {
    flags: {
      watch: {
        kind: "boolean",
        optional: true,
        brief: "Go on showing it until it pauses or ends (as terminals do); --no-watch looks once",
      },
      ...connectionFlags,
    },
    aliases: { w: "watch" },
    positional: optionalLoopIdPositional,
  },
  docs: {
    brief: "Show how far a loop is, live",
    fullDescription: withExamples(
      `Show how far a loop is: its stories, who is at work on which, what was spent of its caps, what it waits
for, and the next command. Live in a terminal. It reads the loop's record, so it works with engine and worker
down. Exit code 1 when the loop has paused or its outcome is not "completed".`,
      [
        "igs loop status",
        "igs loop status slugs-20261124 --no-watch",
        "igs loop status --watch --json",
      ],
    ),
  },
});

export const listCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-list.ts")).loopList,
  parameters: { flags: { limit: limitFlag, json: jsonFlag }, aliases: { n: "limit" } },
  docs: {
    brief: "List loops, the latest first",
    fullDescription: withExamples("List the loops of this machine, the latest first.", [
      "igs loop list",
      "igs loop list -n 100 --json",
    ]),
  },
});

export const showCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-show.ts")).loopShow,
  parameters: { flags: { json: jsonFlag }, positional: loopAndOptionalStoryPositional },
  docs: {
    brief: "Show a loop, or one story of it, with all reasons",
    fullDescription: withExamples(
      "Show what a loop was started with and where its things lie; of a story its criteria, why which agent was chosen, which tests are locked, and the reasons of each verdict.",
      ["igs loop show slugs-20261124", "igs loop show slugs-20261124 US-002 --json"],
    ),
  },
});

export const attemptsCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-attempts.ts")).loopAttempts,
  parameters: {
    flags: {
      story: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "Only those at this story",
      },
      json: jsonFlag,
    },
    positional: loopIdPositional,
  },
  docs: {
    brief: "List each run of an agent and each verdict, with time, tokens and money",
    fullDescription: withExamples(
      "List each run of an agent with its role, model, time, tokens, money and end, and each verdict with its reasons.",
      ["igs loop attempts slugs-20261124", "igs loop attempts slugs-20261124 --story US-002"],
    ),
  },
});

export const diffCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-diff.ts")).loopDiff,
  parameters: {
    flags: {
      attempt: {
        kind: "parsed",
        parse: parseCount,
        optional: true,
        placeholder: "n",
        brief: "The story's attempt of this number, instead of the last one",
      },
      stat: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Only files and counts of lines",
      },
      json: jsonFlag,
    },
    positional: loopAndOptionalStoryPositional,
  },
  docs: {
    brief: "Show what a loop, or one story of it, has changed",
    fullDescription: withExamples(
      "Show the change of all stories that have passed; or of one story, passed or not, as its last attempt left it.",
      [
        "igs loop diff slugs-20261124",
        "igs loop diff slugs-20261124 US-002 --attempt 1",
        "igs loop diff slugs-20261124 --stat",
      ],
    ),
  },
});

export const logsCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-logs.ts")).loopLogs,
  parameters: {
    flags: {
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Go on with what the running agent prints and what happens, until the end or Ctrl-C",
      },
      story: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "Only what concerns this story",
      },
      limit: { ...limitFlag, default: "100", brief: "How many of the last lines" },
      ...connectionFlags,
    },
    aliases: { f: "follow", n: "limit" },
    positional: optionalLoopIdPositional,
  },
  docs: {
    brief: "Show what happened, and what the agents said",
    fullDescription: withExamples(
      "Show what happened in a loop, and what its agents said and did, in readable form. Agents' own output is kept for a week.",
      [
        "igs loop logs",
        "igs loop logs slugs-20261124 -f",
        "igs loop logs slugs-20261124 --story US-002 -n 500",
      ],
    ),
  },
});
