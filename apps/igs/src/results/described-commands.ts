/**
 * The commands whose results have a published schema, as `command` of an envelope names them. Without the
 * schemas: help has to be fast.
 */
export const describedCommands = [
  "send",
  "runs",
  "run",
  "events",
  "functions",
  "status",
  "doctor",
  "verify",
  "why",
  "invoke",
  "cancel",
  "rerun",
  "log tail",
  "log search",
  "log stats",
  "log validate",
  "log write",
  "config",
  "stop",
  "recover",
  "loop list",
  "loop status",
  "loop show",
  "loop attempts",
  "daemon status",
  "notify test",
  "schema",
  "engine check",
  "engine backup",
  "engine compact",
  "setup",
  "migrate",
] as const;

export type DescribedCommand = (typeof describedCommands)[number];
