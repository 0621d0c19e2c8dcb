import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeClone, resetClone } from "../src/git/clone.ts";
import { commitAttempt } from "../src/git/commit-attempt.ts";
import { inspectProject } from "../src/git/inspect-project.ts";
import { branchHead, publish } from "../src/git/publish.ts";
import { changedFiles, diffStat, diffText } from "../src/git/read-change.ts";
import { git, makeSampleProject, type SampleProject, writeFiles } from "./sample-project.ts";

let sample: SampleProject;
beforeEach(async () => {
  sample = await makeSampleProject();
});
afterEach(() => sample.remove());

test("a story goes from the person's repository through two clones back to a branch", async () => {
  const { project, clone, review, branch, head, root } = sample;
  const facts = await inspectProject(project, { allowedRoots: [root] });
  expect(facts).toMatchObject({ project, branch: "main", head, problems: [], notes: [] });

  await makeClone({ project, folder: clone, branch, commit: head });
  expect(git(clone, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);
  await writeFiles(clone, { "src/add.ts": "export const add = 2;\n", "src/new.ts": "1;\n" });
  const attempt = {
    folder: clone,
    branch,
    base: head,
    title: "adds numbers",
    body: "As wanted.",
    trailers: { loop: "sample-1", story: "US-001", attempt: 1 },
    leaveOut: [],
  };
  const made = await commitAttempt(attempt);
  if (made.kind !== "committed") throw new Error(JSON.stringify(made));
  expect(made.files).toEqual(["src/add.ts", "src/new.ts"]);
  expect(await commitAttempt(attempt)).toEqual(made);

  const change = { folder: clone, from: head, to: made.commit };
  expect(await changedFiles(change)).toEqual([
    { path: "src/add.ts", kind: "changed" },
    { path: "src/new.ts", kind: "added" },
  ]);
  expect(await diffStat(change)).toContain("2 files changed, 2 insertions(+), 1 deletion(-)");
  expect(await diffText(change)).toContain("+export const add = 2;");

  await publish({ project, folder: clone, branch, commit: made.commit, expected: null });
  expect(await branchHead(project, branch)).toBe(made.commit);
  expect(git(project, "log", "-1", "--format=%an %s%n%b", branch)).toBe(
    "Coding loop adds numbers\nAs wanted.\n\nLoop: sample-1\nStory: US-001\nAttempt: 1",
  );

  await makeClone({ project, folder: review, branch, commit: head });
  expect(await readFile(join(review, "src/add.ts"), "utf8")).toContain("a + b");
  await makeClone({ project, folder: review, branch, commit: made.commit });
  expect(await readFile(join(review, "src/new.ts"), "utf8")).toBe("1;\n");
  await resetClone({ folder: clone, branch, commit: made.commit });
  expect(git(clone, "status", "--porcelain")).toBe("");
});
