import type { ProgramSeen } from "../follow/program-feed.ts";
import type { EngineProbe } from "./probe-engine.ts";
import type { WorkerProbe } from "./probe-worker.ts";

/** What was found out, before anyone judged it. */
export interface StatusFindings {
  readonly engineChoice: string;
  readonly engineUrl: string;
  readonly engine: EngineProbe;
  readonly workerOrigin: string;
  readonly worker: WorkerProbe | null;
  /** Functions that the engine knows; null when it didn't say, with its reason. */
  readonly registeredCount: number | null;
  readonly registrationError: { readonly message: string; readonly fix: string } | null;
  readonly programs: readonly ProgramSeen[] | null;
  readonly vault: { readonly path: string; readonly state: "writable" | "read-only" | "missing" };
  readonly log: {
    readonly file: string;
    readonly lastAt: string | null;
    readonly ageMs: number | null;
    /** Why it can't be read; null when it can, or isn't there yet. */
    readonly problem: string | null;
  };
  readonly warnings: readonly string[];
}

export type ProblemPart = "engine" | "worker" | "registration" | "vault" | "log" | "settings";

export interface Problem {
  /** What it is about. */
  readonly part: ProblemPart;
  readonly problem: string;
  readonly fix: string;
}

/** A log that says nothing for this long, in a system that runs, has probably stopped to be written. */
const LOG_AGE_MAX_MS = 14 * 24 * 3_600_000;

/** What is wrong, worst first, each with what to do. */
export function findProblems(findings: StatusFindings): readonly Problem[] {
  return [
    ...engineProblems(findings),
    ...workerProblems(findings),
    ...vaultProblems(findings),
    ...findings.warnings.map((warning) => ({
      part: "settings" as const,
      problem: warning,
      fix: "`igs config` shows each setting and where it comes from.",
    })),
  ];
}

function engineProblems({
  engine,
  engineUrl,
  registrationError,
}: StatusFindings): readonly Problem[] {
  if (engine.kind === "none") {
    return [
      {
        part: "engine",
        problem: `No engine answers at ${engineUrl}.`,
        fix: "Start one with `igs dev` or `igs start`, or set INNGEST_BASE_URL to where yours listens.",
      },
    ];
  }
  if (engine.kind === "other") {
    return [
      {
        part: "engine",
        problem: `At ${engineUrl} listens ${engine.description}.`,
        fix: "Stop that program, or set BUS_ENGINE_PORT to another port.",
      },
    ];
  }
  if (!registrationError) return [];
  const { message, fix } = registrationError;
  return [{ part: "registration", problem: message, fix }];
}

function workerProblems(findings: StatusFindings): readonly Problem[] {
  const { worker, workerOrigin, registeredCount, engine } = findings;
  if (!worker) {
    const problem = `No worker answers at ${workerOrigin}.`;
    return [{ part: "worker", problem, fix: "Start it with `igs dev` or `igs start`." }];
  }
  const problems: Problem[] = worker.problems.map((problem) => ({
    part: "worker",
    problem: `The worker says: ${problem}`,
    fix: `${workerOrigin}/health tells more.`,
  }));
  const engineAnswers = engine.kind === "embedded" || engine.kind === "inngest";
  if (engineAnswers && registeredCount !== null && registeredCount < worker.functionCount) {
    problems.unshift({
      part: "registration",
      problem: `The worker has ${worker.functionCount} functions, the engine knows ${registeredCount}.`,
      fix: `Wait half a minute, the worker registers by itself; or run \`curl -X PUT ${workerOrigin}/api/inngest\`.`,
    });
  }
  return problems;
}

function vaultProblems({ vault, log }: StatusFindings): readonly Problem[] {
  const problems: Problem[] = [];
  if (vault.state === "missing") {
    const problem = `The vault ${vault.path} is not there.`;
    problems.push({
      part: "vault",
      problem,
      fix: "Make the folder, or set VAULT_PATH to where your vault is.",
    });
  }
  if (vault.state === "read-only") {
    const problem = `The vault ${vault.path} can't be written.`;
    problems.push({ part: "vault", problem, fix: "Give this user the right to write there." });
  }
  if (log.problem !== null && vault.state !== "missing") {
    const problem = `The system log can't be read: ${log.problem}`;
    problems.push({ part: "log", problem, fix: "Give this user the right to read it." });
  }
  if (log.ageMs !== null && log.ageMs > LOG_AGE_MAX_MS) {
    const problem = `The system log has been silent since ${log.lastAt}.`;
    problems.push({
      part: "log",
      problem,
      fix: "`igs runs --function system-logger` tells whether it is written.",
    });
  }
  return problems;
}
