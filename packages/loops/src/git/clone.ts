// A clone is a folder that an agent edits, and the harness's repository beside it.
//
//   K1. Nothing that is in the folder can lead a write out of it: the folder itself, its `.git` and
//       what lies below are removed, never followed, where they are links.
//   K2. After a reset the folder is what the commit says, but for ignored files and `node_modules`.
//   K3. Commits in the repository are never given up for a folder that can't be mended: then the
//       folder is made anew.

import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LoopsError } from "../loops-error.ts";
import { writeAgentRepository } from "./agent-repository.ts";
import { draftIndex } from "./copy-index.ts";
import { isFolder } from "./is-folder.ts";
import { AGENT_FOLDERS } from "./left-out.ts";
import { assertCommit, branchRef } from "./names.ts";
import {
  fetchCommit,
  hasCommit,
  makeOwnRepository,
  ownRepository,
  sweepDrafts,
} from "./own-repository.ts";
import { removeTree } from "./remove-tree.ts";
import { type GitCall, runGit } from "./run-git.ts";

export interface CloneHead {
  /** The folder that an agent edits. */
  readonly folder: string;
  /** Checked out there, and the only branch. */
  readonly branch: string;
  readonly commit: string;
  /** For git to put the folder right; then the folder is made anew. Two minutes where nothing is said. */
  readonly gitTimeMaxMs?: number;
}

export interface NewClone extends CloneHead {
  readonly project: string;
}

type Place = Pick<GitCall, "cwd" | "gitDir" | "workTree" | "indexFile" | "timeMaxMs">;

const GIT_TIME_MAX_MS = 120_000;

/**
 * The project's files at `commit`, with its history and no way back to where it came from. Repeatable:
 * what is there is reset, a commit that is missing is fetched, a broken repository is made anew.
 * Throws `GIT_FAILED`.
 */
export async function makeClone(clone: NewClone): Promise<void> {
  const { folder } = clone;
  assertCommit(clone.commit);
  await sweepDrafts(folder);
  if (!(await isFolder(ownRepository(folder)))) {
    await makeOwnRepository(folder, clone);
    return await resetClone(clone);
  }
  try {
    await useRepository(clone);
  } catch (error) {
    // Where the project can't give the commit either, the first trouble says more.
    await makeOwnRepository(folder, clone).catch(() => {
      throw error;
    });
    await resetClone(clone);
  }
}

async function useRepository(clone: NewClone): Promise<void> {
  const own = ownRepository(clone.folder);
  if (!(await hasCommit(own, clone.commit))) await fetchCommit(own, clone);
  await resetClone(clone);
}

/**
 * Makes the folder what it is at `commit`, on `branch`, whatever was done to it (K2). Nested
 * repositories and agents' own folders go too.
 */
export async function resetClone(clone: CloneHead): Promise<void> {
  const { folder, commit } = clone;
  assertCommit(commit);
  const own = ownRepository(folder);
  if (!(await isFolder(own))) {
    throw new LoopsError(
      "GIT_FAILED",
      `${own} is gone or is no folder: the clone must be made anew`,
    );
  }
  try {
    await resetFolder(clone);
  } catch (error) {
    if (!(await hasCommit(own, commit))) throw error;
    await removeTree(folder);
    await rm(join(own, "index"), { force: true });
    await resetFolder(clone);
  }
  await writeAgentRepository(clone);
}

/** With the repository behind it, and every commit that was not published. */
export async function removeClone(folder: string): Promise<void> {
  await removeTree(folder);
  await removeTree(ownRepository(folder));
}

async function resetFolder({ folder, branch, commit, gitTimeMaxMs }: CloneHead): Promise<void> {
  const own = ownRepository(folder);
  if (!(await isFolder(folder))) await removeTree(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await pointHead(own, branch);
  const indexFile = await draftIndex(own);
  try {
    const place: Place = {
      ...{ cwd: folder, gitDir: own, workTree: folder, indexFile },
      timeMaxMs: gitTimeMaxMs ?? GIT_TIME_MAX_MS,
    };
    const reset = { ...place, args: ["reset", "--quiet", "--hard", commit] };
    await runGit(reset);
    if (await clearFolders(folder, place)) await runGit(reset);
    await runGit({ ...place, args: ["clean", "-ffdq"] });
    const agents = await presentAgentFolders(folder);
    if (agents.length > 0) await runGit({ ...place, args: ["clean", "-ffdxq", "--", ...agents] });
    await rename(indexFile, join(own, "index"));
  } finally {
    await rm(indexFile, { force: true });
  }
}

/** By a rename: half a HEAD is no repository. */
async function pointHead(own: string, branch: string): Promise<void> {
  const draft = join(own, `HEAD-${randomUUID()}`);
  await writeFile(draft, `ref: ${branchRef(branch)}\n`);
  await rename(draft, join(own, "HEAD"));
}

/**
 * What git overlooks in the folders that hold tracked files: a `.git`, which `git clean` leaves alone,
 * and a link in a folder's place, behind which the files still look as they should. True when there
 * was such a link, and files are missing now.
 */
async function clearFolders(folder: string, place: Place): Promise<boolean> {
  const { stdout } = await runGit({ ...place, args: ["ls-files", "-z"] });
  const folders = new Set<string>();
  for (const path of stdout.toString("utf8").split("\0")) {
    for (let at = dirname(path); at !== "." && !folders.has(at); at = dirname(at)) folders.add(at);
  }
  let hadLink = false;
  // A folder before what lies in it: behind a link nothing is touched.
  for (const path of [...folders].sort()) {
    const found = await lstat(join(folder, path)).catch(() => null);
    if (found?.isSymbolicLink() === true) {
      await rm(join(folder, path));
      hadLink = true;
    }
    if (found?.isDirectory() !== true) continue;
    const nested = join(folder, path, ".git");
    if ((await lstat(nested).catch(() => null)) !== null) await removeTree(nested);
  }
  return hadLink;
}

async function presentAgentFolders(folder: string): Promise<string[]> {
  const names = new Set(await readdir(folder));
  return AGENT_FOLDERS.filter((name) => names.has(name));
}
