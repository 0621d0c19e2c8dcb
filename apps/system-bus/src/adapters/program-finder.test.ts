import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgramFinder } from "./program-finder.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "finder-"));
  await mkdir(join(home, ".local/bin"), { recursive: true });
  await mkdir(join(home, "bin"));
});
afterEach(() => rm(home, { recursive: true }));

async function install(path: string): Promise<string> {
  await writeFile(join(home, path), "#!/bin/sh\n");
  await chmod(join(home, path), 0o755);
  return join(home, path);
}

test("a program is found where pipx puts it, although the PATH is launchd's", async () => {
  const installed = await install(".local/bin/mlx_whisper");
  const finder = createProgramFinder({ path: "/usr/bin:/bin:/usr/sbin:/sbin", home });
  expect(finder.find("mlx-whisper")).toBe(installed);
});

test("the PATH comes first, and relative folders in it are not searched", async () => {
  await install(".local/bin/mlx_whisper");
  const first = await install("bin/mlx_whisper");
  const finder = createProgramFinder({ path: `.:bin:${home}/bin`, home });
  expect(finder.find("mlx-whisper")).toBe(first);
  expect(finder.searchPath.split(":")[0]).toBe(`${home}/bin`);
});

test("a program with two names is found under either", async () => {
  const installed = await install("bin/whisper-cpp");
  expect(createProgramFinder({ path: `${home}/bin`, home }).get("whisper-cpp")).toBe(installed);
});

test("a missing program is an error with the commands that install it, and is not tried again", () => {
  const finder = createProgramFinder({ path: "", home });
  try {
    finder.get("mlx-whisper");
    throw new Error("mlx_whisper is installed here");
  } catch (error) {
    expect(error).toMatchObject({ code: "PROGRAM_MISSING", mayRetry: false });
    expect(String(error)).toContain("pipx install mlx-whisper");
  }
});
