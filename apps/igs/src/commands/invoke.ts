import { buildCommand } from "@stricli/core";
import { proposeFunctionIds } from "../completion/engine-ids.ts";
import { connectionFlags, parseTimeout, text, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Start a function by itself, without an event that others would hear, too.

It takes the data that its event would have. With --id the same call twice within 24 hours is one run.
With --wait it ends when the run has ended, and prints what it returned: exit code 1 when it failed.`;

export const invokeCommand = buildCommand({
  loader: async () => (await import("../actions/invoke.ts")).invoke,
  parameters: {
    flags: {
      data: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "json",
        brief: "What the function is given: JSON, @file, or - for stdin",
      },
      id: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "An id of your own: given twice within 24 hours, it is one run",
      },
      app: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "id",
        brief: "The function's app, where several have one of this id",
      },
      wait: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Wait for the run, and print what it returns",
      },
      timeout: {
        kind: "parsed",
        parse: parseTimeout,
        optional: true,
        placeholder: "duration",
        brief: "How long to wait at most, such as 30s; the run goes on",
      },
      ...connectionFlags,
    },
    aliases: { d: "data", w: "wait" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: text,
          proposeCompletions: proposeFunctionIds,
          placeholder: "function",
          brief: "Its id, as `igs functions` shows it",
        },
      ],
    },
  },
  docs: {
    brief: "Start a function by itself, and wait for what it returns",
    fullDescription: withExamples(DESCRIPTION, [
      `igs invoke content-summarize --data '{"vaultPath":"note"}'`,
      "igs invoke demo/nightly --wait --timeout 5m",
      "igs invoke video-download --data @video.json --id once-only --wait --json",
    ]),
  },
});
