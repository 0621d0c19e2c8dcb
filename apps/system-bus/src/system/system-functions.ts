import { join } from "node:path";
import type { BusClient } from "@system-bus/events";
import type { InngestFunction } from "inngest";
import { createAlertBook } from "./alerts/alert-book.ts";
import type { TellAlertsDeps } from "./alerts/tell-alerts.ts";
import { type FunctionHealthDeps, functionHealth } from "./function-health.ts";
import { type HeartbeatDeps, heartbeat } from "./heartbeat.ts";
import { DELIVERY_LIMITS } from "./notify/decide-delivery.ts";
import type { DeliveryDeps } from "./notify/deliver.ts";
import { createNotifyLedger } from "./notify/notify-ledger.ts";
import { createTargets, type TargetDeps } from "./notify/targets/create-targets.ts";
import { notify } from "./notify.ts";
import { type ProgramStopDeps, programStop } from "./program-stop.ts";
import { type SystemLoggerDeps, systemLogger } from "./system-logger.ts";
import { type SystemVerifyDeps, systemVerify } from "./system-verify.ts";
import { type TriggerAuditDeps, triggerAudit } from "./trigger-audit.ts";

export type SystemDeps = SystemLoggerDeps &
  ProgramStopDeps &
  Omit<HeartbeatDeps & TriggerAuditDeps & FunctionHealthDeps, "alerts"> &
  SystemVerifyDeps &
  Pick<TellAlertsDeps, "onMilestone"> &
  Pick<DeliveryDeps, "readNotifySettings" | "host"> &
  Omit<TargetDeps, "folder">;

/** The functions that keep the bus itself: its log, its programs, its health, and who is told of it. */
export function systemFunctions(client: BusClient, deps: SystemDeps): InngestFunction.Any[] {
  const { folder, nowMs } = deps;
  const shared = { ...deps, alerts: createAlertBook(folder, deps) };
  return [
    systemLogger(client, deps),
    programStop(client, deps),
    heartbeat(client, shared),
    triggerAudit(client, shared),
    functionHealth(client, shared),
    notify(client, {
      ...deps,
      createTargets: (settings) =>
        createTargets(settings, { ...deps, folder: join(folder, "notify") }),
      ledger: createNotifyLedger(folder, DELIVERY_LIMITS),
      nowMs,
    }),
    systemVerify(client, deps),
  ];
}
