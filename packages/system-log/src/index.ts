export { type AppendOutcome, appendLine } from "./append-line.ts";
export {
  type LineProblem,
  type LogFreshness,
  type LogQuery,
  type LogValidation,
  logFreshness,
  searchLog,
  validateLog,
} from "./examine-log.ts";
export { type FollowOptions, followLog } from "./follow-log.ts";
export { type LogEntry, logEntrySchema, systemLogPath } from "./log-entry.ts";
export type { LogFilter } from "./log-filter.ts";
export { type LogStats, logStats, type WordCount } from "./log-stats.ts";
export { readTail } from "./read-tail.ts";
export { SystemLogError, type SystemLogErrorCode } from "./system-log-error.ts";
