import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./repository-copy.ts";

/** Programs of the system, as small as they can be: what they were asked is printed. */
const FAKES = {
  id: 'echo "$FAKE_UID"',
  "apt-get": 'echo "apt-get $*" >&2; echo "apt-get $*" >>"$HOME/apt-calls"; exit "$FAKE_APT_EXIT"',
} as const;

let scratch = "";

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "system-bus-prepare-"));
  for (const [name, script] of Object.entries(FAKES)) {
    const path = join(scratch, "fakes", name);
    await Bun.write(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs a line with the functions of bin/prepare.sh, in an empty home and without a terminal. */
async function prepare(line: string, env: Record<string, string> = {}) {
  const home = await mkdtemp(join(scratch, "home-"));
  const path = `${join(scratch, "fakes")}:/usr/bin:/bin`;
  const shell = Bun.spawn(["sh", "-c", `. bin/prepare.sh; ${line}`], {
    cwd: root,
    env: { HOME: home, PATH: path, FAKE_UID: "1000", FAKE_APT_EXIT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
    shell.exited,
  ]);
  const aptCalls = Bun.file(join(home, "apt-calls"));
  const calls = (await aptCalls.exists()) ? (await aptCalls.text()).trim().split("\n") : [];
  return { stdout, stderr, exitCode, calls };
}

describe("preparing a machine", () => {
  test("the Bun that is wanted is the one that package.json pins", async () => {
    const { packageManager } = await Bun.file(join(root, "package.json")).json();
    expect((await prepare('echo "bun@$bun_version"')).stdout).toBe(`${packageManager}\n`);
  });

  test.each([
    ["1.4.5", "1.4.5", 0],
    ["1.10.0", "1.4.5", 0],
    ["2.0.0", "1.4.5", 0],
    ["1.4.6-canary.1", "1.4.5", 0],
    ["1.4.4", "1.4.5", 1],
    ["1.3.10", "1.4.5", 1],
  ])("version %s is held against %s: exit code %i", async (have, want, exitCode) => {
    expect((await prepare(`is_at_least ${have} ${want}`)).exitCode).toBe(exitCode);
  });

  test("only packages whose program is missing are installed", async () => {
    const { stdout } = await prepare("missing_packages sh:dash no-such-program:some-package");
    expect(stdout.trim()).toBe("some-package");
  });

  test("as root they are installed, after a line that says what and why", async () => {
    const run = await prepare('ensure_packages "it fetches the video" yt-dlp', { FAKE_UID: "0" });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toStartWith("→ yt-dlp (with apt): it fetches the video\n");
    expect(run.calls).toEqual(["apt-get install -y -qq --no-install-recommends yt-dlp"]);
  });

  test("without root nothing is installed, and the command to run is printed", async () => {
    const run = await prepare('ensure_packages "it fetches the video" yt-dlp ffmpeg');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("sudo apt-get install yt-dlp ffmpeg");
    expect(run.calls).toEqual([]);
  });

  test("when apt fails, its lists are fetched first, and the failure is told", async () => {
    const run = await prepare('ensure_packages "it fetches the video" yt-dlp', {
      FAKE_UID: "0",
      FAKE_APT_EXIT: "100",
    });
    expect(run.exitCode).toBe(1);
    expect(run.calls.at(1)).toBe("apt-get update -qq");
    expect(run.stderr).toContain("apt could not install: yt-dlp");
  });

  test("with nothing missing, nothing is said", async () => {
    const run = await prepare('ensure_packages "no reason"', { FAKE_UID: "0" });
    expect(run).toMatchObject({ exitCode: 0, stderr: "", calls: [] });
  });
});
