// What an agent may do to its clone, and what comes of it: rules C1-C4 (`commit-attempt.ts`), K1-K3
// (`clone.ts`) and O1 (`own-repository.ts`).

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { makeClone, removeClone, resetClone } from "../src/git/clone.ts";
import { type Attempt, type CommittedAttempt, commitAttempt } from "../src/git/commit-attempt.ts";
import { changedFiles } from "../src/git/read-change.ts";
import { git, makeSampleProject, type SampleProject, writeFiles } from "./sample-project.ts";
import { snapshotTree } from "./snapshot-tree.ts";

let sample: SampleProject;
let clone: string;
let marker: string;
beforeEach(async () => {
  sample = await makeSampleProject();
  clone = sample.clone;
  marker = join(sample.root, "ran");
  await makeClone({
    project: sample.project,
    folder: clone,
    branch: sample.branch,
    commit: sample.head,
  });
});
afterEach(() => sample.remove());

const commit = (over: Partial<Attempt> & { readonly attempt?: number } = {}) =>
  commitAttempt({
    ...{ folder: clone, branch: sample.branch, base: sample.head, title: "a story", body: "" },
    trailers: { loop: "sample-1", story: "US-001", attempt: over.attempt ?? 1 },
    leaveOut: [],
    ...over,
  });
const reset = (commit = sample.head) =>
  resetClone({ folder: clone, branch: sample.branch, commit });

function filesOf(made: CommittedAttempt): readonly string[] {
  if (made.kind !== "committed") throw new Error(JSON.stringify(made));
  return made.files;
}

function reasonOf(made: CommittedAttempt): string {
  if (made.kind !== "refused") throw new Error(JSON.stringify(made));
  return made.reason;
}

/** A program that leaves a mark when somebody starts it. */
async function trap(): Promise<string> {
  const path = join(sample.root, "trap");
  await writeFile(path, `#!/bin/sh\necho "$0 $@" >> ${marker}\ncat\n`);
  await chmod(path, 0o755);
  return path;
}

const hasRun = () => Bun.file(marker).exists();

