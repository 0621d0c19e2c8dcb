import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findBranchProblem } from "../src/git/find-branch-problem.ts";
import { inspectProject } from "../src/git/inspect-project.ts";
import { git, makeSampleProject, type SampleProject, writeFiles } from "./sample-project.ts";
import { snapshotTree } from "./snapshot-tree.ts";

let sample: SampleProject;
let project: string;
beforeEach(async () => {
  sample = await makeSampleProject();
  project = sample.project;
});
afterEach(() => sample.remove());

const inspect = (path = project, allowedRoots = [sample.root]) =>
  inspectProject(path, { allowedRoots });
const problemsOf = async (path = project) => (await inspect(path)).problems;

describe("a project that a loop can work on", () => {
  test("is told with its real path, its branch, its head and the size of its files", async () => {
    const link = join(sample.root, "link");
    await symlink(project, link);
    const sizes = git(project, "ls-files")
      .split("\n")
      .map((path) => statSync(join(project, path)).size);
    const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
    const fit = { project, branch: "main", head: sample.head, sizeBytes, problems: [], notes: [] };
    expect(sizeBytes).toBeGreaterThan(100);
    expect(await inspect(link)).toEqual(fit);
    expect(await inspect(`${project}/`)).toEqual(fit);
  });

  test("may be a linked worktree, and is not changed by being looked at", async () => {
    const linked = join(sample.root, "linked");
    git(project, "worktree", "add", "-q", "-b", "side", linked);
    const before = await snapshotTree(sample.root);
    expect(await inspect(linked)).toMatchObject({ branch: "side", problems: [] });
    expect(await inspect()).toMatchObject({ branch: "main", problems: [] });
    expect(await snapshotTree(sample.root)).toEqual(before);
  });

  test("may have ignored files, also those that only its own settings ignore", async () => {
    await writeFiles(project, { "dist/out.js": "x", "notes.txt": "x" });
    await writeFile(join(project, ".git/info/exclude"), "notes.txt\n");
    expect(await problemsOf()).toEqual([]);
  });

  test("may have files behind a filter, and says so", async () => {
    await writeFiles(project, { ".gitattributes": "*.bin filter=lfs\n", "a.bin": "pointer" });
    git(project, "add", "--all");
    git(project, "commit", "-qm", "large files");
    expect(await inspect()).toMatchObject({
      problems: [],
      notes: [expect.stringContaining('a change to one is refused: "a.bin"')],
    });
  });
});

describe("a project that it can't work on is told with all that is wrong", () => {
  test("no such folder, a relative path, a file", async () => {
    expect(await problemsOf(join(sample.root, "nowhere"))).toEqual([
      `${sample.root}/nowhere: there is no such folder`,
    ]);
    expect(await problemsOf("packages")).toEqual([expect.stringContaining("packages: ")]);
    const file = join(project, "README.md");
    expect(await problemsOf(file)).toEqual([`${file}: is no folder`]);
  });

  test("not a git repository", async () => {
    await mkdir(join(sample.root, "plain"));
    expect(await problemsOf(join(sample.root, "plain"))).toEqual([
      expect.stringContaining("is not a git repository: run `git init`"),
    ]);
  });

  test("inside a repository, and inside its .git", async () => {
    expect(await problemsOf(join(project, "src"))).toEqual([
      `${project}/src is inside the repository ${project}: give its top folder`,
    ]);
    expect(await problemsOf(join(project, ".git"))).toEqual([
      expect.stringContaining("has no files of its own"),
    ]);
  });

  test("bare", async () => {
    const bare = join(sample.root, "bare");
    git(sample.root, "clone", "-q", "--bare", project, bare);
    expect(await problemsOf(bare)).toEqual([expect.stringContaining("has no files of its own")]);
  });

  test("no commits, and files that wait for one", async () => {
    const fresh = join(sample.root, "fresh");
    git(sample.root, "init", "-q", "--initial-branch=main", fresh);
    await writeFiles(fresh, { "a.ts": "x" });
    expect(await inspect(fresh)).toMatchObject({
      branch: "main",
      head: null,
      problems: [
        "it has no commits: commit what is there",
        'it has changes that are not committed: "a.ts": commit or stash them',
      ],
    });
  });

  test("a detached head, a dirty tree and submodules at once", async () => {
    const link = ["update-index", "--add", "--cacheinfo", `160000,${sample.head},vendor/dep`];
    git(project, ...link);
    git(project, "commit", "-qm", "a submodule");
    git(project, "checkout", "-q", "--detach");
    await writeFiles(project, { "README.md": "changed", "new file\n.ts": "x", "src/add.ts": "y" });
    git(project, "add", "src/add.ts");
    expect(await problemsOf()).toEqual([
      "its HEAD is detached: switch to a branch",
      expect.stringContaining('not committed: "README.md", "src/add.ts", '),
      `it has submodules, which a loop's clone would lack: "vendor/dep"`,
    ]);
  });

  test("many changed files are counted, a few are named", async () => {
    await writeFiles(project, Object.fromEntries(Array.from("abcdefgh", (name) => [name, "x"])));
    expect(await problemsOf()).toEqual([
      'it has changes that are not committed: "a", "b", "c", "d", "e" and 3 more: commit or stash them',
    ]);
  });

  test("shallow, partial, grafted", async () => {
    git(project, "commit", "-q", "--allow-empty", "-m", "second");
    const shallow = join(sample.root, "shallow");
    git(sample.root, "clone", "-q", "--depth=1", `file://${project}`, shallow);
    git(shallow, "config", "remote.origin.promisor", "true");
    await mkdir(join(shallow, ".git/info"), { recursive: true });
    await writeFile(join(shallow, ".git/info/grafts"), "");
    expect(await problemsOf(shallow)).toEqual([
      expect.stringContaining("shallow clone"),
      expect.stringContaining("partial clone"),
      expect.stringContaining("grafted"),
    ]);
  });

  test("a merge under way", async () => {
    git(project, "checkout", "-q", "-b", "side");
    await writeFiles(project, { "README.md": "theirs" });
    git(project, "commit", "-qam", "theirs");
    git(project, "checkout", "-q", "main");
    await writeFiles(project, { "README.md": "ours" });
    git(project, "commit", "-qam", "ours");
    expect(() => git(project, "merge", "side")).toThrow();
    expect(await problemsOf()).toEqual([
      "a merge is under way: finish or abort it",
      'it has changes that are not committed: "README.md": commit or stash them',
    ]);
  });

  test("a repository that git doesn't understand", async () => {
    await writeFile(join(project, ".git/config"), "rubbish [");
    expect(await problemsOf()).toEqual([expect.stringContaining("git can't read")]);
  });
});

