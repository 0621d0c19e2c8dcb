import { z } from "zod";
import { cancelResult } from "./cancel-result.ts";
import { configResult } from "./config-result.ts";
import { daemonStatusResult } from "./daemon-status-result.ts";
import type { DescribedCommand } from "./described-commands.ts";
import { doctorResult } from "./doctor-result.ts";
import { engineBackupResult, engineCheckResult, engineCompactResult } from "./engine-results.ts";
import { eventsResult } from "./events-result.ts";
import { functionsResult } from "./functions-result.ts";
import { invokeResult } from "./invoke-result.ts";
import {
  logSearchResult,
  logStatsResult,
  logTailResult,
  logValidateResult,
  logWriteResult,
} from "./log-results.ts";
import {
  loopAttemptsResult,
  loopListResult,
  loopShowResult,
  loopStatusResult,
} from "./loop-results.ts";
import { migrateResult } from "./migrate-result.ts";
import { notifyTestResult } from "./notify-test-result.ts";
import { recoverResult } from "./recover-result.ts";
import { rerunResult } from "./rerun-result.ts";
import { runResult } from "./run-result.ts";
import { runsResult } from "./runs-result.ts";
import { schemaResult } from "./schema-result.ts";
import { sendResult } from "./send-result.ts";
import { setupResult } from "./setup-result.ts";
import { statusResult } from "./status-result.ts";
import { stopResult } from "./stop-result.ts";
import { verifyResult } from "./verify-result.ts";
import { whyResult } from "./why-result.ts";

/** What `result` of an envelope holds, by command. Null instead where a command failed without one. */
export const resultSchemas = {
  send: sendResult,
  runs: runsResult,
  run: runResult,
  events: eventsResult,
  functions: functionsResult,
  status: statusResult,
  doctor: doctorResult,
  verify: verifyResult,
  why: whyResult,
  invoke: invokeResult,
  cancel: cancelResult,
  rerun: rerunResult,
  "log tail": logTailResult,
  "log search": logSearchResult,
  "log stats": logStatsResult,
  "log validate": logValidateResult,
  "log write": logWriteResult,
  config: configResult,
  stop: stopResult,
  recover: recoverResult,
  "loop list": loopListResult,
  "loop status": loopStatusResult,
  "loop show": loopShowResult,
  "loop attempts": loopAttemptsResult,
  "daemon status": daemonStatusResult,
  "notify test": notifyTestResult,
  schema: schemaResult,
  "engine check": engineCheckResult,
  "engine backup": engineBackupResult,
  "engine compact": engineCompactResult,
  setup: setupResult,
  migrate: migrateResult,
} as const satisfies Record<DescribedCommand, z.ZodType>;

/** JSON Schema (draft 2020-12). It allows further fields: a newer igs may add some. */
export function resultJsonSchema(command: DescribedCommand): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(resultSchemas[command], { io: "input" });
  return { $schema, title: `result of igs ${command}`, ...schema };
}
