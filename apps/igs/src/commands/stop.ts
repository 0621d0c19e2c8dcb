import { buildCommand } from "@stricli/core";
import { jsonFlag, withExamples } from "./common-flags.ts";

const DESCRIPTION = `Stop the bus that \`igs start\`, \`igs dev\` or \`igs setup\` has started on this machine.

As Ctrl-C in its terminal would: the worker may finish the steps in hand, then the engine stops. Nothing is
lost: what was under way goes on at the next start. Programs that runs have started go on meanwhile. A bus
that launchd or systemd keeps is left alone: \`igs daemon uninstall\` ends it.`;

export const stopCommand = buildCommand({
  loader: async () => (await import("../actions/stop.ts")).stop,
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: "Stop the bus of this machine",
    fullDescription: withExamples(DESCRIPTION, ["igs stop", "igs stop --json"]),
  },
});
