import { createInngestApi } from "@system-bus/inngest-api";
import type { Settings } from "@system-bus/settings";
import { probeEngine } from "../status/probe-engine.ts";
import type { EngineRecord } from "./engine-record.ts";

const ASK_MAX_MS = 2_000;
/** So many are counted on a server that has to be asked. */
const COUNTED_MAX = 100;

/** Unfinished runs on an engine that was used; null when it can't be asked. */
export async function countUnfinished(
  settings: Pick<Settings, "folders" | "eventKey" | "signingKey">,
  { engine, url }: EngineRecord,
): Promise<number | null> {
  if (engine === "embedded" && (await probeEngine(url)).kind !== "embedded") {
    const { countUnfinishedRuns } = await import("@system-bus/engine");
    return countUnfinishedRuns(settings.folders.engine);
  }
  const { eventKey, signingKey } = settings;
  const api = createInngestApi({ baseUrl: url, eventKey, signingKey, timeoutMs: ASK_MAX_MS });
  try {
    const { items } = await api.listRuns({ status: ["QUEUED", "RUNNING"], limit: COUNTED_MAX });
    return items.length;
  } catch {
    return null;
  }
}
