export type { Archive, ArchiveMethod } from "./archive.ts";
export { describeSettings } from "./describe-settings.ts";
export { adoptKeys, ensureKeys } from "./ensure-keys.ts";
export { parseEnvFile } from "./env-file.ts";
export { type FoundKeys, type KeysRead, readFoundKeys } from "./found-keys.ts";
export { type LoopSettings, type LoopTool, loopTools } from "./loop-settings.ts";
export { isLoopback } from "./loopback.ts";
export type {
  NotifyKind,
  NotifySettings,
  NtfySettings,
  RedisSettings,
  WebhookSettings,
} from "./notify-settings.ts";
export type { Folders, Mode } from "./places.ts";
export { type EngineKeys, readKeys } from "./read-keys.ts";
export { readSettings } from "./read-settings.ts";
export { checkStateForm, openStateFolder } from "./release-form.ts";
export type {
  SettingFlags,
  SettingSource,
  Settings,
  SettingsInput,
  SettingValue,
  SummarySettings,
  VideoSettings,
} from "./settings.ts";
export { SettingsError, type SettingsErrorCode } from "./settings-error.ts";
export { storeSetting, storeSettings } from "./store-setting.ts";
export { type TranscriptSource, transcriptSources } from "./transcript-source.ts";
export type { EngineChoice, LogLevel, SummaryChoice, VariableName } from "./variables.ts";
