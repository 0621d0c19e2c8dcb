export { EngineError, type EngineErrorCode } from "./core/errors.ts";
export { evaluateBoolean, evaluateKey } from "./core/expression/evaluate.ts";
export type { Log, LogLine } from "./runtime/log.ts";
export { type EngineOptions, type RunningEngine, startEngine } from "./start-engine.ts";
export type { Finding, Repair } from "./store/check/check-tables.ts";
export { countUnfinishedRuns } from "./store/count-unfinished-runs.ts";
export {
  type CheckReport,
  checkFile,
  databaseFile,
  repairFile,
} from "./store/files/check-file.ts";
export type { Progress } from "./store/files/progress.ts";
export { type Restoration, restoreBackup } from "./store/files/restore-backup.ts";
export { compactFolder, openFolderBackup } from "./store/files/stopped-folder.ts";
export { type BackupSource, writeBackup } from "./store/files/write-backup.ts";
export type { SpaceUse } from "./store/space-store.ts";
