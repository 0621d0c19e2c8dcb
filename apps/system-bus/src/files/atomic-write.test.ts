import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeFileError, WorkerError } from "../worker-error.ts";
import { createFileAtomic, readFileIfAny, writeFileAtomic } from "./atomic-write.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "atomic-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a file is replaced whole, its folder made, its permissions kept, and no temporary file stays", async () => {
  const path = join(folder, "a/b/note.md");
  await writeFileAtomic(path, "one");
  await chmod(path, 0o600);
  await writeFileAtomic(path, "two");
  expect(await readFile(path, "utf8")).toBe("two");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "a/b"))).toEqual(["note.md"]);
});

test("a note that is a link stays one", async () => {
  await writeFile(join(folder, "real.md"), "old");
  await symlink(join(folder, "real.md"), join(folder, "link.md"));
  await writeFileAtomic(join(folder, "link.md"), "new");
  expect(await readFile(join(folder, "real.md"), "utf8")).toBe("new");
});

test("of many that make the same file at once, one does, and the others say so", async () => {
  const path = join(folder, "note.md");
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) => createFileAtomic(path, String(index))),
  );
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, "utf8")).toBe(String(made.indexOf(true)));
  expect(await readdir(folder)).toEqual(["note.md"]);
});

test("a file that stands where a folder is needed is named", async () => {
  await writeFile(join(folder, "vault"), "");
  const error = await writeFileAtomic(join(folder, "vault/note.md"), "x").catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkerError);
  expect(error).toHaveProperty("code", "WRITE_REFUSED");
});

test("a file that is not there reads as null", async () => {
  expect(await readFileIfAny(join(folder, "none"))).toBeNull();
});

describe("a failed write says what to do, and is not tried again", () => {
  test.each([
    ["ENOSPC", "DISK_FULL", "No space left"],
    ["EDQUOT", "DISK_FULL", "No space left"],
    ["EACCES", "WRITE_REFUSED", "No access to"],
    ["EROFS", "WRITE_REFUSED", "No access to"],
    ["ENOENT", "WRITE_REFUSED", "/vault/a.md can't be made:"],
  ])("%s", (systemError, code, words) => {
    const error = describeFileError(
      Object.assign(new Error("x"), { code: systemError }),
      "/vault/a.md",
    );
    expect(error).toMatchObject({ code, mayRetry: false });
    expect(String(error)).toContain(`${words} `);
    expect(String(error)).toContain("/vault/a.md");
  });

  test("an error we don't know stays as it is", () => {
    const error = new Error("else");
    expect(describeFileError(error, "/x")).toBe(error);
  });
});
