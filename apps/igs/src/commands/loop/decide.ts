// A person's word on a loop that stands still.

import { buildCommand } from "@stricli/core";
import { connectionFlags, text, withExamples } from "../common-flags.ts";
import { capFlags, loopAndStoryPositional, loopIdPositional } from "./loop-flags.ts";

export const resumeCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-decide.ts")).loopResume,
  parameters: { flags: { ...capFlags, ...connectionFlags }, positional: loopIdPositional },
  docs: {
    brief: "Let a loop that has paused go on",
    fullDescription: withExamples(
      `Let a loop go on that has paused, or whose run was lost. One that paused at a cap needs a higher one. What
has passed stays; the attempt that was under way begins anew.`,
      [
        "igs loop resume slugs-20261124",
        "igs loop resume slugs-20261124 --cost-max 10",
        "igs loop resume slugs-20261124 --hours-max 24 --attempts-max 5",
      ],
    ),
  },
});

export const retryCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-decide.ts")).loopRetry,
  parameters: { flags: { ...connectionFlags }, positional: loopAndStoryPositional },
  docs: {
    brief: "Open a story again that has failed or is undecided",
    fullDescription: withExamples(
      "Open a story again that was given up, or that a person was asked about: it has all its attempts anew. Of a loop that is over, too.",
      ["igs loop retry slugs-20261124 US-002"],
    ),
  },
});

export const approveCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-decide.ts")).loopApprove,
  parameters: { flags: { ...connectionFlags }, positional: loopAndStoryPositional },
  docs: {
    brief: "Pass a story that is undecided",
    fullDescription: withExamples(
      "Pass a story that the judge could not decide: its last commit goes to the branch as it is, and the loop goes on. `igs loop diff` shows that commit.",
      ["igs loop diff slugs-20261124 US-002", "igs loop approve slugs-20261124 US-002"],
    ),
  },
});

export const rejectCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-decide.ts")).loopReject,
  parameters: {
    flags: {
      reason: {
        kind: "parsed",
        parse: text,
        placeholder: "text",
        brief: "What is wrong: the next attempt is told",
      },
      ...connectionFlags,
    },
    aliases: { r: "reason" },
    positional: loopAndStoryPositional,
  },
  docs: {
    brief: "Fail a story that is undecided, and say why",
    fullDescription: withExamples(
      "Fail the last attempt at a story that the judge could not decide. The next attempt is told your reason.",
      ['igs loop reject slugs-20261124 US-002 --reason "It must not change the index page"'],
    ),
  },
});
