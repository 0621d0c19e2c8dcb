import { access, constants, stat } from "node:fs/promises";
import { type InngestApi, InngestApiError } from "@system-bus/inngest-api";
import { logFreshness, SystemLogError, systemLogPath } from "@system-bus/system-log";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { loadPrograms } from "../follow/program-feed.ts";
import type { Failure } from "../output/failure.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { renderStatus } from "../status/render-status.ts";
import { findProblems, type Problem, type StatusFindings } from "../status/status-report.ts";

export const status = createAction<ConnectionFlags>("status", async ({ io, context }, flags) => {
  const { settings, api } = connect(context, flags);
  const workerOrigin = new URL(settings.workerUrl).origin;
  const [engine, worker, registration, programs, vaultState] = await Promise.all([
    probeEngine(settings.engineUrl),
    probeWorker(workerOrigin),
    countRegistered(api),
    loadPrograms(workerOrigin),
    probeVault(settings.vault),
  ]);
  const findings: StatusFindings = {
    engineChoice: settings.isEngineUrlGiven ? "INNGEST_BASE_URL" : settings.engine,
    engineUrl: settings.engineUrl,
    engine,
    workerOrigin,
    worker,
    ...registration,
    programs,
    vault: { path: settings.vault, state: vaultState },
    log: probeLog(systemLogPath(settings.vault)),
    warnings: settings.warnings,
  };
  const problems = findProblems(findings);
  const failure = judge(findings, problems);
  return {
    result: { ...findings, problems },
    text: renderStatus(findings, problems, io.paint),
    nextActions: [{ command: "igs runs", description: "What ran last" }],
    ...(failure ? { failure, isFailureInText: true } : {}),
  };
});

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
function probeLog(file: string): StatusFindings["log"] {
  try {
    return { file, ...logFreshness(file, Date.now()), problem: null };
  } catch (error) {
    if (!(error instanceof SystemLogError)) throw error;
    return { file, lastAt: null, ageMs: null, problem: error.message };
  }
}

function judge(findings: StatusFindings, problems: readonly Problem[]): Failure | null {
  const [worst] = problems;
  if (!worst) return null;
  const hasEngine = findings.engine.kind === "embedded" || findings.engine.kind === "inngest";
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return {
    code: hasEngine ? "unhealthy" : "unreachable",
    message: `${count}: ${worst.problem}`,
    fix: worst.fix,
  };
}
