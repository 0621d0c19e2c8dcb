import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyVerified } from "./copy-verified.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "copy-"));
  await writeFile(join(folder, "a.mp4"), "film");
});
afterEach(() => rm(folder, { recursive: true }));

const source = () => join(folder, "a.mp4");
const target = () => join(folder, "b.mp4");

test("the target is equal and nothing else is left", async () => {
  expect(await copyVerified(source(), target())).toMatchObject({ kind: "copied", sizeBytes: 4 });
  expect(await readFile(target(), "utf8")).toBe("film");
  expect((await readdir(folder)).toSorted()).toEqual(["a.mp4", "b.mp4"]);
});

test("a second copy touches nothing", async () => {
  await copyVerified(source(), target());
  const past = new Date("2020-01-01");
  await utimes(target(), past, past);
  expect(await copyVerified(source(), target())).toMatchObject({ kind: "already-there" });
  expect((await stat(target())).mtimeMs).toBe(past.getTime());
});

test("a target that is damaged but of the same size is replaced", async () => {
  await writeFile(target(), "fulm");
  expect(await copyVerified(source(), target())).toMatchObject({ kind: "copied" });
  expect(await readFile(target(), "utf8")).toBe("film");
});

test("what an interrupted copy left is overwritten", async () => {
  await writeFile(`${target()}.part`, "a longer piece of something");
  await copyVerified(source(), target());
  expect((await readdir(folder)).toSorted()).toEqual(["a.mp4", "b.mp4"]);
});

test("as a program it tells the system's code of what went wrong", async () => {
  const run = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "copy-verified-main.ts"),
      source(),
      join(folder, "none/b.mp4"),
    ],
    { stdin: "ignore" },
  );
  expect(JSON.parse(await new Response(run.stdout).text())).toMatchObject({ error: "ENOENT" });
  expect(await run.exited).toBe(1);
});
