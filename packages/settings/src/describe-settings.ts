import type { GivenValue } from "./gather.ts";
import type { Settings, SettingValue } from "./settings.ts";
import { type VariableName, variableNames, variableTraits } from "./variables.ts";

/** Every variable as it is in force, with its source; secrets only by their length. */
export function describeSettings(settings: Settings): readonly SettingValue[] {
  return settings.values;
}

export function settingValues(
  settings: Omit<Settings, "values">,
  given: ReadonlyMap<VariableName, GivenValue>,
): readonly SettingValue[] {
  return variableNames.map((name) => {
    const { isSecret } = variableTraits(name);
    const text = given.get(name)?.text;
    const shown = inForce(settings)[name] ?? text ?? "";
    return {
      name,
      value: isSecret ? maskSecret(text) : shown,
      source: given.get(name)?.source ?? "default",
      from: given.get(name)?.from,
      isSecret,
    };
  });
}

/** Tells one key from another of a different length, and nothing else. */
export function maskSecret(secret: string | undefined): string {
  return secret === undefined ? "" : `(secret, ${secret.length} characters)`;
}

/** What holds where nothing was said, or where something else decided. */
function inForce(settings: Omit<Settings, "values">): Partial<Record<VariableName, string>> {
  return {
    BUS_ENGINE: settings.engine,
    BUS_HOST: settings.host,
    BUS_ENGINE_PORT: String(settings.enginePort),
    BUS_WORKER_PORT: String(settings.workerPort),
    INNGEST_DEV: settings.isDev ? "1" : "0",
    INNGEST_BASE_URL: settings.engineUrl,
    INNGEST_SERVE_PATH: settings.servePath,
    INNGEST_LOG_LEVEL: settings.logLevel,
    VAULT_PATH: settings.vault,
    TRANSCRIPT_ORDER: settings.video.transcriptOrder.join(","),
    SUMMARY_BY: settings.summary.by,
  };
}
