import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { nameEngine } from "./name-engine.ts";
import type { WorkerProbe } from "./probe-worker.ts";
import type { Problem, StatusFindings } from "./status-report.ts";

/** The engine first: which one it is must never be a surprise. */
export function renderStatus(
  findings: StatusFindings,
  problems: readonly Problem[],
  paint: Paint,
): string {
  const lines = [
    `engine    ${describeEngine(findings, paint)}`,
    `worker    ${describeWorker(findings, paint)}`,
    ...(findings.worker === null ? [] : [`heartbeat ${describeHeartbeat(findings.worker)}`]),
    `programs  ${describePrograms(findings)}`,
    `vault     ${findings.vault.path}  ${paintState(findings.vault.state === "writable", findings.vault.state, paint)}`,
    `log       ${describeLog(findings)}`,
  ];
  if (problems.length === 0) return [...lines, "", paint.good("All is well.")].join("\n");
  const told = problems.flatMap(({ problem, fix }) => [`${paint.bad("✗")} ${problem}`, `  ${fix}`]);
  return [...lines, "", ...told, "", paint.faint("`igs doctor` looks at more.")].join("\n");
}

function describeEngine({ engine, engineUrl, engineChoice }: StatusFindings, paint: Paint): string {
  const answers = engine.kind === "embedded" || engine.kind === "inngest";
  const state = answers ? `well, ${engine.latencyMs} ms` : "not answering";
  return `${nameEngine(engine)}  ${engineUrl}  ${paintState(answers, state, paint)}  ${paint.faint(`chosen: ${engineChoice}`)}`;
}

function describeWorker(findings: StatusFindings, paint: Paint): string {
  const { worker, workerOrigin, registeredCount } = findings;
  if (!worker) return `${workerOrigin}  ${paintState(false, "not answering", paint)}`;
  const registered = registeredCount === null ? "" : `, ${registeredCount} registered`;
  const state = paintState(worker.problems.length === 0, "running", paint);
  return `${workerOrigin}  ${state}  ${worker.functionCount} functions${registered}`;
}

function describeHeartbeat({ beatAgeMs }: WorkerProbe): string {
  if (beatAgeMs === null) return "none yet; one comes every quarter of an hour";
  return `last one ${formatDuration(beatAgeMs)} ago`;
}

function describePrograms({ programs }: StatusFindings): string {
  if (programs === null) return "not known: the worker doesn't answer";
  const living = programs.filter(({ state }) => state !== "ended");
  if (living.length === 0) return "none is running";
  return living.map(({ stepId, state, runId }) => `${stepId} ${state} (run ${runId})`).join(", ");
}

function describeLog({ log }: StatusFindings): string {
  if (log.problem !== null) return `${log.file}  can't be read`;
  if (log.ageMs === null) return `${log.file}  no entries yet`;
  return `${log.file}  last entry ${formatDuration(log.ageMs)} ago`;
}

function paintState(isGood: boolean, text: string, paint: Paint): string {
  return isGood ? paint.good(text) : paint.bad(text);
}
