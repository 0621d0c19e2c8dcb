// One attempt's work becomes one commit.
//
//   C1. The commit holds what the folder's files differ from `base`, and its only parent is `base`:
//       commits, branches, stashes and indexes that the agent made don't count.
//   C2. Ignored files, `node_modules`, agents' own folders, litter and `leaveOut` are as in `base`.
//   C3. What could harm whoever fetches it is refused, never left out silently.
//   C4. A second call with the same trailers on the same base finds the first one's commit.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type AttemptTrailers, hasTrailers, renderMessage } from "./attempt-message.ts";
import { draftIndex } from "./copy-index.ts";
import { findRefusal } from "./examine-entries.ts";
import { identity } from "./identity.ts";
import { isFolder } from "./is-folder.ts";
import { isLeftOut } from "./left-out.ts";
import { assertCommit, branchRef } from "./names.ts";
import { ownRepository } from "./own-repository.ts";
import { readStatus, type StatusEntry } from "./read-status.ts";
import { askGit, type GitCall, isOverBounds, runGit } from "./run-git.ts";

export interface Attempt {
  readonly folder: string;
  readonly branch: string;
  /** The parent of the commit. */
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly trailers: AttemptTrailers;
  /** Files, and folders with all that is in them: such as the locked tests. Relative to `folder`. */
  readonly leaveOut: readonly string[];
  /** When, as ISO 8601: the same files with the same time make the same commit. Now where nothing is said. */
  readonly at?: string;
  /** For git to look through the folder; a minute where nothing is said. */
  readonly gitTimeMaxMs?: number;
}

export type CommittedAttempt =
  | { readonly kind: "committed"; readonly commit: string; readonly files: readonly string[] }
  | { readonly kind: "unchanged" }
  /** Words for the agent's next attempt. */
  | { readonly kind: "refused"; readonly reason: string };

type Place = Pick<GitCall, "cwd" | "gitDir" | "workTree" | "indexFile" | "timeMaxMs">;

const GIT_TIME_MAX_MS = 60_000;

/** Throws `GIT_FAILED` where the clone is gone; what the agent did wrong is `refused`. */
export async function commitAttempt(attempt: Attempt): Promise<CommittedAttempt> {
  const { folder, base } = attempt;
  assertCommit(base);
  const gitDir = ownRepository(folder);
  const found = await findAgain(attempt, gitDir);
  if (found !== null) return found;

  if (!(await isFolder(folder))) return refused("the project's folder was replaced");
  if (!(await isFolder(join(folder, ".git")))) {
    return refused("the project's .git was removed or replaced: leave it alone");
  }
  const indexFile = await draftIndex(gitDir);
  const timeMaxMs = attempt.gitTimeMaxMs ?? GIT_TIME_MAX_MS;
  try {
    const place = { cwd: folder, gitDir, workTree: folder, indexFile, timeMaxMs };
    return await commitFiles(attempt, place);
  } catch (error) {
    if (!isOverBounds(error)) throw error;
    // Git opens what has one of these names, whatever it is, and waits for a pipe for ever.
    return refused(
      "git came to no end with the files: is there a pipe or a device called .gitignore or .gitattributes, or far too much of everything? Remove it",
    );
  } finally {
    await rm(indexFile, { force: true });
  }
}

async function commitFiles(attempt: Attempt, place: Place): Promise<CommittedAttempt> {
  const { folder, base, leaveOut } = attempt;
  await runGit({ ...place, args: ["read-tree", "--reset", base] });
  const status = readStatus(await listChanges(place));
  if (status.unreadable.length > 0) {
    return refused(`names that are no UTF-8: ${status.unreadable.slice(0, 5).join(", ")}`);
  }
  const entries = status.entries.filter(
    ({ path, kind }) => !isLeftOut({ path, isNew: kind === "new", leaveOut }),
  );
  if (entries.length === 0) return { kind: "unchanged" };
  const reason =
    (await findRefusal(folder, entries)) ??
    (await findFiltered(place, entries)) ??
    (await stage(place, entries));
  return reason === null ? await commit(attempt, place) : refused(reason);
}

