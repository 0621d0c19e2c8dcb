import { join } from "node:path";
import { branchRef } from "./names.ts";
import { runGit } from "./run-git.ts";

/**
 * What keeps a branch of this name from being made in the project, or null. Git keeps branches like
 * files in folders: with a branch `a` there can be no `a/b`, nor the other way round.
 */
export async function findBranchProblem(project: string, branch: string): Promise<string | null> {
  const wanted = branchRef(branch);
  const parts = wanted.split("/");
  const above = parts
    .map((_, at) => parts.slice(0, at).join("/"))
    .slice("refs/heads/".split("/").length);
  const { stdout } = await runGit({
    args: ["for-each-ref", "--format=%(refname)", wanted, ...above],
    cwd: project,
    gitDir: join(project, ".git"),
  });
  for (const name of stdout.toString("utf8").split("\n")) {
    const there = name.replace("refs/heads/", "");
    if (name === wanted) return `the branch ${branch} is there already: delete or rename it`;
    if (above.includes(name) || name.startsWith(`${wanted}/`)) {
      return `the branch ${branch} can't be made beside the branch ${there}: rename that`;
    }
  }
  return null;
}
