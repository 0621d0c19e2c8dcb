import { closeMatches } from "@system-bus/events";
import { findClaimOf, type LoadedLoop, listLoopIds, loadLoop } from "@system-bus/loops";
import { CliError } from "../output/failure.ts";
import type { LoopFolder } from "./loop-folders.ts";

export interface NamedLoop extends LoopFolder {
  readonly loopId: string;
}

/** The one loop that has this id, or whose id begins so. Null when none has. */
export async function findLoopId(
  folders: readonly LoopFolder[],
  given: string,
): Promise<NamedLoop | null> {
  const named = await listNamed(folders);
  const exact = named.find(({ loopId }) => loopId === given);
  if (exact) return exact;
  const matching = named.filter(({ loopId }) => loopId.startsWith(given));
  const [first, second] = matching;
  if (second === undefined) return first ?? null;
  throw new CliError({
    code: "usage",
    message: `Several loops begin with "${given}": ${matching.map(({ loopId }) => loopId).join(", ")}.`,
    fix: "Give more of the id.",
  });
}

export async function getLoopId(folders: readonly LoopFolder[], given: string): Promise<NamedLoop> {
  const found = await findLoopId(folders, given);
  if (found) return found;
  const ids = (await listNamed(folders)).map(({ loopId }) => loopId);
  const guesses = closeMatches(given, ids);
  const guess = guesses.length > 0 ? ` Did you mean ${guesses.join(" or ")}?` : "";
  throw new CliError({
    code: "not-found",
    message: `No loop "${given}" is known on this machine.${guess}`,
    fix: "`igs loop list` shows those that are.",
  });
}

/** Without an id: the latest of those that are not over, else the latest. */
export async function getLoopIdOrLatest(
  folders: readonly LoopFolder[],
  given: string | undefined,
  nowMs: number,
): Promise<NamedLoop> {
  if (given !== undefined) return getLoopId(folders, given);
  const loops = await listLoops(folders, nowMs);
  const whole = loops.flatMap(({ named, loop }) => (loop === null ? [] : [{ named, loop }]));
  const chosen = whole.find(({ loop }) => loop.state.ended === null) ?? whole[0] ?? loops[0];
  if (chosen) return chosen.named;
  throw new CliError({
    code: "not-found",
    message: "There is no loop on this machine yet.",
    fix: "`igs loop start --prd prd.json` starts one.",
  });
}

/** Also a loop that has no record but still holds a project: a preflight that never ended leaves that. */
export async function findNamed(
  folders: readonly LoopFolder[],
  given: string | undefined,
  nowMs: number,
): Promise<NamedLoop> {
  if (given === undefined) return getLoopIdOrLatest(folders, given, nowMs);
  const found = await findLoopId(folders, given);
  if (found) return found;
  for (const folder of folders) {
    const project = await findClaimOf(folder.loopsFolder, given).catch(() => null);
    if (project !== null) return { ...folder, loopId: given };
  }
  return getLoopId(folders, given);
}

export interface ListedLoop {
  readonly named: NamedLoop;
  /** Null when its record can't be read. */
  readonly loop: LoadedLoop | null;
  readonly problem: string | null;
}

/** The latest first; those whose record is damaged are last. Folders in which nothing has begun are none. */
export async function listLoops(
  folders: readonly LoopFolder[],
  nowMs: number,
): Promise<readonly ListedLoop[]> {
  const listed: ListedLoop[] = [];
  for (const named of await listNamed(folders)) {
    try {
      const loop = await loadLoop(named.loopsFolder, named.loopId, nowMs);
      if (loop !== null) listed.push({ named, loop, problem: null });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      listed.push({ named, loop: null, problem });
    }
  }
  const begunAt = ({ loop }: ListedLoop) => loop?.state.begun.at ?? "";
  return listed.toSorted((a, b) => begunAt(b).localeCompare(begunAt(a)));
}

async function listNamed(folders: readonly LoopFolder[]): Promise<readonly NamedLoop[]> {
  const named = await Promise.all(
    folders.map(async (folder) =>
      (await listLoopIds(folder.loopsFolder)).map((loopId) => ({ ...folder, loopId })),
    ),
  );
  return named.flat();
}

/** The loop as its record has it now. */
export async function getLoop(
  { loopsFolder, loopId }: NamedLoop,
  nowMs: number,
): Promise<LoadedLoop> {
  const loop = await loadLoop(loopsFolder, loopId, nowMs);
  if (loop !== null) return loop;
  throw new CliError({
    code: "not-found",
    message: `Loop ${loopId} has not begun.`,
    fix: `\`igs loop diagnose ${loopId}\` says what became of it.`,
  });
}