describe("a commit of an attempt", () => {
  test("holds what the files differ from base: changed, new, deleted, executable, linked", async () => {
    await writeFiles(clone, { "src/add.ts": "changed\n", "bin/run": "#!/bin/sh\n" });
    await chmod(join(clone, "bin/run"), 0o755);
    await rm(join(clone, "src/deep"), { recursive: true });
    await symlink("../src/add.ts", join(clone, "bin/link"));
    const files = filesOf(await commit());
    expect(files).toEqual(["bin/link", "bin/run", "src/add.ts", "src/deep/er/value.ts"]);
    const tree = git(`${clone}.git`, "ls-tree", "-r", sample.branch);
    expect(tree).toMatch(/100755 .*bin\/run/);
    expect(tree).toMatch(/120000 .*bin\/link/);
  });

  test("leaves out what is ignored, node_modules, agents' folders, litter and what it is told to", async () => {
    await writeFiles(clone, {
      "dist/out.js": "x",
      ".env": "SECRET=1",
      "node_modules/a/index.js": "x",
      "sub/node_modules/b.js": "x",
      ".claude/settings.json": "{}",
      ".DS_Store": "x",
      "test/locked.test.ts": "x",
      "locked/deep.test.ts": "x",
      "src/kept.ts": "x",
    });
    const leaveOut = ["test/locked.test.ts", "locked"];
    expect(filesOf(await commit({ leaveOut }))).toEqual(["src/kept.ts"]);
  });

  test("keeps a left out file as base has it, even if it was changed or removed", async () => {
    await writeFiles(clone, { "test/add.test.ts": "weaker", "src/a.ts": "x" });
    expect(filesOf(await commit({ leaveOut: ["test"] }))).toEqual(["src/a.ts"]);
    await reset();
    await rm(join(clone, "test"), { recursive: true });
    await writeFiles(clone, { "src/a.ts": "x" });
    expect(filesOf(await commit({ leaveOut: ["test"] }))).toEqual(["src/a.ts"]);
  });

  test("that would be empty is none: nothing done, only times touched, only litter", async () => {
    expect(await commit()).toEqual({ kind: "unchanged" });
    await writeFile(join(clone, "README.md"), "# Sample\n");
    expect(await commit()).toEqual({ kind: "unchanged" });
    await writeFiles(clone, { ".pi/session": "x", "dist/a": "x" });
    expect(await commit()).toEqual({ kind: "unchanged" });
  });

  test("of a second attempt stands on base too, not on the first", async () => {
    await writeFiles(clone, { "src/first.ts": "1" });
    const first = await commit();
    if (first.kind !== "committed") throw new Error("no commit");
    await reset(first.commit);
    await rm(join(clone, "src/first.ts"));
    await writeFiles(clone, { "src/second.ts": "2" });
    const second = await commit({ attempt: 2 });
    expect(filesOf(second)).toEqual(["src/second.ts"]);
    expect(git(`${clone}.git`, "rev-parse", `${sample.branch}^`)).toBe(sample.head);
    if (second.kind !== "committed") throw new Error("no commit");
    const change = { folder: clone, from: sample.head, to: second.commit };
    expect(await changedFiles(change)).toEqual([{ path: "src/second.ts", kind: "added" }]);
  });

  test("is found again by its trailers, and a new attempt is not taken for it", async () => {
    await writeFiles(clone, { "src/a.ts": "1" });
    const made = await commit();
    await writeFiles(clone, { "src/b.ts": "2" });
    expect(await commit()).toEqual(made);
    expect(filesOf(await commit({ attempt: 2 }))).toEqual(["src/a.ts", "src/b.ts"]);
  });

  test("may be large: git is fed and read at the same time", async () => {
    const name = (n: number) => `src/${"long".repeat(50)}/${n}.ts`;
    const files = Object.fromEntries(Array.from({ length: 1_900 }, (_, n) => [name(n), `${n}`]));
    await writeFiles(clone, files);
    expect(filesOf(await commit({ gitTimeMaxMs: 10_000 }))).toHaveLength(1_900);
  });

  test("leaves out what an earlier attempt had brought, where that is locked now", async () => {
    await writeFiles(clone, { "test/new.test.ts": "theirs", "src/a.ts": "1" });
    const first = await commit();
    if (first.kind !== "committed") throw new Error("no commit");
    await reset(first.commit);
    await writeFiles(clone, { "test/new.test.ts": "locked", "src/a.ts": "2" });
    const second = await commit({ attempt: 2, leaveOut: ["test/new.test.ts"] });
    expect(filesOf(second)).toEqual(["src/a.ts"]);
  });

  test("on another base is another one, though its trailers are the same", async () => {
    await writeFiles(clone, { "src/a.ts": "1" });
    const first = await commit();
    if (first.kind !== "committed") throw new Error("no commit");
    await writeFiles(clone, { "src/b.ts": "1" });
    expect(filesOf(await commit({ base: first.commit }))).toEqual(["src/b.ts"]);
  });

  test("is the same commit where the same is committed again at the same time", async () => {
    const at = "2026-01-02T03:04:05.678Z";
    await writeFiles(clone, { "src/a.ts": "1" });
    const made = await commit({ at });
    await reset();
    await writeFiles(clone, { "src/a.ts": "1" });
    expect(await commit({ at })).toEqual(made);
    expect(git(`${clone}.git`, "log", "-1", "--format=%aI %cI", sample.branch)).toBe(
      "2026-01-02T03:04:05+00:00 2026-01-02T03:04:05+00:00",
    );
  });

  test("holds a change that keeps the size and the time of the file", async () => {
    const file = join(clone, "src/add.ts");
    const { atime, mtime } = await lstat(file);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("a + b", "a - b"));
    await utimes(file, atime, mtime);
    expect(filesOf(await commit())).toEqual(["src/add.ts"]);
  });
});

