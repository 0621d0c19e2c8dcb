import { changeSettingsFile } from "./change-settings-file.ts";
import type { Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";
import type { VariableName } from "./variables.ts";

/** Writes one variable into the settings file, where every process that starts later finds it. */
export function storeSetting(
  { settingsFile }: Pick<Settings, "settingsFile">,
  name: VariableName,
  value: string,
): void {
  try {
    changeSettingsFile(settingsFile, () => new Map([[name, value]]));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      "SETTINGS_NOT_WRITTEN",
      [`${settingsFile} cannot be written (${reason}): set ${name} there yourself`],
      { cause: error },
    );
  }
}
