import { buildCommand } from "@stricli/core";
import { proposeFiles } from "../completion/file-proposals.ts";
import { bringUpFlags } from "./bring-up-flags.ts";
import { text, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Start engine and worker to stay.

The state is kept, signatures are checked, and keys are made at the first start (\`igs config\` says
where they lie). A part that crashes is started again. When the last start used another engine, and
runs wait there, it says so and stops. Ctrl-C and SIGTERM stop worker and engine; programs that a run
started go on.`;

export const startCommand = buildCommand({
  loader: async () => (await import("../actions/start.ts")).start,
  parameters: {
    flags: {
      ...bringUpFlags,
      production: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "What start is anyway: persistent",
      },
      logFile: {
        kind: "parsed",
        parse: text,
        proposeCompletions: proposeFiles,
        optional: true,
        placeholder: "file",
        brief: "Say it all into this file: 5 files of 10 MB at most, as a daemon does",
      },
    },
  },
  docs: {
    brief: "Start engine and worker to stay: persistent, signed",
    fullDescription: withExamples(DESCRIPTION, ["igs start", "igs start --engine embedded"]),
  },
});
