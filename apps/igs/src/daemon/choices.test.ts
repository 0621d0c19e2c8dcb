// The choices of an install that need nothing but what is given to them.

import { describe, expect, test } from "bun:test";
import type { SettingValue } from "@system-bus/settings";
import { readPasswd } from "./account.ts";
import { findEnvironmentDrift } from "./adopt-environment.ts";
import { chooseDaemonPath, type PathFacts } from "./daemon-path.ts";
import { decideChange, isOutdated } from "./install-daemon.ts";
import { chooseBunPath } from "./stable-bun.ts";
import { readElapsed } from "./started-at.ts";
import { sudoCommand } from "./sudo-command.ts";
import { findUnseenVariables } from "./unseen-variables.ts";

describe("the daemon's PATH", () => {
  const HOMEBREW = "/opt/homebrew/bin";
  const NVM = "/home/ada/.nvm/versions/node/v24/bin";

  function choose(
    programs: Readonly<Record<string, readonly string[]>>,
    facts: Partial<PathFacts>,
  ) {
    return chooseDaemonPath({
      home: "/home/ada",
      terminalPath: undefined,
      installedPath: null,
      hasProgram: (folder, program) => programs[folder]?.includes(program) ?? false,
      isFolder: () => true,
      ...facts,
    });
  }

  test("has the usual places, whatever the terminal's is", () => {
    expect(choose({}, { terminalPath: "/somewhere:/usr/bin" })).toEqual({
      path: `/home/ada/.local/bin:/home/ada/.bun/bin:${HOMEBREW}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      gained: [],
    });
  });

  test("gains the folders that alone have a program for the bus, with all that it takes from there", () => {
    const programs = { [NVM]: ["codex", "node"], "/usr/bin": ["node", "git"], "/x": ["git"] };
    const chosen = choose(programs, { terminalPath: `${NVM}:/x:/usr/bin` });
    expect(chosen.path).toStartWith(`${NVM}:/home/ada/.local/bin:`);
    expect(chosen.gained).toEqual([{ folder: NVM, programs: ["codex"] }]);
  });

  test("keeps what it has gained when one installs from another terminal, while that is there", () => {
    const { path: installedPath } = choose({ [NVM]: ["codex"] }, { terminalPath: NVM });
    const again = { terminalPath: "/usr/bin", installedPath };
    expect(choose({ [NVM]: ["codex"] }, again)).toEqual({ path: installedPath, gained: [] });
    expect(choose({}, { ...again, isFolder: () => false }).path).not.toContain(NVM);
  });

  test("takes no folder of a project, and none that depends on where one stands", () => {
    const project = "/home/ada/code/node_modules/.bin";
    const programs = { [project]: ["pi"], "./bin": ["pi"] };
    expect(choose(programs, { terminalPath: `${project}:./bin:` }).gained).toEqual([]);
  });
});

describe("the path of Bun", () => {
  const choose = (links: Readonly<Record<string, string>>, execPath: string) =>
    chooseBunPath({ execPath, home: "/Users/ada", resolve: (path) => links[path] ?? null });

  test("is the link that an upgrade keeps", () => {
    const cellar = "/opt/homebrew/Cellar/bun/1.4.5/bin/bun";
    const links = { [cellar]: cellar, "/opt/homebrew/bin/bun": cellar };
    expect(choose(links, cellar)).toBe("/opt/homebrew/bin/bun");
  });

  test("is the file itself where no usual link leads to it", () => {
    const other = { "/x/bun": "/x/bun", "/usr/local/bin/bun": "/an/older/bun" };
    expect(choose(other, "/x/bun")).toBe("/x/bun");
  });
});

describe("settings that only the terminal has", () => {
  const value = (name: string, source: SettingValue["source"]): SettingValue => ({
    ...{ name, source, value: "x", from: undefined, isSecret: false },
  });

  test("are missing, or differ from what the file says; defaults and places are neither", () => {
    const drift = findEnvironmentDrift({
      here: [
        value("VAULT_PATH", "environment"),
        value("BUS_ENGINE", "environment"),
        value("BUS_KEEP_DAYS", "environment"),
        value("BUS_HOME", "environment"),
        value("NODE_ENV", "environment"),
        value("BUS_HOST", "default"),
      ],
      daemon: [value("VAULT_PATH", "default"), value("BUS_ENGINE", "file")],
      isSame: (name) => name === "BUS_KEEP_DAYS",
    });
    expect(drift).toEqual({ missing: ["VAULT_PATH"], different: ["BUS_ENGINE"] });
  });
});

test("an install does what is left to do", () => {
  const done = { isNew: false, isSame: true, isRunning: true, isOutdated: false };
  expect(decideChange({ ...done, isNew: true, isSame: false, isRunning: false })).toBe("installed");
  expect(decideChange({ ...done, isSame: false })).toBe("replaced");
  expect(decideChange({ ...done, isRunning: false })).toBe("started");
  expect(decideChange({ ...done, isOutdated: true })).toBe("restarted");
  expect(decideChange(done)).toBe("none");
});

test("a process that began before its unit or its settings were changed is outdated", () => {
  const moments = { startedAtMs: 100_000, unitAtMs: 99_000, settingsAtMs: 101_000 };
  expect(isOutdated(moments)).toBe(false);
  expect(isOutdated({ ...moments, unitAtMs: 100_001 })).toBe(true);
  // The keys are made by the first start itself.
  expect(isOutdated({ ...moments, settingsAtMs: 109_000 })).toBe(false);
  expect(isOutdated({ ...moments, settingsAtMs: 111_000 })).toBe(true);
});

test("a line of passwd is read in Linux' form and in the BSDs'", () => {
  expect(readPasswd("ada:x:1000:1001:Ada,,,:/home/ada:/bin/bash\n")).toEqual({
    ...{ name: "ada", uid: 1000, gid: 1001, home: "/home/ada" },
  });
  expect(readPasswd("ada:********:501:20::0:0:Ada L:/Users/ada:/bin/zsh\n")).toEqual({
    ...{ name: "ada", uid: 501, gid: 20, home: "/Users/ada" },
  });
  expect(readPasswd("id: ada: no such user")).toBeNull();
});

test("a process's age is read in all forms of ps", () => {
  expect(readElapsed("00:07")).toBe(7);
  expect(readElapsed("02:03:04")).toBe(7_384);
  expect(readElapsed("11-02:03:04")).toBe(957_784);
  expect(readElapsed("")).toBeNull();
});

test("a command for root can be pasted, whatever the folders are called", () => {
  const argv = ["/b/bun", "--no-env-file", "/my bus/it's/main.ts", "daemon"];
  expect(sudoCommand(argv, {})).toBe("sudo /b/bun --no-env-file '/my bus/it'\\''s/main.ts' daemon");
  expect(sudoCommand(["/b/bun"], { BUS_HOME: "/x y", HOME: "/h" })).toBe(
    "sudo env 'BUS_HOME=/x y' /b/bun",
  );
});

test("what agents and the network would miss is named, never with its value", () => {
  const env = {
    ANTHROPIC_API_KEY: "sk-1",
    HTTPS_PROXY: "http://p",
    OPENAI_API_KEY: "",
    EDITOR: "vi",
  };
  expect(findUnseenVariables(env)).toEqual(["ANTHROPIC_API_KEY", "HTTPS_PROXY"]);
});
