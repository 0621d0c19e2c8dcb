import { join } from "node:path";
import { type BusClient, busEvents } from "@system-bus/events";
import type { InngestFunction } from "inngest";
import { z } from "zod";
import type { Drift } from "../registration/registration.ts";
import type { Finding } from "./alerts/decide-alerts.ts";
import { reportCheckFailure } from "./alerts/report-check-failure.ts";
import { type TellAlertsDeps, tellAlerts } from "./alerts/tell-alerts.ts";
import { createStateFile } from "./state-file.ts";

export interface TriggerAuditDeps extends TellAlertsDeps {
  /** Compares and registers; throws unless all is as coded in the end (`Registration.audit`). */
  readonly audit: (sinceMs: number) => Promise<readonly Drift[]>;
  readonly folder: string;
}

const TRIGGER_AUDIT = "trigger-audit";
/** Up to which moment drifts were told. */
const AuditSchema = z.object({ toldUntilMs: z.number() });

/**
 * Holds what the engine has against the code, and says what was found. The comparison, and the mending, are
 * those of the watch that every worker keeps every 30 s (`registration.ts`); this adds what the watch can't:
 * it comes through the engine, so it proves that the engine starts functions at all; it fails where the watch
 * goes on trying; and it tells a person, of the watch's findings, too.
 */
export function triggerAudit(client: BusClient, deps: TriggerAuditDeps): InngestFunction.Any {
  const last = createStateFile(join(deps.folder, "trigger-audit.json"), {
    schema: AuditSchema,
    empty: { toldUntilMs: 0 },
  });
  return client.createFunction(
    {
      id: TRIGGER_AUDIT,
      triggers: [busEvents["system/triggers.audit"]],
      concurrency: { limit: 1 },
      retries: 2,
      onFailure: reportCheckFailure(TRIGGER_AUDIT, deps),
    },
    async ({ step, runId }) => {
      // What the step has returned, by way of JSON.
      const drifts = (await step.run("compare", async () =>
        deps.audit((await last.read()).toldUntilMs),
      )) as readonly Drift[];
      await tellAlerts(step, deps, {
        check: TRIGGER_AUDIT,
        runId,
        findings: findingsOf(drifts),
        hasLookedAt: (alert) => alert.startsWith(`${TRIGGER_AUDIT}/`),
      });
      const toldUntilMs = drifts.at(-1)?.atMs;
      if (toldUntilMs !== undefined) {
        await step.run("remember", () =>
          last.update(() => ({ next: { toldUntilMs }, answer: null })),
        );
      }
      return { drifts: drifts.map(({ reason }) => reason) };
    },
  );
}

function findingsOf(drifts: readonly Drift[]): readonly Finding[] {
  const reasons = [...new Set(drifts.map(({ reason }) => reason))].toSorted();
  if (reasons.length === 0) return [];
  return [
    {
      alert: `${TRIGGER_AUDIT}/drift`,
      title: "The engine had other triggers than the code",
      detail: `${reasons.join("; ")}. It was told anew, and has them now. Where this comes again and again, another worker registers under the same app id.`,
      wellAgain: "The engine has all triggers as the code has them",
    },
  ];
}
