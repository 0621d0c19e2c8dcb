import { resolve } from "node:path";
import { restoreBackup } from "@system-bus/engine";
import { createAction } from "../action.ts";
import { type DataFlags, dataFolder } from "../upkeep/data-folder.ts";
import { runLong } from "../upkeep/long-work.ts";

export const engineRestore = createAction<DataFlags, [string]>(
  "engine restore",
  async ({ io, context }, flags, name) => {
    const folder = dataFolder(context, flags);
    const backup = resolve(context.cwd, name);
    const { report, keptAs } = await runLong({ io, context }, "Nothing was changed.", (options) =>
      restoreBackup({ backup, folder, nowMs: Date.now(), ...options }),
    );
    const { runCount, unfinishedCount, findings } = report;
    const kept = keptAs === null ? "" : ` The old database is kept as ${keptAs}.`;
    for (const { rule, count, meaning } of findings) io.warn(`${rule} (${count}): ${meaning}`);
    return {
      result: { folder, backup, keptAs, runs: runCount, unfinishedRuns: unfinishedCount, findings },
      text: `Restored ${runCount} runs, ${unfinishedCount} of them going on.${kept}`,
      nextActions: [{ command: "igs start", description: "Start the bus with it" }],
    };
  },
);
