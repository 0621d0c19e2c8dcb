import { describeSettings, type Settings, type SettingValue } from "@system-bus/settings";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";

export interface ConfigFlags extends CommonFlags {
  readonly production?: boolean;
}

export const config = createAction<ConfigFlags>("config", async ({ io, context }, flags) => {
  const settings = loadSettings(context, {
    flags: flags.production === undefined ? {} : { production: flags.production },
  });
  const values = describeSettings(settings);
  const { mode, settingsFile, folders, warnings } = settings;
  for (const warning of warnings) io.warn(warning);
  return {
    result: { mode, settingsFile, stateFolder: folders.root, settings: values, warnings },
    text: renderConfig(settings, values, io),
    nextActions: [{ command: "igs status", description: "Whether these settings work" }],
  };
});

export function renderConfig(
  settings: Pick<Settings, "mode" | "settingsFile" | "folders">,
  values: readonly SettingValue[],
  io: Pick<Io, "paint" | "columnsMax">,
): string {
  const rows = values.map(({ name, value, source, from }) => [name, value, from ?? source]);
  const table = renderTable(["SETTING", "VALUE", "FROM"], rows, {
    columnsMax: io.columnsMax,
    styleHeader: io.paint.faint,
  });
  return [
    `mode           ${settings.mode}`,
    `settings file  ${settings.settingsFile}`,
    `state          ${settings.folders.root}`,
    "",
    table,
  ].join("\n");
}
