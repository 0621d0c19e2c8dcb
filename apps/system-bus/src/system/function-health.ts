import { join } from "node:path";
import { type BusClient, busEvents } from "@system-bus/events";
import type { InngestApi } from "@system-bus/inngest-api";
import type { InngestFunction } from "inngest";
import { z } from "zod";
import type { Finding } from "./alerts/decide-alerts.ts";
import { reportCheckFailure } from "./alerts/report-check-failure.ts";
import { type TellAlertsDeps, tellAlerts } from "./alerts/tell-alerts.ts";
import {
  alertOf,
  decideFunctionHealth,
  FUNCTION_HEALTH,
  type HealthMemory,
  NO_MEMORY,
} from "./checks/decide-function-health.ts";
import { type LookAtFunctions, lookAtFunctions } from "./checks/look-at-functions.ts";
import { createStateFile } from "./state-file.ts";

export interface FunctionHealthDeps extends TellAlertsDeps {
  readonly api: Pick<InngestApi, "listFunctions" | "listRuns" | "eachRun">;
  readonly folder: string;
  readonly nowMs: () => number;
}

const Span = z.object({ fromMs: z.number(), toMs: z.number() });
const MemorySchema: z.ZodType<HealthMemory> = z.object({
  awake: z.array(Span),
  functions: z.record(
    z.string(),
    z.object({
      crons: z.string(),
      countFromMs: z.number(),
      completedAtMs: z.number().nullable(),
    }),
  ),
});

/** More at once is one fault of the whole bus. */
const FINDINGS_MAX = 50;

/** Functions of every app on the engine: those with a schedule have to complete runs, and none may only fail. */
export function functionHealth(client: BusClient, deps: FunctionHealthDeps): InngestFunction.Any {
  const memory = createStateFile(join(deps.folder, "function-health.json"), {
    schema: MemorySchema,
    empty: NO_MEMORY,
  });
  return client.createFunction(
    {
      id: FUNCTION_HEALTH,
      triggers: [busEvents["system/functions.check"]],
      concurrency: { limit: 1 },
      retries: 2,
      onFailure: reportCheckFailure(FUNCTION_HEALTH, deps),
    },
    async ({ step, runId }) => {
      const { functionCount, ...looked } = await step.run("look", async () => {
        const nowMs = deps.nowMs();
        const standing = new Set(await deps.alerts.list());
        const isKnownToFail: LookAtFunctions["isKnownToFail"] = (fn) =>
          standing.has(alertOf(fn, "fails"));
        const seen = await lookAtFunctions({ api: deps.api, nowMs, isKnownToFail });
        const findings = await memory.update((before) => {
          const decision = decideFunctionHealth({
            ...{ seen, memory: before, nowMs },
            standing: (alert) => standing.has(alert),
          });
          return { next: decision.memory, answer: decision.findings };
        });
        return { findings: findings.slice(0, FINDINGS_MAX), functionCount: seen.length };
      });
      // What the step has returned, by way of JSON.
      const findings = looked.findings as readonly Finding[];
      await tellAlerts(step, deps, {
        check: FUNCTION_HEALTH,
        runId,
        findings,
        hasLookedAt: (alert) => alert.startsWith(`${FUNCTION_HEALTH}/`),
      });
      return { functionCount, unwell: findings.map(({ alert }) => alert) };
    },
  );
}
