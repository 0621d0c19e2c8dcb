import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../../completion/file-proposals.ts";
import { connectionFlags, text, withExamples, yesFlag } from "../common-flags.ts";
import { capFlags, detachFlag, parseTools } from "./loop-flags.ts";

const DESCRIPTION = `Start a coding loop: agents implement the stories of a PRD one after the other, others write
tests for them without seeing the code, and what passes becomes a commit on the branch agent-loop/<loop-id>.

Everything that is wrong with PRD, repository and tools is said at once, before any model is asked.
Your files, index and configuration are never touched: agents work in a clone in the data folder. With
--goal an agent writes the PRD, which is shown before anything starts. What is going on is shown until
the loop pauses or ends; Ctrl-C stops the showing, the loop goes on.`;

const flag = (brief: string) =>
  ({ kind: "boolean", optional: true, withNegated: false, brief }) as const;

const word = (placeholder: string, brief: string) =>
  ({ kind: "parsed", parse: text, optional: true, placeholder, brief }) as const;

export const startCommand = buildCommand({
  loader: async () => (await import("../../actions/loop-start.ts")).loopStart,
  parameters: {
    flags: {
      project: word("folder", "The repository's top folder (the one you stand in)"),
      prd: {
        ...word("file", "The PRD as JSON, or - for stdin; its content is sent, not its path"),
        proposeCompletions: proposeFiles,
      },
      goal: word("text", "What is wanted, in a sentence: an agent writes the PRD"),
      out: word("file", "Where to store the PRD that was written for --goal"),
      tools: {
        kind: "parsed",
        parse: parseTools,
        optional: true,
        placeholder: "names",
        brief: "Agents that may be used, best first: codex,claude,pi (LOOP_TOOLS)",
      },
      judge: {
        kind: "enum",
        values: ["model", "checks"],
        optional: true,
        brief: "Whether a model is asked beside the checks: it can only be stricter (model)",
      },
      ...capFlags,
      docker: flag("Run agents in containers, which reach their models only"),
      merge: flag("At the end, merge the branch into the one that is checked out"),
      push: flag("At the end, push the branch to its remote"),
      pr: flag("At the end, open a pull request with gh"),
      yes: yesFlag,
      detach: detachFlag("Return as soon as it is on its way"),
      ...connectionFlags,
    },
    aliases: { y: "yes", d: "detach" },
  },
  docs: {
    brief: "Start a loop on a repository",
    fullDescription: withExamples(DESCRIPTION, [
      "igs loop start --project ~/code/notes --prd prd.json",
      "igs loop start --prd prd.json --tools codex,claude --cost-max 5 --detach",
      'igs loop start --goal "Notes get readable addresses" --out prd.json',
      "igs loop start --prd prd.json --docker --pr",
    ]),
  },
});
