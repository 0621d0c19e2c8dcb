import type { GivenValue } from "./gather.ts";
import type { Settings, SettingValue } from "./settings.ts";
import { type VariableName, type Variables, variableNames, variableTraits } from "./variables.ts";

/** Every variable as it is in force, with its source; secrets only by their length. */
export function describeSettings(settings: Settings): readonly SettingValue[] {
  return settings.values;
}

export function settingValues(
  settings: Omit<Settings, "values">,
  variables: Variables,
  given: ReadonlyMap<VariableName, GivenValue>,
): readonly SettingValue[] {
  return variableNames.map((name) => {
    const { isSecret } = variableTraits(name);
    const text = given.get(name)?.text;
    const shown = inForce(settings)[name] ?? text ?? defaultOf(variables[name]);
    return {
      name,
      value: isSecret ? maskSecret(text) : withoutPassword(shown),
      source: given.get(name)?.source ?? "default",
      from: given.get(name)?.from,
      isSecret,
    };
  });
}

/** Defaults of the schema are words and numbers. */
function defaultOf(value: Variables[VariableName]): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Tells one key from another of a different length, and nothing else. */
export function maskSecret(secret: string | undefined): string {
  return secret === undefined ? "" : `(secret, ${secret.length} characters)`;
}

/** An address may carry `user:password@`: the password is nobody's to read. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*):[^\s/?#]*@/i, "$1:…@");
}

/** What is computed, where nothing was said or something else decided. */
function inForce(settings: Omit<Settings, "values">): Partial<Record<VariableName, string>> {
  return {
    BUS_KEEP_RUNS: String(settings.keep.runs),
    BUS_WORKER_PORT: String(settings.workerPort),
    INNGEST_DEV: settings.isDev ? "1" : "0",
    INNGEST_BASE_URL: settings.engineUrl,
    VAULT_PATH: settings.vault,
    TRANSCRIPT_ORDER: settings.video.transcriptOrder.join(","),
    LOOP_PROJECTS: settings.loops.projects.join(":"),
    LOOP_TOOLS: settings.loops.tools.join(","),
    NOTIFY_ON: settings.notify.kinds.join(","),
  };
}
