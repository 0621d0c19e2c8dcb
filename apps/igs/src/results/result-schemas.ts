import { z } from "zod";
import type { DescribedCommand } from "./described-commands.ts";
import { doctorResult } from "./doctor-result.ts";
import { eventsResult } from "./events-result.ts";
import { functionsResult } from "./functions-result.ts";
import { runResult } from "./run-result.ts";
import { runsResult } from "./runs-result.ts";
import { sendResult } from "./send-result.ts";
import { statusResult } from "./status-result.ts";
import { verifyResult } from "./verify-result.ts";

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
} as const satisfies Record<DescribedCommand, z.ZodType>;

/** JSON Schema (draft 2020-12). It allows further fields: a newer igs may add some. */
export function resultJsonSchema(command: DescribedCommand): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(resultSchemas[command], { io: "input" });
  return { $schema, title: `result of igs ${command}`, ...schema };
}
