import type { LogFilter } from "@system-bus/system-log";

/** As it was typed; moments are ISO 8601. */
export interface LogFilterFlags {
  readonly action?: string;
  readonly tool?: string;
  readonly since?: string;
  readonly until?: string;
}

export function readLogFilter(flags: LogFilterFlags, text?: string): LogFilter {
  const { action, tool, since, until } = flags;
  return {
    ...(text === undefined ? {} : { text }),
    ...(action === undefined ? {} : { action }),
    ...(tool === undefined ? {} : { tool }),
    ...(since === undefined ? {} : { sinceMs: Date.parse(since) }),
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
  };
}
