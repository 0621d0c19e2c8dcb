import { buildCommand } from "@stricli/core";
import { parseJson } from "../parse-json.ts";
import { connectionFlags, text, withExamples, yesFlag } from "./common-flags.ts";
import { runFilterFlags } from "./run-filter-flags.ts";
import { optionalRunIdPositional } from "./run-id.ts";

export const rerunCommand = buildCommand({
  loader: async () => (await import("../actions/rerun.ts")).rerun,
  parameters: {
    flags: {
      ...runFilterFlags,
      fromStep: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "step",
        brief: "Keep the results of the steps before this one",
      },
      input: {
        kind: "parsed",
        parse: parseInput,
        optional: true,
        placeholder: "json",
        brief: "What that step's function is given instead of its arguments: a JSON list",
      },
      yes: yesFlag,
      ...connectionFlags,
    },
    aliases: { y: "yes" },
    positional: optionalRunIdPositional,
  },
  docs: {
    brief: "Run a run's function again with the same event, or those of many",
    fullDescription: withExamples(
      "Run a run's function again, with the same event. From a step: that step and all that came after it run again, with what the steps before it returned. A repeated step is named with its number, such as load:1 for the second. Without an id: all runs that the flags choose, those that failed if no status is given, after a count and a question.",
      [
        "igs rerun 01M7XX8G6W1DC58JY8SRGZ2ZER",
        "igs rerun 01M7XX8G6W1DC58JY8SRGZ2ZER --from-step transcribe",
        "igs rerun 01M7XX8G6W1DC58JY8SRGZ2ZER --from-step summarise --input '[{\"words\":100}]'",
        "igs rerun --function video-download --status failed --since 2h",
      ],
    ),
  },
});

function parseInput(input: string): readonly unknown[] {
  const value = parseJson(input);
  if (Array.isArray(value)) return value;
  throw new SyntaxError(`expected a JSON list of arguments, such as '["a"]', not "${input}"`);
}
