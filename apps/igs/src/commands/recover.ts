import { buildCommand } from "@stricli/core";
import { connectionFlags, sinceFlag, withExamples, yesFlag } from "./common-flags.ts";

const DESCRIPTION = `Send the events again whose runs a server lost.

Each event that igs and the worker send is journalled first. Those that the engine doesn't know, and those
that started no run though a function listens, are sent again under the same id, which starts each function
once in 24 hours: what wasn't lost is not done twice. It counts them and asks.`;

export const recoverCommand = buildCommand({
  loader: async () => (await import("../actions/recover.ts")).recover,
  parameters: {
    flags: {
      since: { ...sinceFlag, brief: "Only events sent from this moment on; 24h if not given" },
      dryRun: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Show what is lost, and send nothing",
      },
      yes: yesFlag,
      ...connectionFlags,
    },
    aliases: { y: "yes", n: "dryRun" },
  },
  docs: {
    brief: "Send the events again whose runs a server lost",
    fullDescription: withExamples(DESCRIPTION, [
      "igs recover --dry-run",
      "igs recover",
      "igs recover --since 2h --yes --json",
    ]),
  },
});
