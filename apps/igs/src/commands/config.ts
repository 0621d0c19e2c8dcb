import { buildCommand } from "@stricli/core";
import { jsonFlag, withExamples } from "./common-flags.ts";

export const configCommand = buildCommand({
  loader: async () => (await import("../actions/config.ts")).config,
  parameters: {
    flags: {
      production: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "The settings of `igs start`, not those of `igs dev`",
      },
      json: jsonFlag,
    },
  },
  docs: {
    brief: "Show each setting and where it comes from",
    fullDescription: withExamples(
      "Show each setting, its value (secrets masked) and whether it comes from a flag, the environment, a file or the default.",
      ["igs config", "igs config --production --json"],
    ),
  },
});
