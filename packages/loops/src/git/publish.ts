// The loop's branch in the person's repository.
//
//   P1. There, objects are added and one ref is moved. (An object that is there already may get a new
//       time: so git keeps it from being pruned.) No other file changes: no index, configuration,
//       FETCH_HEAD, log of refs, packed refs; nothing is checked out, no hook runs. A process that is
//       killed anywhere leaves at most more objects, and a lock of that ref that the next call breaks.
//   P2. The ref is moved by comparing and swapping: a branch that somebody else moved, made or deleted
//       stays as they left it (`BRANCH_MOVED`).
//   P3. It only goes forward: `commit` descends from what it replaces.
//   P4. A second call finds the first one's work done.

import { dirname, join } from "node:path";
import { LoopsError } from "../loops-error.ts";
import { breakStaleLock } from "./break-stale-lock.ts";
import { assertCommit, branchRef } from "./names.ts";
import { ownRepository } from "./own-repository.ts";
import { runGit } from "./run-git.ts";
import { sendObjects } from "./transfer-objects.ts";

export interface Publication {
  readonly project: string;
  /** The clone; the commit is taken from the repository behind it. */
  readonly folder: string;
  readonly branch: string;
  readonly commit: string;
  /** What the branch points at now; null: it must not be there. */
  readonly expected: string | null;
}

interface BranchInProject {
  readonly head: string | null;
  /** Where somebody has it checked out. */
  readonly checkedOutAt: string | null;
  readonly isLink: boolean;
}

/** Throws `BRANCH_MOVED` (P2), `PROJECT_UNFIT` where it can't be moved, `GIT_FAILED`. */
export async function publish(publication: Publication): Promise<void> {
  const { project, branch, commit, expected } = publication;
  assertCommit(commit);
  if (expected !== null) assertCommit(expected);
  const before = await readBranch(project, branch);
  if (before.head === commit && !before.isLink) return;
  refuseUnlessReady(publication, before);
  await send(publication);
  const problem = await moveRef(publication);
  if (problem === null) return;
  const after = await readBranch(project, branch);
  if (after.head === commit) return;
  if (after.head !== expected) throw moved(publication, after);
  throw new LoopsError(
    "PROJECT_UNFIT",
    `git can't move ${branch} in ${project}: ${problem}. Its commit ${commit} is kept; mend this and resume the loop`,
  );
}

/** The commit that a branch of the project points at; null where there is no such branch. */
export async function branchHead(project: string, branch: string): Promise<string | null> {
  return (await readBranch(project, branch)).head;
}

async function readBranch(project: string, branch: string): Promise<BranchInProject> {
  const { stdout } = await runGit({
    args: [
      "for-each-ref",
      "--format=%(objectname)%00%(worktreepath)%00%(symref)%00%(refname)",
      branchRef(branch),
    ],
    cwd: project,
    gitDir: join(project, ".git"),
  });
  for (const line of stdout.toString("utf8").split("\n")) {
    const [head, place, link, name] = line.split("\0");
    // A pattern also finds what lies below it: `a/b` for `a`.
    if (head === undefined || name !== branchRef(branch)) continue;
    return { head, checkedOutAt: place === "" ? null : (place ?? null), isLink: link !== "" };
  }
  return { head: null, checkedOutAt: null, isLink: false };
}

function refuseUnlessReady(publication: Publication, before: BranchInProject): void {
  const { branch, expected } = publication;
  if (before.head !== expected || before.isLink) throw moved(publication, before);
  if (before.checkedOutAt === null) return;
  // Moved under a checkout, a branch makes every file of the commit look like an undone change.
  throw new LoopsError(
    "PROJECT_UNFIT",
    `${branch} is checked out in ${before.checkedOutAt}: switch to another branch there, then resume the loop`,
  );
}

function moved({ project, branch, expected }: Publication, found: BranchInProject): LoopsError {
  const was = expected === null ? "must not be there yet" : `was left at ${expected}`;
  const is = found.isLink
    ? "is a link to another ref"
    : found.head === null
      ? "is gone"
      : `is at ${found.head}`;
  return new LoopsError(
    "BRANCH_MOVED",
    `${branch} in ${project} ${was} and ${is}: somebody else has changed it. Put it back or keep it under another name, then resume the loop`,
  );
}

async function send({ project, folder, commit, expected }: Publication): Promise<void> {
  const from = ownRepository(folder);
  const to = join(project, ".git");
  if (expected !== null) await assertDescends(from, expected, commit);
  const transfer = { from, to, commit };
  try {
    const except = expected === null ? await parentsOf(from, commit) : [expected];
    await sendObjects({ ...transfer, except });
  } catch {
    // What it builds on is gone from there, such as after a person's `git gc`: everything, then.
    await sendObjects({ ...transfer, except: [] });
  }
}

async function assertDescends(gitDir: string, from: string, commit: string): Promise<void> {
  const { exitCode } = await runGit({
    args: ["merge-base", "--is-ancestor", from, commit],
    cwd: dirname(gitDir),
    gitDir,
    expectedExitCodes: [1, 128],
  });
  if (exitCode === 0) return;
  throw new LoopsError(
    "BRANCH_MOVED",
    `${commit} doesn't build on ${from}, which the branch points at: publishing it would lose commits`,
  );
}

async function parentsOf(gitDir: string, commit: string): Promise<string[]> {
  const { stdout } = await runGit({
    args: ["rev-parse", "--verify", "--quiet", `${commit}^`],
    cwd: dirname(gitDir),
    gitDir,
    expectedExitCodes: [1, 128],
  });
  return stdout.toString("utf8").split("\n").filter(Boolean);
}

/** What stood in the way, or null. */
async function moveRef(publication: Publication): Promise<string | null> {
  const first = await tryToMoveRef(publication);
  if (first === null || !(await breakStaleLock(first, branchRef(publication.branch)))) return first;
  return await tryToMoveRef(publication);
}

async function tryToMoveRef({ project, branch, commit, expected }: Publication) {
  const { exitCode, stderr } = await runGit({
    args: [
      "update-ref",
      "--no-deref",
      branchRef(branch),
      commit,
      expected ?? "0".repeat(commit.length),
    ],
    cwd: project,
    gitDir: join(project, ".git"),
    expectedExitCodes: [1, 128],
    config: ["core.fsync=committed,reference"],
  });
  return exitCode === 0 ? null : stderr;
}