describe("the name of a loop's branch", () => {
  test("is free where no branch is called so, or like a folder of it, or lies below it", async () => {
    expect(await findBranchProblem(project, sample.branch)).toBe(null);
    git(project, "branch", "agent-loop/other");
    git(project, "branch", `${sample.branch}0`);
    expect(await findBranchProblem(project, sample.branch)).toBe(null);
  });

  test("is taken by that branch, by one above it and by one below it", async () => {
    git(project, "branch", sample.branch);
    expect(await findBranchProblem(project, sample.branch)).toContain("is there already");
    git(project, "branch", "-m", sample.branch, "agent-loop");
    expect(await findBranchProblem(project, sample.branch)).toContain(
      "beside the branch agent-loop:",
    );
    git(project, "branch", "-m", "agent-loop", `${sample.branch}/x`);
    expect(await findBranchProblem(project, sample.branch)).toContain(`branch ${sample.branch}/x`);
  });
});

describe("a project outside of LOOP_PROJECTS is refused and not looked into", () => {
  test("beside, above, by a link, by dots, by a name that begins alike", async () => {
    const allowed = join(sample.root, "allowed");
    await mkdir(allowed);
    await mkdir(join(sample.root, "allowed-not"));
    await symlink(project, join(allowed, "link"));
    for (const path of [
      project,
      sample.root,
      join(allowed, "link"),
      `${allowed}/../person`,
      join(sample.root, "allowed-not"),
    ]) {
      const facts = await inspect(path, [allowed]);
      expect([path, facts.problems, facts.head]).toEqual([
        path,
        [expect.stringContaining("lies outside the folders of LOOP_PROJECTS")],
        null,
      ]);
    }
  });

  test("where no folder is allowed, or one that isn't there", async () => {
    expect((await inspect(project, [])).problems).toEqual([
      expect.stringContaining("LOOP_PROJECTS, which names none"),
    ]);
    expect((await inspect(project, ["/nowhere", ""])).problems).toHaveLength(1);
  });

  test("through a gitfile that leads to a repository elsewhere", async () => {
    const allowed = join(sample.root, "allowed/inner");
    await writeFiles(allowed, { ".git": `gitdir: ${project}/.git\n` });
    const facts = await inspect(allowed, [join(sample.root, "allowed")]);
    expect(facts.problems[0]).toContain(`keeps its repository in ${project}/.git, outside`);
  });

  test("a root may itself be a link", async () => {
    await symlink(sample.root, join(sample.root, "root-link"));
    expect((await inspect(project, [join(sample.root, "root-link")])).problems).toEqual([]);
  });
});
