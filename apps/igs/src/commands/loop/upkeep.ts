import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples, yesFlag } from "../common-flags.ts";
import { optionalLoopIdPositional } from "./loop-flags.ts";

export const cleanCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-clean.ts")).loopClean,
  parameters: {
    flags: { yes: yesFlag, ...connectionFlags },
    aliases: { y: "yes" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          ...optionalLoopIdPositional.parameters[0],
          brief: "Only this loop; all that are over without it",
        },
      ],
    },
  },
  docs: {
    brief: "Remove clones and scratch files of loops that are over",
    fullDescription: withExamples(
      `Remove the clones and scratch files of loops that are over, and free a project that such a loop still
holds; only where no run and no program of the loop lives. Record, attempts and PRD stay, and so does the
branch in your repository. Asks first.`,
      ["igs loop clean", "igs loop clean slugs-20261124 --yes"],
    ),
  },
});

export const diagnoseCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-diagnose.ts")).loopDiagnose,
  parameters: { flags: { ...connectionFlags }, positional: optionalLoopIdPositional },
  docs: {
    brief: "Say in plain words what is wrong with a loop, and what to do",
    fullDescription: withExamples(
      "Look at a loop's record, claim, clone, branch, runs and programs, and say what is wrong and what to do about it. Changes nothing. Exit code 1 when something is.",
      ["igs loop diagnose", "igs loop diagnose slugs-20261124 --json"],
    ),
  },
});
