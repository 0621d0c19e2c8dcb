import { buildCommand, buildRouteMap } from "@stricli/core";
import { proposeFunctionIds } from "../completion/engine-ids.ts";
import { connectionFlags, parseCount, text, withExamples } from "./common-flags.ts";

const appFlag = {
  kind: "parsed",
  parse: text,
  optional: true,
  placeholder: "id",
  brief: "The function's app, where several have one of this id",
} as const;

const functionPositional = {
  kind: "tuple",
  parameters: [
    {
      parse: text,
      proposeCompletions: proposeFunctionIds,
      placeholder: "function",
      brief: "Its id, as `igs functions` shows it",
    },
  ],
} as const;

const listCommand = buildCommand({
  loader: async () => (await import("../actions/functions.ts")).functions,
  parameters: {
    flags: {
      last: {
        kind: "parsed",
        parse: parseCount,
        default: "20",
        placeholder: "n",
        brief: "Of how many of its last runs the failed ones are counted, 100 at most",
      },
      ...connectionFlags,
    },
  },
  docs: {
    brief: "List the registered functions, what starts them and how they do",
    fullDescription: withExamples(
      "List the functions that are registered with the engine, with their last run, how many of the last runs have failed, how many may run at once, how often a step is tried again, what starts them, and when a schedule fires next (embedded engine).",
      ["igs functions", "igs functions --last 100", "igs functions --json"],
    ),
  },
});

const pauseCommand = buildCommand({
  loader: async () => (await import("../actions/functions-pause.ts")).pauseFunction,
  parameters: {
    flags: {
      runs: {
        kind: "enum",
        values: ["hold", "continue", "cancel"],
        default: "hold",
        brief: "What becomes of its unfinished runs: they wait, go on, or are cancelled",
      },
      app: appFlag,
      ...connectionFlags,
    },
    positional: functionPositional,
  },
  docs: {
    brief: "Let a function start no more runs",
    fullDescription: withExamples(
      "Pause a function: events and schedules start no run of it until it is resumed, and are recorded as skipped runs instead. It stays paused over restarts. Only the embedded engine has this; Inngest's cloud has it in its dashboard.",
      ["igs functions pause video-download", "igs functions pause video-download --runs continue"],
    ),
  },
});

const resumeCommand = buildCommand({
  loader: async () => (await import("../actions/functions-pause.ts")).resumeFunction,
  parameters: { flags: { app: appFlag, ...connectionFlags }, positional: functionPositional },
  docs: {
    brief: "Let a paused function start runs again",
    fullDescription: withExamples(
      "Resume a paused function. Runs that were held go on; what was skipped meanwhile is not made up for by itself.",
      ["igs functions resume video-download"],
    ),
  },
});

/** `igs functions` alone lists. */
export const functionsRoutes = buildRouteMap({
  routes: { list: listCommand, pause: pauseCommand, resume: resumeCommand },
  defaultCommand: "list",
  docs: { brief: "List the functions; pause and resume them" },
});
