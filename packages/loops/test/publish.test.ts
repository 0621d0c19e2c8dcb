// The person's repository while a loop publishes into it: rules P1-P4 (`publish.ts`).

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeClone, resetClone } from "../src/git/clone.ts";
import { commitAttempt } from "../src/git/commit-attempt.ts";
import { inspectProject } from "../src/git/inspect-project.ts";
import { branchHead, publish } from "../src/git/publish.ts";
import { killingGit, publishInProcess } from "./publish-in-process.ts";
import {
  git,
  gitWith,
  makeSampleProject,
  type SampleProject,
  writeFiles,
} from "./sample-project.ts";
import { snapshotTree } from "./snapshot-tree.ts";

let sample: SampleProject;
beforeEach(async () => {
  sample = await makeSampleProject();
});
afterEach(() => sample.remove());

let attemptCount = 0;
/** A commit in the clone on top of `base`, not published. */
async function attempt(base: string, content: string, project = sample.project): Promise<string> {
  const { clone: folder, branch } = sample;
  await makeClone({ project, folder, branch, commit: base });
  await writeFiles(folder, { "src/add.ts": content, [`src/${content}/new.ts`]: content });
  attemptCount += 1;
  const made = await commitAttempt({
    ...{ folder, branch, base, title: content, body: "", leaveOut: [] },
    trailers: { loop: "sample-1", story: "US-001", attempt: attemptCount },
  });
  if (made.kind !== "committed") throw new Error(JSON.stringify(made));
  return made.commit;
}

const publication = (commit: string, expected: string | null) => ({
  ...{ project: sample.project, folder: sample.clone, branch: sample.branch, commit, expected },
});

/**
 * All of the person's repository but the loop's ref and objects that were not there before. The time of
 * an object doesn't count: git touches one that it would have written again, to keep it from its prune.
 */
async function everythingElse(
  before?: Record<string, string>,
  project = sample.project,
): Promise<Record<string, string>> {
  const seen = await snapshotTree(project);
  for (const path of Object.keys(seen)) {
    const isRef = path.startsWith(".git/refs/heads/agent-loop");
    const isNewObject =
      path.startsWith(".git/objects/") && before !== undefined && !(path in before);
    if (isRef || isNewObject) delete seen[path];
    else if (path.startsWith(".git/objects/")) seen[path] = seen[path]?.replace(/ \d+ /, " ") ?? "";
  }
  return seen;
}

/** Leaves its name in the file `ran` when git starts it. */
async function plantHooks(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const hook of [
    ...["reference-transaction", "post-update", "update", "pre-receive", "post-receive"],
    ...["post-checkout", "post-merge", "pre-auto-gc", "pre-commit", "fsmonitor-watchman"],
  ]) {
    await writeFile(join(folder, hook), `#!/bin/sh\necho ${hook} >> ${sample.root}/ran\nexit 1\n`);
    await chmod(join(folder, hook), 0o755);
  }
}

/** A person's repository, without its hooks, watchers and logs of refs. */
function quietly(...args: string[]): string {
  const config = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.logAllRefUpdates=false",
  ];
  const flags = config.flatMap((setting) => ["-c", setting]);
  return gitWith(sample.project, { GIT_OPTIONAL_LOCKS: "0" }, ...flags, ...args);
}

function knowsReftable(): boolean {
  return /^git version (2\.(4[5-9]|[5-9]\d)|[3-9])/.test(git(import.meta.dir, "--version"));
}

const hasRun = () => Bun.file(join(sample.root, "ran")).exists();

