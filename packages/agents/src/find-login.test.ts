import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentName, LoginProbe } from "./agent.ts";
import { agents } from "./agents.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "agents-"));
});
afterEach(() => rm(home, { recursive: true }));

type Said = Awaited<ReturnType<LoginProbe["run"]>>;

/** `said` is what the agent prints when it is asked; undefined: it must not be asked. */
function find(name: AgentName, said: Said | undefined, probe: Partial<LoginProbe> = {}) {
  const run = async () => {
    if (said === undefined) throw new Error("it was asked");
    return said;
  };
  return agents[name].findLogin({ env: {}, home, version: "2.1.197", run, ...probe });
}

async function write(name: string, text: string): Promise<void> {
  const path = join(home, name);
  await mkdir(join(path, ".."), { recursive: true });
  await Bun.write(path, text);
}

describe("pi is set up", () => {
  test("when it has an account, a key or a provider of its own", async () => {
    expect(await find("pi", undefined)).toBe("unknown");
    const env = { BRAVE_API_KEY: "b", PI_CODING_AGENT_DIR: home };
    expect(await find("pi", undefined, { env })).toBe("unknown");
    expect(await find("pi", undefined, { env: { ANTHROPIC_API_KEY: "a" } })).toBe("yes");
    await write("auth.json", '{"anthropic":{"type":"api_key"}}');
    expect(await find("pi", undefined, { env })).toBe("yes");
    expect(await find("pi", undefined)).toBe("unknown");
    await write(".pi/agent/models.json", "{}");
    expect(await find("pi", undefined)).toBe("yes");
  });

  test("not by the empty list of accounts that it leaves when it is asked for its version", async () => {
    for (const accounts of ["{}", "", "null"]) {
      await write(".pi/agent/auth.json", accounts);
      expect(await find("pi", undefined)).toBe("unknown");
    }
  });
});

describe("codex is logged in", () => {
  const no = { exitCode: 1, text: "Not logged in\n" };

  test("when it says so, or has a key that it does not count itself", async () => {
    expect(await find("codex", { exitCode: 0, text: "Logged in using ChatGPT" })).toBe("yes");
    expect(await find("codex", undefined, { env: { CODEX_API_KEY: "k" } })).toBe("yes");
    expect(await find("codex", no)).toBe("no");
  });

  test("perhaps, with a provider of its person's own, or when it says nothing of use", async () => {
    expect(await find("codex", null)).toBe("unknown");
    expect(await find("codex", { exitCode: 1, text: "panicked" })).toBe("unknown");
    await write(".codex/config.toml", 'model_provider = "ollama"\n');
    expect(await find("codex", no)).toBe("unknown");
    expect(await find("codex", no, { env: { CODEX_HOME: "/nonexistent" } })).toBe("no");
  });
});

describe("claude is logged in", () => {
  const yes = { exitCode: 0, text: '{"loggedIn": true, "authMethod": "api_key"}' };

  test("when it says so", async () => {
    expect(await find("claude", yes)).toBe("yes");
    expect(await find("claude", { exitCode: 1, text: '{"loggedIn": false}' })).toBe("no");
  });

  test("perhaps, when it is too old to be asked, or says nothing of use", async () => {
    for (const version of ["2.1.196", "2.0.200", "1.9.999", null]) {
      expect(await find("claude", undefined, { version })).toBe("unknown");
    }
    for (const version of ["2.1.197", "2.1.329", "2.2.0", "3.0.0"]) {
      expect(await find("claude", yes, { version })).toBe("yes");
    }
    expect(await find("claude", null)).toBe("unknown");
    expect(await find("claude", { exitCode: 0, text: "hello" })).toBe("unknown");
  });
});
