import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SummaryChoice } from "@system-bus/settings";
import { createProgramFinder } from "../adapters/program-finder.ts";
import { findSummaryWay } from "./find-summary-way.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "summary-way-"));
});
afterEach(() => rm(home, { recursive: true }));

/** Where the finder looks in a home; nothing else of this machine is on its path. */
async function install(name: string, script: string): Promise<string> {
  const path = join(home, ".local/bin", name);
  await mkdir(join(home, ".local/bin"), { recursive: true });
  await Bun.write(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

interface Asked {
  readonly modelUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function find(by: SummaryChoice, { modelUrl, env = {} }: Asked = {}) {
  const finder = createProgramFinder({ path: "/nonexistent", home });
  const here = { ...finder, searchPath: "/usr/bin:/bin", find: findHere, get: finder.get };
  function findHere(name: Parameters<typeof finder.find>[0]) {
    const found = finder.find(name);
    return found?.startsWith(home) ? found : null;
  }
  return findSummaryWay({ by, modelUrl }, { finder: here, env, home });
}

const CLAUDE = (loggedIn: boolean) =>
  `case "$*" in --version) echo "2.1.197 (Claude Code)" ;; *) echo '{"loggedIn": ${loggedIn}}' ;; esac`;
const BROKEN = "echo \"env: 'node': No such file or directory\" >&2; exit 127";

describe("an agent that is asked for by its name", () => {
  test("is taken when it is logged in, or when that can't be told", async () => {
    const claude = await install("claude", CLAUDE(true));
    expect(await find("claude")).toEqual({ kind: "agent", name: "claude", command: claude });
    const pi = await install("pi", "echo 0.73.1");
    expect(await find("pi")).toEqual({ kind: "agent", name: "pi", command: pi });
  });

  test("is not replaced when nobody has logged in: the words say how to", async () => {
    await install("claude", CLAUDE(false));
    await expect(find("claude", { modelUrl: "http://127.0.0.1:1" })).rejects.toMatchObject({
      code: "AGENT_NOT_LOGGED_IN",
      message:
        "claude 2.1.197 is not logged in: run `claude auth login`, or set ANTHROPIC_API_KEY, then send the event again",
    });
  });

  test("is not replaced when it is there and does not run", async () => {
    await install("codex", BROKEN);
    await expect(find("codex")).rejects.toMatchObject({
      code: "PROGRAM_MISSING",
      message: expect.stringMatching(/codex does not run: env: 'node': No such file/),
    });
  });
});

describe("left to itself", () => {
  const env = { ANTHROPIC_API_KEY: "a" };

  test("it takes a pi that somebody has set up, and never another agent", async () => {
    await install("claude", CLAUDE(true));
    expect(await find("auto", { env })).toEqual({ kind: "extractive" });
    const command = await install("pi", "echo 0.73.1");
    expect(await find("auto", { env })).toEqual({ kind: "agent", name: "pi", command });
    expect(await find("auto")).toEqual({ kind: "extractive" });
  });

  test("it passes over a pi that does not run, and says so", async () => {
    await install("pi", BROKEN);
    expect(await find("auto", { env, modelUrl: "http://127.0.0.1:1" })).toEqual({ kind: "model" });
    expect(await find("auto", { env })).toEqual({
      kind: "extractive",
      remark: "pi does not run: env: 'node': No such file or directory",
    });
  });
});