describe("publishing changes one ref and adds objects", () => {
  async function publishTwice(project = sample.project): Promise<void> {
    const first = await attempt(sample.head, "one", project);
    const before = await everythingElse(undefined, project);
    await inspectProject(project, { allowedRoots: [sample.root] });
    await publish({ ...publication(first, null), project });
    const second = await attempt(first, "two", project);
    await publish({ ...publication(second, first), project });
    await publish({ ...publication(second, first), project });
    expect(await everythingElse(before, project)).toEqual(before);
    expect(await branchHead(project, sample.branch)).toBe(second);
    expect(quietly("rev-list", "--count", sample.branch)).toBe("3");
    expect(quietly("fsck", "--strict", "--no-dangling")).toBe("");
    expect(quietly("-C", project, "status", "--porcelain")).toBe("");
  }

  test("in a plain repository", async () => {
    await publishTwice();
  });

  test("where hooks lie in it, and husky's are configured, and none runs", async () => {
    await plantHooks(join(sample.project, ".git/hooks"));
    await publishTwice();
    await plantHooks(join(sample.project, ".husky/_"));
    git(sample.project, "config", "core.hooksPath", ".husky/_");
    quietly("update-ref", "-d", `refs/heads/${sample.branch}`);
    await rm(join(sample.root, "ran"), { force: true });
    const third = await attempt(sample.head, "three");
    await publish(publication(third, null));
    expect(await hasRun()).toBe(false);
  });

  test("where every ref is to be logged, commits signed, files watched, objects packed at once", async () => {
    const watcher = join(sample.root, "watcher");
    await plantHooks(watcher);
    for (const [name, value] of [
      ["core.logAllRefUpdates", "always"],
      ["commit.gpgSign", "true"],
      ["core.fsmonitor", join(watcher, "fsmonitor-watchman")],
      ["core.untrackedCache", "true"],
      ["gc.auto", "1"],
      ["gc.autoPackLimit", "1"],
      ["fetch.writeCommitGraph", "true"],
      ["core.autocrlf", "true"],
      ["core.splitIndex", "true"],
      ["transfer.fsckObjects", "true"],
      ["receive.denyCurrentBranch", "refuse"],
      ["protocol.file.allow", "never"],
    ] as const) {
      git(sample.project, "config", name, value);
    }
    await publishTwice();
    expect(await hasRun()).toBe(false);
    expect(await readdir(join(sample.project, ".git/logs/refs/heads"))).toEqual(["main"]);
  });

  test("where includes bring in settings", async () => {
    await writeFile(
      join(sample.root, "extra"),
      "[core]\n\thooksPath = /nowhere\n[gc]\n\tauto = 1\n",
    );
    git(
      sample.project,
      "config",
      `includeIf.gitdir:${sample.root}/.path`,
      join(sample.root, "extra"),
    );
    await publishTwice();
  });

  test("where refs are packed and history is a pack", async () => {
    git(sample.project, "branch", "other");
    git(sample.project, "tag", "v1");
    git(sample.project, "gc", "--quiet");
    expect(await readFile(join(sample.project, ".git/packed-refs"), "utf8")).toContain("v1");
    await publishTwice();
  });

  test("where the loop's own branch was packed meanwhile", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    git(sample.project, "pack-refs", "--all");
    const before = await everythingElse();
    const second = await attempt(first, "two");
    await publish(publication(second, first));
    expect(await everythingElse(before)).toEqual(before);
    expect(await branchHead(sample.project, sample.branch)).toBe(second);
  });

  test("where the project is a linked worktree, and other worktrees have their own", async () => {
    const linked = join(sample.root, "linked");
    git(sample.project, "config", "extensions.worktreeConfig", "true");
    git(sample.project, "worktree", "add", "-q", "-b", "side", linked);
    const main = await everythingElse();
    await publishTwice(linked);
    expect(await everythingElse(main)).toEqual(main);
  });

  test("where it uses sha256", async () => {
    const project = join(sample.root, "sha256");
    git(sample.root, "init", "-q", "--object-format=sha256", "--initial-branch=main", project);
    await writeFiles(project, { "src/add.ts": "x" });
    git(project, "add", "--all");
    git(project, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "x");
    const first = await attempt(git(project, "rev-parse", "HEAD"), "one", project);
    expect(first).toHaveLength(64);
    await publish({ ...publication(first, null), project });
    expect(await branchHead(project, sample.branch)).toBe(first);
  });

  test.skipIf(!knowsReftable())(
    "where refs are kept in a reftable (git 2.45 and later)",
    async () => {
      const project = join(sample.root, "reftable");
      git(sample.root, "init", "-q", "--ref-format=reftable", "--initial-branch=main", project);
      await writeFiles(project, { "src/add.ts": "x" });
      git(project, "add", "--all");
      git(project, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "x");
      const head = git(project, "rev-parse", "HEAD");
      const first = await attempt(head, "one", project);
      await publish({ ...publication(first, null), project });
      expect(await branchHead(project, sample.branch)).toBe(first);
      expect(await branchHead(project, "main")).toBe(head);
    },
  );

  test("with a change of many files, which comes as a pack", async () => {
    const { project, clone, branch, head } = sample;
    await makeClone({ project, folder: clone, branch, commit: head });
    const files = Array.from({ length: 300 }, (_, n) => [`out/${n}.ts`, `${n}`]);
    await writeFiles(clone, Object.fromEntries(files));
    const trailers = { loop: "sample-1", story: "US-001", attempt: 1 };
    const wanted = { folder: clone, branch, base: head, title: "many", body: "", leaveOut: [] };
    const made = await commitAttempt({ ...wanted, trailers });
    if (made.kind !== "committed") throw new Error(JSON.stringify(made));
    const before = await everythingElse();
    await publish(publication(made.commit, null));
    expect(await everythingElse(before)).toEqual(before);
    expect(git(project, "fsck", "--strict")).toBe("");
  });

  test("where the base was rewritten and pruned meanwhile: its history comes along", async () => {
    const first = await attempt(sample.head, "one");
    git(sample.project, "commit", "-q", "--amend", "--message", "another beginning");
    git(sample.project, "reflog", "expire", "--expire=now", "--all");
    git(sample.project, "gc", "--quiet", "--prune=now");
    expect(() => git(sample.project, "cat-file", "-e", sample.head)).toThrow();
    const before = await everythingElse();
    await publish(publication(first, null));
    expect(await everythingElse(before)).toEqual(before);
    expect(git(sample.project, "fsck", "--strict")).toBe("");
  });
});

