import { identity } from "./identity.ts";
import { assertCommit } from "./names.ts";
import { ownRepository } from "./own-repository.ts";
import { askGit, runGit } from "./run-git.ts";

export interface Replay {
  /** The clone; the commits are in the repository behind it. */
  readonly folder: string;
  /** A commit on top of an older head of the branch. */
  readonly commit: string;
  /** The head that it is to stand on. */
  readonly onto: string;
  /** ISO 8601; with the same moment it comes to the same commit. */
  readonly at: string;
}

/**
 * The commit's change on top of a newer head, with its own message. Null where both have changed the same
 * lines. No file of the clone is touched.
 */
export async function replayCommit({ folder, commit, onto, at }: Replay): Promise<string | null> {
  assertCommit(commit);
  assertCommit(onto);
  const place = { cwd: folder, gitDir: ownRepository(folder) };
  const { exitCode, stdout } = await runGit({
    ...place,
    args: ["merge-tree", "--write-tree", "--no-messages", onto, commit],
    expectedExitCodes: [1],
  });
  if (exitCode !== 0) return null;
  const [tree = ""] = stdout.toString("utf8").split("\n");
  assertCommit(tree);
  const message = await runGit({ ...place, args: ["log", "-1", "--format=%B", commit] });
  return askGit({
    ...place,
    args: ["commit-tree", "-p", onto, "-F", "-", tree],
    input: message.stdout.toString("utf8"),
    env: identity(at),
  });
}
