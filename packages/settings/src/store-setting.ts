import { changeSettingsFile } from "./change-settings-file.ts";
import type { Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import type { VariableName } from "./variables.ts";

/** Writes one variable into the settings file, where every process that starts later finds it. */
export function storeSetting(
  settings: Pick<Settings, "settingsFile">,
  name: VariableName,
  value: string,
): void {
  storeSettings(settings, new Map([[name, value]]));
}

/** All of them or none. An empty value switches a variable off, so that its default counts. */
export function storeSettings(
  { settingsFile }: Pick<Settings, "settingsFile">,
  values: ReadonlyMap<VariableName, string>,
): void {
  try {
    changeSettingsFile(settingsFile, () => values);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      "SETTINGS_NOT_WRITTEN",
      [
        `${settingsFile} cannot be written (${reason}): set ${[...values.keys()].join(", ")} there yourself`,
      ],
      { cause: error },
    );
  }
}