describe("a branch that somebody else has touched stays as it is", () => {
  const MOVED = { code: "BRANCH_MOVED" };

  test("moved", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    quietly("update-ref", `refs/heads/${sample.branch}`, sample.head);
    const second = await attempt(first, "two");
    await expect(publish(publication(second, first))).rejects.toMatchObject(MOVED);
    expect(await branchHead(sample.project, sample.branch)).toBe(sample.head);
  });

  test("made before the loop made it", async () => {
    git(sample.project, "branch", sample.branch);
    const first = await attempt(sample.head, "one");
    await expect(publish(publication(first, null))).rejects.toThrow("must not be there yet");
    expect(await branchHead(sample.project, sample.branch)).toBe(sample.head);
  });

  test("deleted", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    git(sample.project, "branch", "-D", sample.branch);
    const second = await attempt(first, "two");
    const before = await everythingElse();
    await expect(publish(publication(second, first))).rejects.toThrow("is gone");
    expect(await branchHead(sample.project, sample.branch)).toBe(null);
    expect(await everythingElse(before)).toEqual(before);
  });

  test("made a link to the person's own branch", async () => {
    git(sample.project, "symbolic-ref", `refs/heads/${sample.branch}`, "refs/heads/main");
    const first = await attempt(sample.head, "one");
    await expect(publish(publication(first, sample.head))).rejects.toThrow("a link to another ref");
    expect(await branchHead(sample.project, "main")).toBe(sample.head);
  });

  test("checked out, here or in a worktree: its files would look undone", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    const second = await attempt(first, "two");
    const linked = join(sample.root, "linked");
    git(sample.project, "worktree", "add", "-q", linked, sample.branch);
    const unfit = { code: "PROJECT_UNFIT" };
    await expect(publish(publication(second, first))).rejects.toMatchObject(unfit);
    git(sample.project, "worktree", "remove", linked);
    git(sample.project, "checkout", "-q", sample.branch);
    await expect(publish(publication(second, first))).rejects.toThrow("switch to another branch");
    git(sample.project, "checkout", "-q", "main");
    await publish(publication(second, first));
  });

  test("impossible, because a branch has the name of its folder", async () => {
    git(sample.project, "branch", "agent-loop");
    const first = await attempt(sample.head, "one");
    const publishing = publish(publication(first, null));
    await expect(publishing).rejects.toMatchObject({ code: "PROJECT_UNFIT" });
    await expect(publishing).rejects.toThrow("refs/heads/agent-loop' exists");
  });

  test("not the one that the commit builds on: no commit is lost", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    const beside = await attempt(sample.head, "two");
    await expect(publish(publication(beside, first))).rejects.toThrow("would lose commits");
    expect(await branchHead(sample.project, sample.branch)).toBe(first);
  });

  test("by another publisher at the same moment: one of the two wins, whole", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await attempt(sample.head, "one"), await attempt(sample.head, "two")];
      const ended = await Promise.allSettled([
        publish(publication(one, null)),
        publish(publication(two, null)),
      ]);
      const lost = ended.filter((end) => end.status === "rejected").map((end) => end.reason);
      expect(lost).toEqual([expect.objectContaining(MOVED)]);
      const winner = ended[0]?.status === "fulfilled" ? one : two;
      expect(await branchHead(sample.project, sample.branch)).toBe(winner);
      quietly("update-ref", "-d", `refs/heads/${sample.branch}`);
    }
  });
});

