import { buildCommand } from "@stricli/core";
import { connectionFlags, text, withExamples } from "../common-flags.ts";
import { detachFlag, loopIdPositional } from "./loop-flags.ts";

export const cancelCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-cancel.ts")).loopCancel,
  parameters: {
    flags: {
      reason: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "text",
        brief: "Why, for the record",
      },
      removeClone: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Remove its clone, too",
      },
      detach: detachFlag("Don't wait until it is cancelled"),
      ...connectionFlags,
    },
    aliases: { r: "reason", d: "detach" },
    positional: loopIdPositional,
  },
  docs: {
    brief: "End a loop: its agent is stopped, what has passed stays",
    fullDescription: withExamples(
      `End a loop. The agent that runs is stopped together with its tools; commits of stories that have passed
stay on the branch; a retrospective is written of what there was. Works from anywhere that reaches the
bus. Waits until it is done.`,
      [
        "igs loop cancel slugs-20261124",
        'igs loop cancel slugs-20261124 --reason "the PRD was wrong" --remove-clone',
      ],
    ),
  },
});
