import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { errorCode } from "@system-bus/programs";
import { LoopsError } from "../loops-error.ts";

/** Where one loop keeps its things. Nothing but `clone` and `review` is ever seen by a git of ours. */
export interface LoopPlaces {
  readonly loopId: string;
  readonly folder: string;
  readonly journal: string;
  readonly attempts: string;
  readonly prd: string;
  /** The implementor's checkout. */
  readonly clone: string;
  /** The reviewer's, at the story's base commit. */
  readonly review: string;
  /** Prompts, feedback, logs, locked tests: beside the clones, never inside. */
  readonly scratch: string;
}

export interface ProjectPlaces {
  readonly folder: string;
  /** A folder, see `claim.ts`. */
  readonly claim: string;
  readonly progress: string;
}

/** What lies beside the loops, so no loop may be called so. */
const PROJECTS = "projects";
const LOOP_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const SLUG_CHARS_MAX = 40;

/** @throws LoopsError `LOOP_UNKNOWN`: an id that no loop can have never becomes a path. */
export function loopPlaces(loopsFolder: string, loopId: string): LoopPlaces {
  if (!isLoopId(loopId)) {
    throw new LoopsError(
      "LOOP_UNKNOWN",
      `“${loopId.slice(0, 80)}” is no loop's id: those are lower-case letters, digits and “-”, at most 64. \`igs loop list\` shows them.`,
    );
  }
  const folder = join(loopsFolder, loopId);
  return {
    loopId,
    folder,
    journal: join(folder, "journal.jsonl"),
    attempts: join(folder, "attempts.jsonl"),
    prd: join(folder, "prd.json"),
    clone: join(folder, "clone"),
    review: join(folder, "review"),
    scratch: join(folder, "scratch"),
  };
}

/** `project` is the real path of the person's repository: a link to it would be another project. */
export function projectPlaces(loopsFolder: string, project: string): ProjectPlaces {
  if (!isAbsolute(project)) {
    throw new LoopsError("PROJECT_REFUSED", `${project} is no absolute path of a project`);
  }
  const name = createHash("sha256").update(project).digest("hex").slice(0, 16);
  const folder = join(projectsFolder(loopsFolder), name);
  return { folder, claim: join(folder, "claim"), progress: join(folder, "progress.txt") };
}

/** With a folder for each project that was ever worked on. */
export function projectsFolder(loopsFolder: string): string {
  return join(loopsFolder, PROJECTS);
}

export function playbookPath(loopsFolder: string): string {
  return join(loopsFolder, "playbook.json");
}

/** Ids of the folders that are there, in no order of time; whether each holds a loop `loadLoop` tells. */
export async function listLoopIds(loopsFolder: string): Promise<readonly string[]> {
  const entries = await readdir(loopsFolder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && isLoopId(entry.name))
    .map(({ name }) => name)
    .sort();
}

/**
 * Such as `slugify-20261124-7f3a`: what a person can tell from others, and types. `random` gives
 * [0, 1). Two of one title and day meet once in 65,536: whoever starts a loop looks whether it is there.
 */
export function newLoopId(title: string, now: Date, random: () => number): string {
  const day = now.toISOString().slice(0, 10).replaceAll("-", "");
  const mark = Math.floor(random() * 0x1_00_00)
    .toString(16)
    .padStart(4, "0");
  return `${slugOf(title)}-${day}-${mark}`;
}

/** What may stand in a path: the rule of the events, and no name that is taken. */
export function isLoopId(name: string): boolean {
  return LOOP_ID.test(name) && name !== PROJECTS;
}

function slugOf(title: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const slug = words.join("-").slice(0, SLUG_CHARS_MAX).replace(/-+$/, "");
  return slug === "" ? "loop" : slug;
}
