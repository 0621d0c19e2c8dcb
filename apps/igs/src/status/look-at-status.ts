import { access, constants, stat } from "node:fs/promises";
import { type InngestApi, InngestApiError } from "@system-bus/inngest-api";
import { logFreshness, SystemLogError, systemLogPath } from "@system-bus/system-log";
import type { Connection } from "../connect.ts";
import { loadPrograms } from "../follow/program-feed.ts";
import { probeEngine } from "./probe-engine.ts";
import { probeWorker } from "./probe-worker.ts";
import type { StatusFindings } from "./status-report.ts";

/** Looks at everything that `igs status` tells of, all at once. Changes nothing. */
export async function lookAtStatus(
  { settings, api }: Pick<Connection, "settings" | "api">,
  nowMs: number,
): Promise<StatusFindings> {
  const { workerOrigin } = settings;
  const [engine, worker, registration, programs, vaultState] = await Promise.all([
    probeEngine(settings.engineUrl),
    probeWorker(workerOrigin),
    countRegistered(api),
    loadPrograms(workerOrigin),
    probeVault(settings.vault),
  ]);
  return {
    engineChoice: settings.isEngineUrlGiven ? "INNGEST_BASE_URL" : settings.engine,
    engineUrl: settings.engineUrl,
    engine,
    workerOrigin,
    worker,
    ...registration,
    programs,
    vault: { path: settings.vault, state: vaultState },
    log: probeLog(systemLogPath(settings.vault), nowMs),
    warnings: settings.warnings,
  };
}

async function countRegistered(
  api: InngestApi,
): Promise<Pick<StatusFindings, "registeredCount" | "registrationError">> {
  try {
    const functions = await api.listFunctions();
    return { registeredCount: functions.length, registrationError: null };
  } catch (error) {
    if (!(error instanceof InngestApiError)) throw error;
    const { message, fix } = error;
    return { registeredCount: null, registrationError: { message, fix } };
  }
}

async function probeVault(path: string): Promise<StatusFindings["vault"]["state"]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return "missing";
  const isWritable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isWritable ? "writable" : "read-only";
}

/** A log that can't be read is one of the things to tell, not the end of the telling. */
function probeLog(file: string, nowMs: number): StatusFindings["log"] {
  try {
    return { file, ...logFreshness(file, nowMs), problem: null };
  } catch (error) {
    if (!(error instanceof SystemLogError)) throw error;
    return { file, lastAt: null, ageMs: null, problem: error.message };
  }
}
