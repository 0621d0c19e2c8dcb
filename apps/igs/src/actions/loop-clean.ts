import { rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { findClaimOf, loopPlaces, releaseClaim } from "@system-bus/loops";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { type CleanDecision, decideClean } from "../loop/decide-clean.ts";
import { findNamed, type ListedLoop, listLoops, type NamedLoop } from "../loop/find-loop.ts";
import { type LoopFolder, listLoopFolders } from "../loop/loop-folders.ts";
import { type ActivityReader, createActivityReader } from "../loop/loop-programs.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

export interface LoopCleanFlags extends ConnectionFlags {
  readonly yes?: boolean;
}

type Cleaning = Extract<CleanDecision, { kind: "clean" }> & { readonly named: NamedLoop };
type Keeping = Extract<CleanDecision, { kind: "keep" }> & { readonly named: NamedLoop };

export const loopClean = createAction<LoopCleanFlags, [string?]>(
  "loop clean",
  async ({ io, context }, flags, given) => {
    const { api, settings } = connect(context, flags);
    const reader = createActivityReader(api, settings.workerOrigin);
    const folders = listLoopFolders(context);
    const chosen = given === undefined ? await listOver(folders) : [await choose(folders, given)];
    const cleaned: Cleaning[] = [];
    const kept: Keeping[] = [];
    for (const listed of chosen) {
      const decision = await lookAt(listed, reader);
      if (decision.kind === "clean") cleaned.push({ ...decision, named: listed.named });
      if (decision.kind === "keep") kept.push({ ...decision, named: listed.named });
    }
    const [refused] = kept;
    if (given !== undefined && refused) throw refusal(refused);
    if (cleaned.length === 0) return tell([], kept, "Nothing is to be cleaned.");
    if (!flags.yes && !(await confirm({ io, context }, cleaned))) {
      return tell([], kept, "Nothing was removed.");
    }
    for (const one of cleaned) await clean(one);
    return tell(cleaned, kept, `${cleaned.map(describe).join("\n")}`);
  },
);

async function listOver(folders: readonly LoopFolder[]): Promise<readonly ListedLoop[]> {
  const listed = await listLoops(folders, Date.now());
  return listed.filter(({ loop }) => loop !== null && loop.state.ended !== null);
}

async function choose(folders: readonly LoopFolder[], given: string): Promise<ListedLoop> {
  const named = await findNamed(folders, given, Date.now());
  const listed = await listLoops(folders, Date.now());
  const known = listed.find((one) => one.named.loopId === named.loopId);
  return known ?? { named, loop: null, problem: null };
}

async function lookAt(
  { named, loop, problem }: ListedLoop,
  reader: ActivityReader,
): Promise<CleanDecision> {
  const { loopsFolder, loopId } = named;
  if (problem !== null) {
    const fix = `\`igs loop diagnose ${loopId}\` tells what can be done.`;
    return { kind: "keep", reason: `its record is damaged: ${problem}`, fix };
  }
  const places = loopPlaces(loopsFolder, loopId);
  const { clone, review, scratch } = places;
  const candidates = [clone, `${clone}.git`, review, `${review}.git`, scratch];
  const there = await Promise.all(candidates.map((path) => stat(path).catch(() => null)));
  return decideClean({
    loopId,
    hasEnded: loop === null ? null : loop.state.ended !== null,
    activity: await reader.read(loopId),
    folders: candidates.filter((_, index) => there[index] !== null),
    heldProject: await findClaimOf(loopsFolder, loopId),
  });
}

function refusal({ named, reason, fix }: Keeping): CliError {
  const message = `Nothing of loop ${named.loopId} was removed: ${reason}.`;
  return new CliError({ code: "refused", message, fix });
}

async function confirm(
  { io, context }: { readonly io: Io; readonly context: CliContext },
  cleaned: readonly Cleaning[],
): Promise<boolean> {
  const what = cleaned.map(describe).join("\n");
  if (!io.isJson && context.confirm) {
    context.stdout.write(`${what}\n`);
    return context.confirm(`Remove ${cleaned.length === 1 ? "this" : "these"}?`);
  }
  throw new CliError({
    code: "usage",
    message: `This would remove:\n${what}\nNothing was removed, as nobody can be asked here.`,
    fix: "Add --yes to remove them.",
  });
}

/** The claim last: a project is free only when nothing of the loop is left to be in the way. */
async function clean({ named, folders, heldProject }: Cleaning): Promise<void> {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  if (heldProject === null) return;
  await releaseClaim(named.loopsFolder, { project: heldProject, loopId: named.loopId });
}

function describe({ named, folders, heldProject }: Cleaning): string {
  const names = folders.map((folder) => basename(folder)).filter((name) => !name.endsWith(".git"));
  const held = heldProject === null ? [] : [`its claim on ${heldProject}`];
  return `${named.loopId}: ${[...names, ...held].join(", ")}`;
}

function tell(cleaned: readonly Cleaning[], kept: readonly Keeping[], text: string): Answer {
  const lines = kept.map(({ named, reason, fix }) => `${named.loopId} is kept: ${reason}. ${fix}`);
  return {
    result: {
      cleaned: cleaned.map(({ named, folders, heldProject }) => ({
        ...{ loopId: named.loopId, folders, freedProject: heldProject },
      })),
      kept: kept.map(({ named, reason, fix }) => ({ loopId: named.loopId, reason, fix })),
    },
    text: [text, ...lines].join("\n"),
    nextActions: [{ command: "igs loop list", description: "The loops that there are" }],
  };
}
