export { type AppendOutcome, appendLine } from "./append-line.ts";
export {
  type LineProblem,
  type LogFreshness,
  type LogQuery,
  type LogStats,
  type LogValidation,
  logFreshness,
  logStats,
  searchLog,
  validateLog,
} from "./examine-log.ts";
export { type FollowOptions, followLog } from "./follow-log.ts";
export { type LogEntry, logEntrySchema, systemLogPath } from "./log-entry.ts";
export { readTail } from "./read-tail.ts";
export { SystemLogError, type SystemLogErrorCode } from "./system-log-error.ts";
