// One loop a project: the claim, held for the loop's whole life, without expiry.
//
// It is a folder with one file in it, named after the loop that holds it. A folder can be moved to where
// none is or where an empty one is, never onto one that holds something: so of many that take it one
// wins, with its content whole. And it is given back by removing the loop's own file: no loop can remove
// what another has taken meanwhile, which with a single file for all would need a look first.

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, syncFolder, writeOnce } from "@system-bus/programs";
import { z } from "zod";
import { LoopsError } from "../loops-error.ts";
import { isLoopId, loopPlaces, projectPlaces, projectsFolder } from "./loop-places.ts";
import { makeFolder } from "./make-folder.ts";

const ClaimSchema = z.object({ project: z.string(), loopId: z.string(), at: z.iso.datetime() });
export type Claim = z.infer<typeof ClaimSchema>;

export type ClaimTaking =
  | { readonly kind: "taken" }
  /** `by` is a loop. */
  | { readonly kind: "held"; readonly by: string };

const ENDING = ".json";
/** How often a claim may be gone again when we look who holds it. */
const TRIES_MAX = 20;

/** A loop that holds the claim already takes it again. `at` is ISO 8601. */
export async function takeClaim(loopsFolder: string, claim: Claim): Promise<ClaimTaking> {
  loopPlaces(loopsFolder, claim.loopId);
  const places = projectPlaces(loopsFolder, claim.project);
  await makeFolder(places.folder);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await moveIn(places.claim, claim)) return { kind: "taken" };
    const holder = await findHolder(places.claim);
    if (holder === claim.loopId) return { kind: "taken" };
    if (holder !== null) return { kind: "held", by: holder };
    await removeStrays(places.claim);
  }
  throw new LoopsError("PROJECT_HELD", `${claim.project} changes hands too fast: try again`);
}

/** Gives the loop's own claim back; one of another loop stays. */
export async function releaseClaim(
  loopsFolder: string,
  { project, loopId }: Pick<Claim, "project" | "loopId">,
): Promise<void> {
  loopPlaces(loopsFolder, loopId);
  const { claim } = projectPlaces(loopsFolder, project);
  await rm(join(claim, fileOf(loopId)), { force: true });
  await syncFolder(claim).catch(ignoreMissing);
}

/** The project that this loop holds; null when it holds none. */
export async function findClaimOf(loopsFolder: string, loopId: string): Promise<string | null> {
  loopPlaces(loopsFolder, loopId);
  const folder = projectsFolder(loopsFolder);
  const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
  for (const name of names) {
    const claim = await readFrom(join(folder, name, "claim"), loopId);
    if (claim !== null) return claim.project;
  }
  return null;
}

/** Null when no loop holds the project. */
export async function readClaim(loopsFolder: string, project: string): Promise<Claim | null> {
  const { claim } = projectPlaces(loopsFolder, project);
  const holder = await findHolder(claim);
  return holder === null ? null : readFrom(claim, holder);
}

/** The loop's own claim in this folder; null when it has none there (any more). */
async function readFrom(folder: string, loopId: string): Promise<Claim | null> {
  const path = join(folder, fileOf(loopId));
  const text = await readFile(path, "utf8").catch(ignoreMissing);
  if (text === undefined) return null;
  try {
    return ClaimSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LoopsError(
      "RECORD_DAMAGED",
      `${path} cannot be read. See that loop ${loopId} has ended, then remove it.`,
      { cause },
    );
  }
}

async function moveIn(path: string, claim: Claim): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.draft`;
  await mkdir(draft, { mode: 0o700 });
  try {
    await writeOnce(join(draft, fileOf(claim.loopId)), `${JSON.stringify(claim)}\n`);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function findHolder(path: string): Promise<string | null> {
  const names = (await readdir(path).catch(ignoreMissing)) ?? [];
  return names.map(holderOf).find((holder) => holder !== null) ?? null;
}

/** A file manager that has shown the folder may have left something of its own (`.DS_Store`). */
async function removeStrays(path: string): Promise<void> {
  const names = (await readdir(path).catch(ignoreMissing)) ?? [];
  const strays = names.filter((name) => holderOf(name) === null);
  for (const name of strays) await rm(join(path, name), { recursive: true, force: true });
}

function holderOf(name: string): string | null {
  if (!name.endsWith(ENDING)) return null;
  const loopId = name.slice(0, -ENDING.length);
  return isLoopId(loopId) ? loopId : null;
}

function fileOf(loopId: string): string {
  return `${loopId}${ENDING}`;
}

function isTaken(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOTEMPTY" || code === "EEXIST";
}

/** `ENOTDIR`: a file stands where a folder would be, such as a file manager's own. */
function ignoreMissing(error: unknown): undefined {
  const code = errorCode(error);
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}
