export { EngineError, type EngineErrorCode } from "./core/errors.ts";
export type { Log, LogLine } from "./runtime/log.ts";
export { type EngineOptions, type RunningEngine, startEngine } from "./start-engine.ts";
export { countUnfinishedRuns } from "./store/count-unfinished-runs.ts";