test("branches below or beside the asked one are not taken for it", async () => {
  git(sample.project, "branch", "a/b");
  expect(await branchHead(sample.project, "a")).toBe(null);
  expect(await branchHead(sample.project, "a/b")).toBe(sample.head);
  expect(await branchHead(sample.project, "mai")).toBe(null);
});

describe("a publisher that is killed", () => {
  test("before, after or during each of its git processes leaves a repository that the next one finishes", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    const second = await attempt(first, "two");
    const before = await everythingElse();
    let killCount = 0;
    for (let call = 1; call <= 6; call += 1) {
      for (const when of ["before", "after", "during"] as const) {
        const path = await killingGit(sample.root, { call, when });
        const end = await publishInProcess(publication(second, first), { PATH: path });
        if (end === "SIGKILL") killCount += 1;
        expect([first, second]).toContain((await branchHead(sample.project, sample.branch)) ?? "");
        await ageLocks();
        await publish(publication(second, first));
        expect(await everythingElse(before)).toEqual(before);
        expect(git(sample.project, "fsck", "--strict", "--no-dangling")).toBe("");
        quietly("update-ref", `refs/heads/${sample.branch}`, first);
        git(sample.project, "prune");
      }
    }
    // It runs five: one that reads, one that compares, two that carry objects, one that moves the ref.
    expect(killCount).toBe(5 * 3);
  }, 60_000);

  test("with all its processes at any moment leaves a repository that the next one finishes", async () => {
    const first = await attempt(sample.head, "one");
    await publish(publication(first, null));
    const second = await attempt(first, "two");
    const before = await everythingElse();
    for (let killAfterMs = 20; killAfterMs < 140; killAfterMs += 8) {
      await publishInProcess(publication(second, first), {}, killAfterMs);
      expect([first, second]).toContain((await branchHead(sample.project, sample.branch)) ?? "");
      await ageLocks();
      await publish(publication(second, first));
      expect(await everythingElse(before)).toEqual(before);
      quietly("update-ref", `refs/heads/${sample.branch}`, first);
      git(sample.project, "prune");
    }
    expect(git(sample.project, "fsck", "--strict", "--no-dangling")).toBe("");
  }, 60_000);

  test("while it held the lock of the ref: the next one takes it away once it is old", async () => {
    const first = await attempt(sample.head, "one");
    await mkdir(join(sample.project, ".git/refs/heads/agent-loop"));
    const lock = join(sample.project, `.git/refs/heads/${sample.branch}.lock`);
    await writeFile(lock, "");
    await ageLocks();
    const before = await everythingElse();
    await publish(publication(first, null));
    expect(await Bun.file(lock).exists()).toBe(false);
    expect(await everythingElse(before)).toEqual(before);
    expect(await branchHead(sample.project, sample.branch)).toBe(first);
  });

  /** As if the five seconds had gone by after which a lock is nobody's. */
  async function ageLocks(): Promise<void> {
    const folder = join(sample.project, ".git/refs/heads/agent-loop");
    for (const name of await readdir(folder)) {
      if (name.endsWith(".lock")) await utimes(join(folder, name), 1_000, 1_000);
    }
  }
});

test("a clone of the reviewer's gets what was published, and no more", async () => {
  const first = await attempt(sample.head, "one");
  const review = { folder: sample.review, branch: sample.branch };
  await makeClone({ ...review, project: sample.project, commit: sample.head });
  await publish(publication(first, null));
  await makeClone({ ...review, project: sample.project, commit: first });
  expect(await readFile(join(sample.review, "src/add.ts"), "utf8")).toBe("one");
  const counts = git(`${sample.review}.git`, "count-objects", "-v");
  expect(counts).toContain("packs: 2");
  // As many as its history has: nothing came twice.
  expect(git(`${sample.review}.git`, "rev-list", "--objects", first).split("\n").length).toBe(
    Number(/in-pack: (\d+)/.exec(counts)?.[1]),
  );
  await resetClone({ ...review, commit: sample.head });
  expect(await readFile(join(sample.review, "src/add.ts"), "utf8")).toContain("a + b");
});
