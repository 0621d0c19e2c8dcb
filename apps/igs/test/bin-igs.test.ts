// bin/igs, the shell script that finds Bun and this checkout.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const script = join(import.meta.dir, "../../../bin/igs");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "igs-bin-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Under the PATH of launchd and cron, from a folder that is not the checkout. */
async function run(
  path: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const child = Bun.spawn([path, ...args], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", HOME: folder, BUN: process.execPath, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { exitCode, stdout, stderr };
}

async function link(name: string, target: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
  return path;
}

test("works from any folder, through links to links", async () => {
  await link("first", script);
  const igs = await link("bin/igs", "../first");
  expect(await run(igs, ["--version"])).toMatchObject({ exitCode: 0, stdout: "0.1.0\n" });
});

test("is slog when it is called so", async () => {
  const slog = await link("slog", script);
  const { stdout } = await run(slog, ["--help"]);
  expect(stdout).toContain("slog write");
});

test("passes arguments on as they are, and the exit code back", async () => {
  const igs = await link("igs", script);
  const env = { VAULT_PATH: join(folder, "my vault") };
  const words = ["--action", "note", "--tool", "a b", "--detail", 'it\'s "so"  $HOME'];
  const written = await run(igs, ["log", "write", ...words], env);
  expect(JSON.parse(written.stdout).result.entry).toMatchObject({
    tool: "a b",
    detail: 'it\'s "so"  $HOME',
  });
  expect((await run(igs, ["nonsense"])).exitCode).toBe(2);
});

test("finds Bun where its installer puts it", async () => {
  await link(".bun/bin/bun", process.execPath);
  const igs = await link("igs", script);
  const { exitCode } = await run(igs, ["--version"], { BUN: "", PATH: "/bin:/usr/bin" });
  expect(exitCode).toBe(0);
});

test("a .env of the folder one stands in changes nothing", async () => {
  await Bun.write(join(folder, ".env"), "INNGEST_BASE_URL=http://stranger.example\n");
  const igs = await link("igs", script);
  const { stdout } = await run(igs, ["config"]);
  expect(stdout).not.toContain("stranger");
});

test("says what to do when the dependencies aren't installed", async () => {
  await mkdir(join(folder, "bin"));
  const copy = join(folder, "bin/igs");
  await copyFile(script, copy);
  const { exitCode, stderr } = await run(copy, ["runs"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("not installed");
  expect(stderr).toContain("fix: Run `bun install`");
});