function refused(reason: string): CommittedAttempt {
  return { kind: "refused", reason };
}

async function findAgain(attempt: Attempt, gitDir: string): Promise<CommittedAttempt | null> {
  const { folder, branch, base, trailers } = attempt;
  const { exitCode, stdout } = await runGit({
    args: ["log", "-1", "--format=%H%n%P%n%B", branchRef(branch), "--"],
    cwd: join(folder, ".."),
    gitDir,
    expectedExitCodes: [128],
  });
  if (exitCode !== 0) return null;
  const [commit, parents, ...message] = stdout.toString("utf8").split("\n");
  if (commit === undefined || parents !== base) return null;
  if (!hasTrailers(message.join("\n"), trailers)) return null;
  const place = { cwd: join(folder, ".."), gitDir };
  return { kind: "committed", commit, files: await listFiles(place, base, commit) };
}

async function listChanges(place: Place): Promise<Buffer> {
  const args = ["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"];
  return (await runGit({ ...place, args: [...args, "--ignore-submodules=none"] })).stdout;
}

/** Git LFS and its like: what is stored is made by a program that nobody may start from here. */
async function findFiltered(place: Place, entries: readonly StatusEntry[]): Promise<string | null> {
  const kept = entries.filter(({ kind }) => kind !== "deleted");
  const { stdout } = await runGit({
    ...place,
    args: ["check-attr", "-z", "--stdin", "filter"],
    input: nulEnded(kept),
  });
  const fields = stdout.toString("utf8").split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const value = fields[at + 2];
    if (value !== "unspecified" && value !== "unset") {
      return `${JSON.stringify(fields[at])} goes through the filter “${value}” (.gitattributes), which a loop can't run`;
    }
  }
  return null;
}

/** What git finds wrong with a name, or null. */
async function stage(place: Place, entries: readonly StatusEntry[]): Promise<string | null> {
  const deleted = entries.filter(({ kind }) => kind === "deleted");
  const kept = entries.filter(({ kind }) => kind !== "deleted");
  for (const [list, flags] of [
    [deleted, ["--force-remove"]],
    [kept, ["--add", "--replace"]],
  ] as const) {
    if (list.length === 0) continue;
    const { exitCode, stderr } = await runGit({
      ...place,
      args: ["update-index", ...flags, "-z", "--stdin"],
      input: nulEnded(list),
      config: DURABLE,
      expectedExitCodes: [1, 128],
    });
    // A name such as `git~1` it leaves out and goes on.
    if (exitCode !== 0 || stderr.includes("Ignoring path")) {
      return `git doesn't take the change: ${stderr.slice(0, 500)}`;
    }
  }
  return null;
}

/** Facts about a commit follow it: it has to be on the disk before them. */
const DURABLE = ["core.fsync=committed,reference", "core.fsyncMethod=batch"];

async function commit(attempt: Attempt, place: Place): Promise<CommittedAttempt> {
  const { base, branch } = attempt;
  const tree = await askGit({ ...place, args: ["write-tree"], config: DURABLE });
  const files = await listFiles(place, base, tree);
  if (files.length === 0) return { kind: "unchanged" };
  const made = await askGit({
    ...place,
    args: ["commit-tree", "-p", base, "-F", "-", tree],
    input: renderMessage(attempt),
    config: DURABLE,
    env: identity(attempt.at),
  });
  await runGit({ ...place, args: ["update-ref", branchRef(branch), made], config: DURABLE });
  return { kind: "committed", commit: made, files };
}

async function listFiles(place: Place, from: string, to: string): Promise<string[]> {
  const { stdout } = await runGit({
    ...place,
    args: ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to],
  });
  return stdout.toString("utf8").split("\0").filter(Boolean);
}

function nulEnded(entries: readonly StatusEntry[]): string {
  return entries.map(({ path }) => `${path}\0`).join("");
}
