import { z } from "zod";
import type { FoundDaemon } from "../daemon/find-daemon.ts";
import type { Failure } from "../output/failure.ts";

const maybe = z.string().nullable();

export const daemonStatusResult = z.object({
  kind: z.enum(["launchd", "systemd", "none"]).describe("`none`: nothing is installed"),
  scope: z.enum(["user", "system"]).nullable(),
  name: maybe.describe("What the service manager calls it"),
  unitPath: maybe,
  form: z.number().nullable().describe("Of the unit; null when it isn't ours, or there is none"),
  environment: z.record(z.string(), z.string()).describe("What the unit gives its program"),
  path: maybe,
  state: z
    .enum(["running", "waiting", "stopped", "absent", "unknown"])
    .describe("`unknown`: the service manager doesn't answer, `problem` tells why"),
  pid: z.number().nullable().describe("Of igs start"),
  startedAtMs: z.number().nullable().describe("Milliseconds since 1970"),
  lastExit: maybe.describe("How its last process ended"),
  restartCount: z.number().nullable(),
  startsAtBoot: z.boolean().nullable().describe("With nobody logged in; null when not known"),
  logFile: maybe,
  outputFile: maybe.describe("What was said before the log was open"),
  journalCommand: maybe,
  problem: z
    .object({
      code: z.string().describe("As `error.code` of an envelope"),
      message: z.string(),
      fix: z.string(),
    })
    .nullable(),
}) satisfies z.ZodType<
  Omit<FoundDaemon, "problem"> & { readonly problem: Record<keyof Failure, string> | null }
>;
