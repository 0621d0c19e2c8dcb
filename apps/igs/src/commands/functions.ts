import { buildCommand } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";

export const functionsCommand = buildCommand({
  loader: async () => (await import("../actions/functions.ts")).functions,
  parameters: { flags: { ...connectionFlags } },
  docs: {
    brief: "List the registered functions and what starts them",
    fullDescription: withExamples(
      "List the functions that are registered with the engine, what starts them, how many may run at once and how often a step is tried again.",
      ["igs functions"],
    ),
  },
});
