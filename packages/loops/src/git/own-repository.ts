// The repository behind a clone, `<folder>.git`: the harness's own, beside the folder that an agent
// edits and never inside.
//
//   O1. The harness reads and writes commits here alone. What an agent does to `<folder>/.git` (its
//       configuration, hooks, branches, index, locks, links) is never read by any git of ours.
//   O2. It has objects of its own: no alternates, no hard links, no remote.
//   O3. It is there with the commit it was made for, or not there.

import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { removeTree } from "./remove-tree.ts";
import { runGit } from "./run-git.ts";
import { fetchObjects } from "./transfer-objects.ts";

/** Never shown by git, whatever the project ignores itself. */
const EXCLUDED = "node_modules\n";

/** Drafts of a process that was killed go after that. */
const DRAFT_AGE_MAX_MS = 3_600_000;
const DRAFT = /^(tmp_|index-|HEAD-|fetched-)/;

/** Names the commit that came last from the project. */
const FETCHED = "fetched";

export function ownRepository(folder: string): string {
  return `${folder}.git`;
}

interface Wanted {
  readonly project: string;
  readonly commit: string;
}

/** Replaces one that is there, once the new one is whole. */
export async function makeOwnRepository(
  folder: string,
  { project, commit }: Wanted,
): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const draft = `${ownRepository(folder)}.${randomUUID()}`;
  try {
    const format = commit.length === 64 ? "sha256" : "sha1";
    await runGit({
      args: ["init", "--quiet", "--bare", "--template=", `--object-format=${format}`, draft],
      cwd: parent,
      // `agent-repository.ts` writes refs as files beside what this one's configuration says.
      config: ["init.defaultRefFormat=files"],
    });
    await mkdir(join(draft, "info"), { recursive: true });
    await writeFile(join(draft, "info", "exclude"), EXCLUDED);
    await fetchCommit(draft, { project, commit });
    await removeTree(ownRepository(folder));
    await rename(draft, ownRepository(folder));
  } finally {
    await removeTree(draft);
  }
}

/** Only what is new since the last time, where the project still has what came then. */
export async function fetchCommit(gitDir: string, { project, commit }: Wanted): Promise<void> {
  const transfer = { from: join(project, ".git"), to: gitDir, commit };
  const last = await readFile(join(gitDir, FETCHED), "utf8").catch(() => null);
  const isDone =
    last !== null &&
    (await fetchObjects({ ...transfer, except: [last] }).then(
      () => true,
      () => false,
    ));
  if (!isDone) await fetchObjects({ ...transfer, except: [] });
  const draft = join(gitDir, `${FETCHED}-${randomUUID()}`);
  await writeFile(draft, commit);
  await rename(draft, join(gitDir, FETCHED));
}

export async function hasCommit(gitDir: string, commit: string): Promise<boolean> {
  const answer = await runGit({
    args: ["cat-file", "-e", `${commit}^{commit}`],
    cwd: dirname(gitDir),
    gitDir,
    expectedExitCodes: [1, 128],
  });
  return answer.exitCode === 0;
}

/** Removes what processes that were killed have left in it and beside it. */
export async function sweepDrafts(folder: string): Promise<void> {
  const own = ownRepository(folder);
  const beside = (name: string) => name.startsWith(`${basename(own)}.`);
  await removeOld(dirname(own), beside);
  await removeOld(own, (name) => DRAFT.test(name));
  await removeOld(join(own, "objects", "pack"), (name) => DRAFT.test(name));
}

async function removeOld(folder: string, isDraft: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isDraft(name)) continue;
    const found = await lstat(join(folder, name)).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > DRAFT_AGE_MAX_MS) {
      await removeTree(join(folder, name));
    }
  }
}
