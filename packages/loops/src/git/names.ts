import assert from "node:assert";

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** Of ours, and of most people's. What git's own rules forbid beyond that, git refuses. */
const BRANCH = /^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)))[^\p{Cc} ~^:?*[\\]+(?<![/.])$/u;

export function assertCommit(commit: string): void {
  assert(COMMIT.test(commit), `${JSON.stringify(commit)} is the full id of a commit`);
}

export function branchRef(branch: string): string {
  assert(BRANCH.test(branch), `${JSON.stringify(branch)} is the name of a branch`);
  return `refs/heads/${branch}`;
}
