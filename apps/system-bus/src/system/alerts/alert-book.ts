import { join } from "node:path";
import { z } from "zod";
import { createStateFile } from "../state-file.ts";
import {
  type AlertDecision,
  decideAlerts,
  type Finding,
  type StandingAlert,
} from "./decide-alerts.ts";

/** Knows which alerts stand, over restarts. */
export interface AlertBook {
  /** What stands. */
  list(): Promise<readonly string[]>;
  /** Decides, and remembers nothing: `keep` does, once the changes are told. */
  decide(
    findings: readonly Finding[],
    hasLookedAt: (alert: string) => boolean,
  ): Promise<AlertDecision["changes"]>;
  /** The same decision, remembered. Repeated, it changes nothing. */
  keep(findings: readonly Finding[], hasLookedAt: (alert: string) => boolean): Promise<void>;
}

const BookSchema: z.ZodType<readonly StandingAlert[]> = z.array(
  z.object({
    alert: z.string(),
    reason: z.string(),
    wellAgain: z.string(),
    sinceMs: z.number(),
  }),
);

export function createAlertBook(folder: string, clock: { nowMs(): number }): AlertBook {
  const file = createStateFile(join(folder, "alerts.json"), { schema: BookSchema, empty: [] });
  return {
    list: async () => (await file.read()).map(({ alert }) => alert),
    async decide(findings, hasLookedAt) {
      const nowMs = clock.nowMs();
      return decideAlerts({ standing: await file.read(), findings, hasLookedAt, nowMs }).changes;
    },
    async keep(findings, hasLookedAt) {
      await file.update((standing) => ({
        next: decideAlerts({ standing, findings, hasLookedAt, nowMs: clock.nowMs() }).standing,
        answer: undefined,
      }));
    },
  };
}
