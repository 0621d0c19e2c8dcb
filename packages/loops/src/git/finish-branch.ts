// What a person has asked for beyond the branch. Nothing here runs unasked, and nothing here fails a
// loop: what can't be done is a problem that is told.

import { passedEnvironment } from "@system-bus/programs";
import { inspectProject } from "./inspect-project.ts";
import { branchRef } from "./names.ts";
import { openPullRequest } from "./open-pull-request.ts";
import { branchHead } from "./publish.ts";
import { runGit } from "./run-git.ts";

export interface Finish {
  readonly project: string;
  readonly branch: string;
  /** Where the loop began: merged into, and what a pull request is for. */
  readonly baseBranch: string;
  readonly merge: boolean;
  readonly push: boolean;
  /** Pushes too: without that there is nothing to ask a pull of. */
  readonly pr: boolean;
  readonly title: string;
  readonly body: string;
  /** Of this process: what git and gh need to sign in is passed on, and no more. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where programs are looked for. */
  readonly path: string;
}

export interface Finished {
  readonly merged: boolean;
  readonly pushed: boolean;
  readonly pullRequest: string | null;
  readonly problems: readonly string[];
}

const NETWORK_TIME_MAX_MS = 5 * 60_000;

export async function finishBranch(finish: Finish): Promise<Finished> {
  const problems: string[] = [];
  const tell = (what: string) => (error: unknown) => {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  };
  if (!(finish.merge || finish.push || finish.pr)) {
    return { merged: false, pushed: false, pullRequest: null, problems };
  }
  if ((await branchHead(finish.project, finish.branch)) === null) {
    problems.push(`there is no branch ${finish.branch} in ${finish.project}`);
    return { merged: false, pushed: false, pullRequest: null, problems };
  }
  let merged = false;
  let pushed = false;
  let pullRequest: string | null = null;
  if (finish.merge) {
    const problem = await merge(finish).catch((error) => tell("not merged")(error));
    if (typeof problem === "string") problems.push(`not merged: ${problem}`);
    else merged = problem === null;
  }
  if (finish.push || finish.pr) {
    await push(finish).then(() => {
      pushed = true;
    }, tell("not pushed"));
  }
  if (finish.pr && pushed) {
    await openPullRequest({ ...finish, env: environment(finish) }).then((url) => {
      pullRequest = url;
    }, tell("no pull request"));
  }
  return { merged, pushed, pullRequest, problems };
}

/** Why not, or null. A merge that stops halfway is undone. */
async function merge(finish: Finish): Promise<string | null> {
  const { project, branch, baseBranch } = finish;
  const facts = await inspectProject(project, { allowedRoots: ["/"] });
  if (facts.problems.length > 0) return facts.problems.join("; ");
  if (facts.branch !== baseBranch) {
    return `${facts.branch} is checked out, not ${baseBranch}`;
  }
  const place = { cwd: project, isPersonal: true, env: environment(finish) };
  const { exitCode, stdout, stderr } = await runGit({
    ...place,
    // By its full name: a tag may be called the same.
    args: [
      "merge",
      "--no-verify",
      "--no-stat",
      "-m",
      `Merge branch '${branch}'`,
      branchRef(branch),
    ],
    expectedExitCodes: [1, 2, 128],
  });
  if (exitCode === 0) return null;
  await runGit({ ...place, args: ["merge", "--abort"], expectedExitCodes: [128] });
  return stderr || stdout.toString("utf8").trim();
}

async function push(finish: Finish): Promise<void> {
  const { project, branch, baseBranch } = finish;
  const place = { cwd: project, isPersonal: true, env: environment(finish) };
  const { exitCode, stdout } = await runGit({
    ...place,
    args: ["config", "--get", `branch.${baseBranch}.remote`],
    expectedExitCodes: [1],
  });
  const remote = exitCode === 0 ? stdout.toString("utf8").trim() : "origin";
  const ref = branchRef(branch);
  await runGit({
    ...place,
    args: ["push", "--quiet", "--no-verify", "--", remote, `${ref}:${ref}`],
    timeMaxMs: NETWORK_TIME_MAX_MS,
  });
}

/** Beside what every program gets (`packages/programs`). */
const SIGN_IN_NAMES = ["GH_TOKEN", "GITHUB_TOKEN", "GH_HOST", "GH_CONFIG_DIR", "GIT_SSH_COMMAND"];

function environment({ env, path }: Finish): Record<string, string> {
  const signIn = SIGN_IN_NAMES.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...passedEnvironment(env),
    ...Object.fromEntries(signIn),
    PATH: path,
    SSH_ASKPASS_REQUIRE: "never",
  };
}
