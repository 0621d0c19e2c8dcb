import type { ConnectionFlags } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";
import type { RunningEngine } from "./running-engine.ts";

/** The engine of `--engine-url`, else of this machine, with the key of `igs start`. */
export function namedEngine(
  context: CliContext,
  { engineUrl }: ConnectionFlags,
  folder: string | null,
): RunningEngine {
  const flags = engineUrl === undefined ? {} : { engineUrl };
  const settings = loadSettings(context, { mode: "start", flags });
  return { url: settings.engineUrl, signingKey: settings.signingKey, folder };
}
