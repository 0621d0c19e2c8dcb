import { compactFolder, EngineError, type SpaceUse } from "@system-bus/engine";
import { createAction } from "../action.ts";
import type { ConnectionFlags } from "../connect.ts";
import { type DataFlags, dataFolder } from "../upkeep/data-folder.ts";
import { describeSize } from "../upkeep/describe-size.ts";
import { runLong } from "../upkeep/long-work.ts";
import { namedEngine } from "../upkeep/named-engine.ts";
import { compactRunning } from "../upkeep/running-engine.ts";

type EngineCompactFlags = ConnectionFlags & DataFlags;

export const engineCompact = createAction<EngineCompactFlags>(
  "engine compact",
  async ({ io, context }, flags) => {
    const folder = flags.engineUrl === undefined ? dataFolder(context, flags) : null;
    const stopped = folder === null ? null : compactStopped(folder);
    const { before, after, givesBack } =
      stopped ??
      (await runLong({ io, context }, "The engine goes on with it by itself.", ({ signal }) =>
        compactRunning(namedEngine(context, flags, folder), signal),
      ));
    const isStopped = stopped !== null;
    const hint = givesBack
      ? ""
      : " The file is of an earlier release: stop the engine and compact it once more, and it gives room back by itself from then on.";
    return {
      result: { before, after, isStopped, givesBack },
      text: `${describeSize(totalBytes(before))} before, ${describeSize(totalBytes(after))} now.${hint}`,
    };
  },
);

/** Null when an engine runs. Without a handler of its own for Ctrl-C, which so ends it at once. */
function compactStopped(folder: string) {
  try {
    return { ...compactFolder(folder), givesBack: true };
  } catch (error) {
    if (error instanceof EngineError && error.code === "DATA_IN_USE") return null;
    throw error;
  }
}

function totalBytes({ fileBytes, logBytes }: SpaceUse): number {
  return fileBytes + logBytes;
}
