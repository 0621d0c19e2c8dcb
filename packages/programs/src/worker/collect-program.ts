import { NonRetriableError } from "inngest";
import { openProgramFolder, type ProgramFolder } from "../folder/program-folder.ts";
import type { EndedRecord } from "../folder/records.ts";
import { bury } from "../life/bury.ts";
import { decideCollecting, decideVerdict } from "../life/decide-verdict.ts";
import { readLife } from "../life/read-life.ts";
import { ProgramRetry } from "../program-error.ts";
import { programKey } from "../program-key.ts";
import type { EndedProgram, LostProgram } from "../program-spec.ts";
import type { StartRequest } from "./start-program.ts";
import type { WorkerDeps } from "./worker-deps.ts";

export interface CollectRequest extends StartRequest {
  readonly read: (ended: EndedProgram) => Promise<unknown>;
  readonly readLost?: ((lost: LostProgram) => Promise<unknown>) | undefined;
}

/** What the last step returns, and so what the run's state remembers. Plain JSON. */
export type Collected =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "again"; readonly reason: string }
  | { readonly kind: "wait" };

const BURY_GRACE_MS = 2_000;

/**
 * Reads the result and marks the program collected. May be repeated after any line: the folder stays
 * for days, and reading it again comes to the same.
 */
export async function collectProgram(
  deps: WorkerDeps,
  request: CollectRequest,
): Promise<Collected> {
  const { table, clock } = deps;
  const folder = openProgramFolder(deps.dir, programKey(request));
  const life = await readLife(folder, table);
  switch (decideCollecting(life)) {
    case "wait":
      return { kind: "wait" };
    case "bury":
      await bury(folder, { table, clock, endedBy: "lost", graceMs: BURY_GRACE_MS });
      return collectProgram(deps, request);
    case "count-as-lost":
      return settleLost(deps, { folder, request });
    case "read": {
      const ended = await folder.readEnded();
      return ended === null
        ? settleLost(deps, { folder, request })
        : readResult(deps, { folder, request }, ended);
    }
  }
}

interface Collecting {
  readonly folder: ProgramFolder;
  readonly request: CollectRequest;
}

const LOST = {
  endedBy: "lost",
  reason: "it was lost: the machine restarted, or its supervisor was killed",
} as const;

async function readResult(
  deps: WorkerDeps,
  collecting: Collecting,
  ended: EndedRecord,
): Promise<Collected> {
  const { folder, request } = collecting;
  const { endedBy } = ended;
  if (endedBy === "stopped") return settle(deps, collecting, { endedBy, reason: "stopped" });
  try {
    const startedAt = (await folder.readLaunch())?.launchedAt ?? null;
    const value = await request.read(toEndedProgram({ folder, request }, startedAt, ended));
    await markCollected(deps, folder);
    return { kind: "value", value: value ?? null };
  } catch (error) {
    if (error instanceof ProgramRetry) {
      return settle(deps, collecting, { endedBy, reason: error.message });
    }
    if (error instanceof NonRetriableError) await markCollected(deps, folder);
    throw error;
  }
}

/** Whoever wants to know of a lost last attempt decides what it comes to. */
async function settleLost(deps: WorkerDeps, collecting: Collecting): Promise<Collected> {
  const { folder, request } = collecting;
  const { readLost, attempt, spec } = request;
  if (readLost === undefined || attempt < spec.attemptsMax) return settle(deps, collecting, LOST);
  const { key, stdoutPath, stderrPath, workPath: dir } = folder;
  const value = await readLost({ key, stdoutPath, stderrPath, dir });
  await markCollected(deps, folder);
  return { kind: "value", value: value ?? null };
}

/** This program has failed: on to the next, or the run fails. */
async function settle(
  deps: WorkerDeps,
  { folder, request }: Collecting,
  failed: Pick<Parameters<typeof decideVerdict>[0], "endedBy" | "reason">,
): Promise<Collected> {
  await markCollected(deps, folder);
  const { attempt, spec } = request;
  const verdict = decideVerdict({
    command: spec.command,
    attempt,
    attemptsMax: spec.attemptsMax,
    ...failed,
  });
  if (verdict.kind === "give-up") throw new NonRetriableError(verdict.message);
  return verdict;
}

async function markCollected({ clock }: WorkerDeps, folder: ProgramFolder): Promise<void> {
  if (!(await folder.exists())) return;
  await folder.writeCollected({ collectedAt: new Date(clock.nowMs()).toISOString() });
}

function toEndedProgram(
  { folder, request }: Collecting,
  startedAt: string | null,
  ended: EndedRecord,
): EndedProgram {
  return {
    key: folder.key,
    endedBy: ended.endedBy,
    exitCode: ended.exitCode,
    signal: ended.signal,
    stdoutPath: folder.stdoutPath,
    stderrPath: folder.stderrPath,
    dir: folder.workPath,
    attempt: request.attempt,
    startedAt,
    endedAt: ended.endedAt,
    outputDroppedBytes: ended.outputDroppedBytes,
  };
}
