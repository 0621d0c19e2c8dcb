import type { Mode, Settings } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";

/** Where the loops of one mode lie, with the settings of that mode. */
export interface LoopFolder {
  readonly mode: Mode;
  readonly loopsFolder: string;
  readonly settings: Settings;
}

/**
 * Of both modes, that of this process first: who looks for a loop doesn't have to know whether the bus
 * was started with `igs dev` or `igs start`.
 */
export function listLoopFolders(context: Pick<CliContext, "env">): readonly LoopFolder[] {
  const own = loadSettings(context).mode;
  const modes: readonly Mode[] = own === "start" ? ["start", "dev"] : ["dev", "start"];
  return modes.map((mode) => {
    const settings = loadSettings(context, { mode });
    return { mode, loopsFolder: settings.folders.loops, settings };
  });
}
