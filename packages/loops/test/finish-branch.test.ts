import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Finish, finishBranch } from "../src/git/finish-branch.ts";
import { git, makeSampleProject, type SampleProject, writeFiles } from "./sample-project.ts";
import { snapshotTree } from "./snapshot-tree.ts";

let sample: SampleProject;
let project: string;
beforeEach(async () => {
  sample = await makeSampleProject();
  project = sample.project;
  git(project, "checkout", "-q", "-b", sample.branch);
  await writeFiles(project, { "src/add.ts": "theirs\n" });
  git(project, "commit", "-qam", "a story");
  git(project, "checkout", "-q", "main");
});
afterEach(() => sample.remove());

const finish = (asked: Partial<Finish>) =>
  finishBranch({
    ...{ project, branch: sample.branch, baseBranch: "main" },
    ...{
      merge: false,
      push: false,
      pr: false,
      title: "Adds",
      body: "Text\nwith “quotes” and $(x)",
    },
    env: { HOME: sample.root },
    path: process.env["PATH"] ?? "",
    ...asked,
  });

const NOTHING = { merged: false, pushed: false, pullRequest: null, problems: [] };

test("nothing is done unasked", async () => {
  const before = await snapshotTree(project);
  expect(await finish({})).toEqual(NOTHING);
  expect(await snapshotTree(project)).toEqual(before);
});

test("a branch that is gone is a problem where something is asked", async () => {
  git(project, "branch", "-D", sample.branch);
  expect(await finish({})).toEqual(NOTHING);
  const { problems } = await finish({ merge: true, push: true });
  expect(problems).toEqual([`there is no branch ${sample.branch} in ${project}`]);
});

describe("a merge", () => {
  test("moves the base branch forward, and a second time finds it done", async () => {
    expect(await finish({ merge: true })).toEqual({ ...NOTHING, merged: true });
    expect(await readFile(join(project, "src/add.ts"), "utf8")).toBe("theirs\n");
    expect(git(project, "rev-parse", "main")).toBe(git(project, "rev-parse", sample.branch));
    expect(await finish({ merge: true })).toEqual({ ...NOTHING, merged: true });
  });

  test("joins what the base branch got meanwhile, in the person's name, without their hooks", async () => {
    await writeFiles(project, { "README.md": "mine\n" });
    git(project, "commit", "-qam", "mine");
    await mkdir(join(project, ".git/hooks"), { recursive: true });
    for (const hook of ["pre-merge-commit", "post-merge", "commit-msg"]) {
      await writeFile(join(project, ".git/hooks", hook), "#!/bin/sh\nexit 1\n");
      await chmod(join(project, ".git/hooks", hook), 0o755);
    }
    expect(await finish({ merge: true })).toEqual({ ...NOTHING, merged: true });
    expect(git(project, "log", "-1", "--format=%cn %s")).toBe(
      `A Person Merge branch '${sample.branch}'`,
    );
  });

  test("that conflicts is undone, and is a problem", async () => {
    await writeFiles(project, { "src/add.ts": "mine\n" });
    git(project, "commit", "-qam", "mine");
    const end = await finish({ merge: true });
    expect(end.merged).toBe(false);
    expect(end.problems).toEqual([expect.stringMatching(/^not merged: [\s\S]*CONFLICT/)]);
    expect(git(project, "status", "--porcelain")).toBe("");
    expect(await readFile(join(project, "src/add.ts"), "utf8")).toBe("mine\n");
  });

  test("doesn't happen over changes, nor on another branch", async () => {
    await writeFiles(project, { "new.ts": "x" });
    expect((await finish({ merge: true })).problems).toEqual([
      'not merged: it has changes that are not committed: "new.ts": commit or stash them',
    ]);
    git(project, "add", "--all");
    git(project, "commit", "-qm", "x");
    git(project, "checkout", "-q", "-b", "other");
    expect((await finish({ merge: true })).problems).toEqual([
      "not merged: other is checked out, not main",
    ]);
  });
});