describe("what an agent did with git in its clone doesn't count", () => {
  test("commits, branches, stages, tags, flags of the index, locks", async () => {
    await writeFiles(clone, { "src/one.ts": "1" });
    git(clone, "add", "--all");
    git(clone, "commit", "-m", "mine");
    git(clone, "checkout", "-q", "-b", "elsewhere");
    git(clone, "tag", "v1");
    await writeFiles(clone, { "src/two.ts": "2", "src/add.ts": "changed" });
    git(clone, "add", "src/two.ts");
    git(clone, "update-index", "--assume-unchanged", "src/add.ts");
    git(clone, "update-index", "--skip-worktree", "README.md");
    await writeFiles(clone, { "README.md": "changed" });
    for (const name of ["index.lock", "HEAD.lock", "config.lock"]) {
      await writeFile(join(clone, ".git", name), "");
    }
    const made = await commit();
    expect(filesOf(made)).toEqual(["README.md", "src/add.ts", "src/one.ts", "src/two.ts"]);
    expect(git(`${clone}.git`, "rev-parse", `${sample.branch}^`)).toBe(sample.head);
    if (made.kind !== "committed") return;

    await reset(made.commit);
    expect(git(clone, "status", "--porcelain", "--branch")).toBe(`## ${sample.branch}`);
    expect(git(clone, "branch", "--format=%(refname:short)")).toBe(sample.branch);
    expect(git(clone, "tag")).toBe("");
    expect(git(clone, "log", "--format=%s")).toBe("a story\nthe beginning");
  });

  test("a deleted configuration, a broken HEAD, an index of rubbish", async () => {
    await rm(join(clone, ".git/config"));
    await writeFile(join(clone, ".git/HEAD"), "rubbish");
    await writeFile(join(clone, ".git/index"), "rubbish");
    await writeFiles(clone, { "src/a.ts": "1" });
    expect(filesOf(await commit())).toEqual(["src/a.ts"]);
    await reset();
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  test("patterns in its own exclude file hide nothing", async () => {
    await writeFile(join(clone, ".git/info/exclude"), "*\n");
    await writeFiles(clone, { "src/a.ts": "1" });
    expect(filesOf(await commit())).toEqual(["src/a.ts"]);
    await reset();
    expect(await Bun.file(join(clone, "src/a.ts")).exists()).toBe(false);
  });

  test("programs that it wrote into the configuration and the hooks are not started", async () => {
    const program = await trap();
    for (const name of [
      ...["core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass"],
      ...["gpg.program", "diff.external", "filter.evil.clean", "filter.evil.smudge"],
      ...["filter.evil.process", "diff.evil.textconv", "diff.evil.command", "credential.helper"],
      ...["core.alternateRefsCommand", "uploadpack.packObjectsHook", "merge.evil.driver"],
    ]) {
      git(clone, "config", name, program);
    }
    git(clone, "config", "commit.gpgSign", "true");
    git(clone, "config", "core.hooksPath", sample.root);
    await mkdir(join(clone, ".git/hooks"));
    for (const hook of ["pre-commit", "post-commit", "post-checkout", "reference-transaction"]) {
      await writeFile(join(clone, ".git/hooks", hook), await readFile(program));
      await chmod(join(clone, ".git/hooks", hook), 0o755);
      await writeFile(join(sample.root, hook), await readFile(program));
      await chmod(join(sample.root, hook), 0o755);
    }
    await writeFiles(clone, { ".gitattributes": "*.ts diff=evil merge=evil\n", "src/a.ts": "1" });
    const made = await commit();
    expect(filesOf(made)).toEqual([".gitattributes", "src/a.ts"]);
    await reset(sample.head);
    await reset(made.kind === "committed" ? made.commit : sample.head);
    expect(await hasRun()).toBe(false);
    expect(git(clone, "config", "--get", "core.hooksPath")).toBe("/dev/null");
    expect(await readdir(join(clone, ".git"))).not.toContain("hooks");
  });

  test("a filter in .gitattributes is refused: what it would store can't be made here", async () => {
    git(clone, "config", "filter.evil.clean", await trap());
    await writeFiles(clone, { ".gitattributes": "*.bin filter=evil\n", "a.bin": "1" });
    expect(reasonOf(await commit())).toContain('"a.bin" goes through the filter “evil”');
    expect(await hasRun()).toBe(false);
  });

  test("alternates that lead into another repository are gone after a reset", async () => {
    const alternates = join(clone, ".git/objects/info/alternates");
    await writeFile(alternates, `${sample.project}/.git/objects\n`);
    await writeFiles(clone, { "src/a.ts": "1" });
    await commit();
    await reset();
    expect(await Bun.file(alternates).exists()).toBe(false);
  });

  test("objects that it deleted or cut are there again after a reset", async () => {
    const pack = join(clone, ".git/objects/pack");
    const [first] = (await readdir(pack)).filter((name) => name.endsWith(".pack"));
    await chmod(join(pack, first ?? ""), 0o644);
    await truncate(join(pack, first ?? ""), 5);
    await reset();
    expect(git(clone, "fsck", "--strict")).toBe("");
    await rm(join(clone, ".git/objects"), { recursive: true });
    await reset();
    expect(git(clone, "fsck", "--strict")).toBe("");
  });
});

describe("a clone whose .git leads to the person's repository", () => {
  const replacements: Record<string, () => Promise<void>> = {
    "by a link": () => symlink(join(sample.project, ".git"), join(clone, ".git")),
    "by a gitfile": () => writeFile(join(clone, ".git"), `gitdir: ${sample.project}/.git\n`),
    "by nothing": async () => {},
  };
  for (const [how, replace] of Object.entries(replacements)) {
    test(`(${how}) is refused, and a reset mends it and touches nothing there`, async () => {
      await rm(join(clone, ".git"), { recursive: true });
      await replace();
      await writeFiles(clone, { "src/a.ts": "1" });
      const before = await snapshotTree(sample.project);
      expect(reasonOf(await commit())).toContain(".git was removed or replaced");
      await reset();
      expect(await snapshotTree(sample.project)).toEqual(before);
      expect((await lstat(join(clone, ".git"))).isDirectory()).toBe(true);
      expect(git(clone, "status", "--porcelain")).toBe("");
    });
  }

  test("(by links in its object folder) is mended without a write there", async () => {
    await rm(join(clone, ".git/objects/pack"), { recursive: true });
    await symlink(join(sample.project, "src"), join(clone, ".git/objects/pack"));
    const before = await snapshotTree(sample.project);
    await reset();
    expect(await snapshotTree(sample.project)).toEqual(before);
    expect(git(clone, "fsck")).toBe("");
  });

  test("(the folder itself is a link there) is refused, and a reset makes a folder anew", async () => {
    await rename(clone, `${clone}-away`);
    await symlink(sample.project, clone);
    const before = await snapshotTree(sample.project);
    expect(reasonOf(await commit())).toContain("folder was replaced");
    await reset();
    expect(await snapshotTree(sample.project)).toEqual(before);
    expect((await lstat(clone)).isDirectory()).toBe(true);
    expect(git(clone, "status", "--porcelain")).toBe("");
  });
});

describe("files that don't belong into a commit are refused", () => {
  test("links out of the project: absolute, by dots, over another link, into .git", async () => {
    for (const [name, target] of [
      ["a", "/etc/passwd"],
      ["b", "../../person"],
      ["src/c", "../../x"],
      ["d", ".git/config"],
      ["e", "src/../../loop-other"],
    ] as const) {
      await symlink(target, join(clone, name));
      expect([name, reasonOf(await commit())]).toEqual([
        name,
        expect.stringContaining("is a link out of"),
      ]);
      await rm(join(clone, name));
    }
    await symlink("..", join(clone, "dist"));
    await symlink("dist/clone.git", join(clone, "over"));
    expect(reasonOf(await commit())).toContain('"over" is a link out of the project');
  });

  test("links inside the project are taken, also where they lead nowhere yet", async () => {
    await symlink("src", join(clone, "lib"));
    await symlink("later.ts", join(clone, "src/early.ts"));
    await symlink("..", join(clone, "src/up"));
    expect(filesOf(await commit())).toEqual(["lib", "src/early.ts", "src/up"]);
  });

  test("a tracked folder replaced by a link out of the project", async () => {
    await rename(join(clone, "src"), join(sample.root, "src"));
    await symlink(join(sample.root, "src"), join(clone, "src"));
    expect(reasonOf(await commit())).toContain('"src" is a link out of the project');
    await reset();
    expect((await lstat(join(clone, "src"))).isDirectory()).toBe(true);
    expect((await readdir(join(sample.root, "src"))).sort()).toEqual(["add.ts", "deep"]);
  });

  test("repositories inside: empty, with commits, in the place of a file", async () => {
    git(clone, "init", "-q", "empty");
    expect(reasonOf(await commit())).toContain('"empty" is a git repository of its own');
    await reset();
    expect(await readdir(clone)).not.toContain("empty");

    git(clone, "clone", "-q", sample.project, "vendor/dep");
    expect(reasonOf(await commit())).toContain('"vendor/dep" is a git repository of its own');
    await reset();
    expect(await readdir(clone)).not.toContain("vendor");

    await rm(join(clone, "README.md"));
    git(clone, "clone", "-q", sample.project, "README.md");
    expect(reasonOf(await commit())).toContain('"README.md" is a git repository of its own');
    await reset();
    expect(await readFile(join(clone, "README.md"), "utf8")).toBe("# Sample\n");
  });

  test("but files in a tracked folder that was made a repository are the project's own", async () => {
    git(clone, "init", "-q", "src");
    await writeFiles(clone, { "src/a.ts": "1" });
    const made = await commit();
    expect(filesOf(made)).toEqual(["src/a.ts"]);
    expect(git(`${clone}.git`, "ls-tree", "-r", sample.branch)).not.toContain("160000");
    await reset();
    expect((await readdir(join(clone, "src"))).sort()).toEqual(["add.ts", "deep"]);
  });

  test("a huge file is told, and not read", async () => {
    await writeFile(join(clone, "huge.bin"), "");
    await truncate(join(clone, "huge.bin"), 2 ** 40).catch(() =>
      truncate(join(clone, "huge.bin"), 2 ** 34),
    );
    expect(reasonOf(await commit())).toMatch(/"huge.bin" holds \d+ bytes, more than 10485760/);
  });

  test("too many files", async () => {
    const files = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`out/${n}`, ""]));
    await writeFiles(clone, files);
    expect(reasonOf(await commit())).toContain("2001 files are changed, more than 2000");
  });

  test("a name that is no UTF-8", async () => {
    await writeFile(Buffer.from(`${clone}/caf\xe9.ts`, "latin1"), "x").catch(() => null);
    if ((await readdir(clone, "buffer")).every((name) => !name.includes(0xe9))) return;
    expect(reasonOf(await commit())).toContain("names that are no UTF-8: caf�.ts");
    await reset();
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  test("names that another system takes for .git", async () => {
    for (const name of ["git~1", ".git ", ".Git\u200c"]) {
      await writeFiles(clone, { [`${name}/config`]: "x" });
      expect([name, (await commit()).kind]).toEqual([name, "refused"]);
      await reset();
      expect(await readdir(clone)).not.toContain(name);
    }
  });

  test("very many such names, of which git has much to say", async () => {
    const files = Array.from({ length: 500 }, (_, n) => [`git~1/${"long".repeat(40)}${n}`, "x"]);
    await writeFiles(clone, Object.fromEntries([...files, ["src/a.ts", "1"]]));
    expect(reasonOf(await commit())).toContain("Ignoring path git~1/");
  });

  test("a pipe in the place of a file", async () => {
    await rm(join(clone, "README.md"));
    Bun.spawnSync(["mkfifo", join(clone, "README.md")]);
    expect(reasonOf(await commit())).toContain("neither a file nor a link");
    await reset();
    expect((await lstat(join(clone, "README.md"))).isFile()).toBe(true);
  });
});

test("a pipe called .gitignore, on which git waits for ever, is refused and removed", async () => {
  await writeFiles(clone, { "new/a.ts": "x", "node_modules/dep.js": "x" });
  Bun.spawnSync(["mkfifo", join(clone, "new/.gitignore")]);
  expect(reasonOf(await commit({ gitTimeMaxMs: 500 }))).toContain("a pipe or a device");
  await resetClone({
    ...{ folder: clone, branch: sample.branch },
    commit: sample.head,
    gitTimeMaxMs: 1_000,
  });
  expect(git(clone, "status", "--porcelain")).toBe("");
  expect(await readdir(clone)).not.toContain("new");
});

test("file names with line breaks, quotes, dashes, stars and letters of all kinds are taken", async () => {
  const names = [
    "-rf",
    "--help",
    'a"b',
    "a'b",
    "a\nb",
    "a\tb",
    "*",
    ":(top)x",
    "ünï→.ts",
    " a ",
    "!x",
  ];
  await writeFiles(clone, Object.fromEntries(names.map((name) => [`odd/${name}`, "x"])));
  await writeFiles(clone, { "-n": "x", ":x": "y" });
  const files = filesOf(await commit());
  expect([...files].sort()).toEqual([...names.map((name) => `odd/${name}`), "-n", ":x"].sort());
});

describe("a reset", () => {
  test("keeps ignored files and node_modules, and takes away agents' folders and what is new", async () => {
    await writeFiles(clone, {
      "node_modules/dep/index.js": "x",
      "dist/out.js": "x",
      ".claude/settings.json": "x",
      "new/file.ts": "x",
      ".gitignore": "*\n",
    });
    await reset();
    const names = await readdir(clone);
    expect(names).toContain("node_modules");
    expect(names).toContain("dist");
    expect(names).not.toContain("new");
    expect(names).not.toContain(".claude");
    expect(await readFile(join(clone, ".gitignore"), "utf8")).toBe("dist/\n.env\n");
  });

  test("puts files where folders were made of them, and the other way round", async () => {
    await rm(join(clone, "src"), { recursive: true });
    await writeFile(join(clone, "src"), "a file now");
    await rm(join(clone, "README.md"));
    await writeFiles(clone, { "README.md/a/b": "x" });
    await reset();
    expect(git(clone, "status", "--porcelain")).toBe("");
    expect(await readFile(join(clone, "src/deep/er/value.ts"), "utf8")).toContain("value = 1");
  });

  test("makes the folder anew where its index is rubbish, and keeps the commits", async () => {
    await writeFiles(clone, { "src/a.ts": "1" });
    const made = await commit();
    if (made.kind !== "committed") throw new Error("no commit");
    await writeFile(join(`${clone}.git`, "index"), "rubbish");
    await reset(made.commit);
    expect(git(clone, "status", "--porcelain")).toBe("");
    expect(await readFile(join(clone, "src/a.ts"), "utf8")).toBe("1");
  });

  test("makes a folder that is gone", async () => {
    await rm(clone, { recursive: true });
    await reset();
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  test("to a commit that isn't there fails and leaves the folder", async () => {
    await writeFiles(clone, { "node_modules/dep/index.js": "x" });
    await expect(reset("1".repeat(40))).rejects.toMatchObject({ code: "GIT_FAILED" });
    expect(await readdir(clone)).toContain("node_modules");
  });
});

describe("a clone", () => {
  test("has objects of its own: no links to the person's, no alternates, no remote, one branch", async () => {
    git(sample.project, "branch", "private");
    const { folder, branch, project } = { ...sample, folder: sample.review };
    await makeClone({ project, folder, branch, commit: sample.head });
    for (const repository of [`${folder}.git`, join(folder, ".git")]) {
      expect(git(repository, "remote")).toBe("");
      expect(await Bun.file(join(repository, "objects/info/alternates")).exists()).toBe(false);
      for (const name of await readdir(join(repository, "objects/pack"))) {
        expect((await lstat(join(repository, "objects/pack", name))).nlink).toBe(1);
      }
    }
    expect(git(folder, "branch", "--all", "--format=%(refname:short)")).toBe(branch);
  });

  test("that is broken is made anew", async () => {
    await rm(join(`${clone}.git`, "objects/pack"), { recursive: true });
    await rm(join(`${clone}.git`, "HEAD"));
    await makeClone({
      project: sample.project,
      folder: clone,
      branch: sample.branch,
      commit: sample.head,
    });
    expect(git(clone, "fsck")).toBe("");
    expect(git(clone, "status", "--porcelain")).toBe("");
  });

  test("that can't be made anew keeps the commits that it has", async () => {
    await writeFiles(clone, { "src/a.ts": "1" });
    const made = await commit();
    if (made.kind !== "committed") throw new Error("no commit");
    const wanted = { project: sample.project, folder: clone, branch: sample.branch };
    await expect(makeClone({ ...wanted, commit: "1".repeat(40) })).rejects.toMatchObject({
      code: "GIT_FAILED",
    });
    await reset(made.commit);
    expect(await readFile(join(clone, "src/a.ts"), "utf8")).toBe("1");
  });

  test("that is removed leaves nothing", async () => {
    await removeClone(clone);
    expect(await readdir(join(sample.root, "loop"))).toEqual([]);
    await expect(reset()).rejects.toThrow("must be made anew");
  });
});
