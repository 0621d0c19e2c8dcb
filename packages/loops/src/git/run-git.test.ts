import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { askGit, runGit } from "./run-git.ts";

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "run-git-"));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

/** Puts a program called git before the real one for the time of `work`. */
async function withFakeGit(script: string, work: () => Promise<void>): Promise<void> {
  const bin = join(cwd, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "git"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "git"), 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${bin}${delimiter}${path}`;
  try {
    await work();
  } finally {
    process.env["PATH"] = path;
  }
}

describe("git", () => {
  test("that fails throws what it said and where", async () => {
    const call = runGit({ args: ["cat-file", "-e", "HEAD"], cwd });
    await expect(call).rejects.toMatchObject({ code: "GIT_FAILED" });
    await expect(call).rejects.toThrow(/git cat-file -e HEAD in .* ended with 128: fatal/);
  });

  test("that is not there throws GIT_FAILED", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      const call = runGit({ args: ["--version"], cwd });
      await expect(call).rejects.toMatchObject({ code: "GIT_FAILED" });
    } finally {
      process.env["PATH"] = path;
    }
  });

  test("that hangs is ended at its time limit", async () => {
    await withFakeGit("exec sleep 60", async () => {
      const call = runGit({ args: ["status"], cwd, timeMaxMs: 50 });
      await expect(call).rejects.toThrow("took longer than 50 ms");
    });
  });

  test("that says too much is an error, not a full memory", async () => {
    const call = runGit({ args: ["help", "-a"], cwd, outputMaxBytes: 100 });
    await expect(call).rejects.toThrow("said more than 100 bytes");
  });

  test("gets no secret of this process, and nobody's settings", async () => {
    process.env["INNGEST_EVENT_KEY"] = "secret";
    process.env["GIT_DIR"] = "/elsewhere";
    try {
      await withFakeGit("env", async () => {
        const env = await askGit({ args: [], cwd });
        expect(env).not.toContain("secret");
        expect(env).not.toContain("GIT_DIR");
        expect(env).toContain("GIT_CONFIG_GLOBAL=/dev/null");
        expect(env).toContain("HOME=/dev/null");
      });
    } finally {
      delete process.env["INNGEST_EVENT_KEY"];
      delete process.env["GIT_DIR"];
    }
  });

  test("is called with a hostile configuration and starts none of its programs", async () => {
    const project = join(cwd, "project");
    const marker = join(cwd, "ran");
    await askGit({ args: ["init", "-q", project], cwd });
    const hook = join(cwd, "hook");
    await writeFile(hook, `#!/bin/sh\necho ran > ${marker}\n`);
    await chmod(hook, 0o755);
    const settings = [
      "core.fsmonitor",
      "core.pager",
      "core.editor",
      "gpg.program",
      "diff.external",
    ];
    for (const name of settings) await askGit({ args: ["config", name, hook], cwd: project });
    await askGit({ args: ["config", "commit.gpgsign", "true"], cwd: project });
    await writeFile(join(project, "a"), "a");
    await askGit({ args: ["add", "a"], cwd: project });
    await askGit({ args: ["status"], cwd: project });
    expect(await Bun.file(marker).exists()).toBe(false);
  });
});