describe("a push", () => {
  test("takes the one branch to the base branch's remote, without hooks", async () => {
    const remote = join(sample.root, "remote");
    git(sample.root, "init", "-q", "--bare", remote);
    git(project, "remote", "add", "upstream", remote);
    git(project, "config", "branch.main.remote", "upstream");
    await mkdir(join(project, ".git/hooks"), { recursive: true });
    await writeFile(join(project, ".git/hooks/pre-push"), "#!/bin/sh\nexit 1\n");
    await chmod(join(project, ".git/hooks/pre-push"), 0o755);
    expect(await finish({ push: true })).toEqual({ ...NOTHING, pushed: true });
    expect(git(remote, "branch", "--format=%(refname:short)")).toBe(sample.branch);
    expect(await finish({ push: true })).toEqual({ ...NOTHING, pushed: true });
  });

  test("without a remote is a problem, and a merge beside it is done", async () => {
    const end = await finish({ push: true, merge: true });
    expect(end).toMatchObject({ merged: true, pushed: false });
    expect(end.problems).toEqual([expect.stringContaining("not pushed: git push")]);
  });
});

describe("a pull request", () => {
  async function withGh(script: string): Promise<{ path: string; said: string }> {
    const remote = join(sample.root, "remote");
    git(sample.root, "init", "-q", "--bare", remote);
    git(project, "remote", "add", "origin", remote);
    const bin = join(sample.root, "bin");
    const said = join(sample.root, "said");
    await mkdir(bin);
    await writeFile(
      join(bin, "gh"),
      `#!/bin/sh\nfor word in "$@"; do printf '%s\\0' "$word" >> ${said}; done\n${script}\n`,
    );
    await chmod(join(bin, "gh"), 0o755);
    return { path: `${bin}${delimiter}${process.env["PATH"]}`, said };
  }

  test("is opened by gh, word for word, after a push", async () => {
    const { path, said } = await withGh("echo https://github.com/a/b/pull/7");
    expect(await finish({ pr: true, path, title: "-x" })).toEqual({
      ...{ merged: false, pushed: true, problems: [] },
      pullRequest: "https://github.com/a/b/pull/7",
    });
    expect((await readFile(said, "utf8")).split("\0")).toEqual([
      ...["pr", "create", `--head=${sample.branch}`, "--base=main", "--title=-x"],
      "--body=Text\nwith “quotes” and $(x)",
      "",
    ]);
  });

  test("is asked for with what signs in, and without the bus's and the models' keys", async () => {
    const { path } = await withGh(`env > ${sample.root}/env; echo https://github.com/a/b/pull/7`);
    const env = { HOME: sample.root, GH_TOKEN: "g", INNGEST_EVENT_KEY: "i", OPENAI_API_KEY: "o" };
    expect((await finish({ pr: true, path, env })).problems).toEqual([]);
    const seen = await readFile(join(sample.root, "env"), "utf8");
    expect(seen).toContain("GH_TOKEN=g");
    expect(seen).not.toMatch(/INNGEST|OPENAI/);
  });

  test("that is there already is found", async () => {
    const { path } = await withGh(
      "echo 'a pull request for branch x already exists:\nhttps://github.com/a/b/pull/7' >&2; exit 1",
    );
    expect((await finish({ pr: true, path })).pullRequest).toBe("https://github.com/a/b/pull/7");
  });

  test("that gh refuses, or no gh at all, is a problem", async () => {
    const { path } = await withGh("echo 'not logged in' >&2; exit 4");
    expect((await finish({ pr: true, path })).problems).toEqual([
      "no pull request: gh pr create ended with 4: not logged in",
    ]);
    const gitOnly = join(sample.root, "git-only");
    await mkdir(gitOnly);
    await Bun.$`ln -s ${Bun.which("git")} ${gitOnly}/git`;
    expect((await finish({ pr: true, path: gitOnly })).problems).toEqual([
      expect.stringContaining("no pull request: gh is not installed"),
    ]);
  });
});
