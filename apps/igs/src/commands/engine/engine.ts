import { buildRouteMap } from "@stricli/core";
import { withExamples } from "../common-flags.ts";
import { ENGINE_DESCRIPTION, ENGINE_EXAMPLES, runEngineCommand } from "./run-engine.ts";
import { backupCommand, checkCommand, compactCommand, restoreCommand } from "./upkeep.ts";

/** `igs engine` alone starts the engine, as it always has: `igs engine run` shows its flags. */
export const engineRoutes = buildRouteMap({
  routes: {
    run: runEngineCommand,
    backup: backupCommand,
    restore: restoreCommand,
    check: checkCommand,
    compact: compactCommand,
  },
  defaultCommand: "run",
  docs: {
    brief: "Start the embedded engine alone; back up, restore, check and compact its database",
    fullDescription: withExamples(
      `${ENGINE_DESCRIPTION}\n\nIts flags: \`igs engine run --help\`.`,
      [...ENGINE_EXAMPLES, "igs engine backup ~/bus.db", "igs engine check"],
    ),
  },
});
