import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examineAgent } from "./examine-agent.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "agents-"));
});
afterEach(() => rm(home, { recursive: true }));

async function examine(script: string, env: Readonly<Record<string, string>> = {}) {
  const command = join(home, "agent");
  await Bun.write(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  const searchPath = "/usr/bin:/bin";
  return examineAgent("codex", { command, home, searchPath, env, answerMaxMs: 500 });
}

test("an agent that runs says its version, on whichever stream, and whether it is logged in", async () => {
  const script =
    'case "$1" in --version) echo "codex-cli 0.169.0" >&2 ;; *) echo "Logged in" ;; esac';
  expect(await examine(script)).toEqual({ version: "0.169.0", login: "yes", problem: null });
});

test("one that does not run says why", async () => {
  expect(await examine("echo first; echo 'node: not found'; exit 127")).toEqual({
    ...{ version: null, login: "unknown", problem: "node: not found" },
  });
  expect(await examine("exit 3")).toMatchObject({ problem: "exit code 3" });
});

test("one that says nothing is not waited for, nor is what it has started", async () => {
  const beganMs = performance.now();
  expect(await examine("sleep 2 & exec sleep 60")).toEqual({
    ...{ version: null, login: "unknown", problem: null },
  });
  expect(performance.now() - beganMs).toBeLessThan(1_900);
});

test("it sees its own keys and its home, and no key of the bus", async () => {
  const env = { HOME: home, CODEX_ACCESS_TOKEN: "mine", INNGEST_EVENT_KEY: "not mine" };
  await examine(`env >${join(home, "seen")}; echo 1.2.3`, env);
  const seen = await Bun.file(join(home, "seen")).text();
  expect(seen).toContain(`HOME=${home}\n`);
  expect(seen).toContain("CODEX_ACCESS_TOKEN=mine");
  expect(seen).not.toContain("INNGEST");
});
