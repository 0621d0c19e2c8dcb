import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adoptKeys,
  ensureKeys,
  readSettings,
  SettingsError,
  storeSetting,
  storeSettings,
} from "../src/index.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "store-setting-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const read = (mode: "dev" | "start" = "dev") => readSettings({ env: { BUS_HOME: home }, mode });

test("a stored setting is what later processes read, and comments stay", () => {
  writeFileSync(join(home, "env"), "# mine\nVAULT_PATH=/notes\n", { mode: 0o600 });
  storeSetting(read(), "LOOP_PROJECTS", "/srv/my code:/srv/b");
  expect(read().loops.projects).toEqual(["/srv/my code", "/srv/b"]);
  expect(readFileSync(join(home, "env"), "utf8")).toStartWith("# mine\nVAULT_PATH=/notes\n");
});

test("keys that were made stay as they are, and the file is readable by its person only", () => {
  const { eventKey } = ensureKeys(read("start"));
  storeSetting(read(), "LOOP_PROJECTS", "/srv/a");
  expect(read("start").eventKey).toBe(eventKey);
  expect(statSync(join(home, "env")).mode & 0o077).toBe(0);
});

test("a settings file that can't be written is told with what to do", () => {
  writeFileSync(join(home, "file"), "");
  const settings = { settingsFile: join(home, "file", "env") };
  expect(() => storeSetting(settings, "LOOP_PROJECTS", "/srv/a")).toThrow(SettingsError);
  expect(() => storeSetting(settings, "LOOP_PROJECTS", "/srv/a")).toThrow(
    "set LOOP_PROJECTS there yourself",
  );
});

test("several settings are stored at once, and an empty one counts as not set", () => {
  storeSettings(
    read(),
    new Map([
      ["BUS_ENGINE", "embedded"],
      ["BUS_BRIDGE_HOST", "10.0.0.1"],
    ]),
  );
  expect(read("start")).toMatchObject({ engine: "embedded", bridgeHost: "10.0.0.1" });
  storeSettings(read(), new Map([["BUS_BRIDGE_HOST", ""]]));
  expect(read("start").bridgeHost).toBeUndefined();
});

describe("keys that were made elsewhere", () => {
  const keys = { eventKey: "from-elsewhere", signingKey: "ab".repeat(16) };

  test("are kept as if they had been made here", () => {
    adoptKeys(read(), keys);
    expect(read("start")).toMatchObject(keys);
    expect(ensureKeys(read("start"))).toMatchObject(keys);
    expect(statSync(join(home, "env")).mode & 0o077).toBe(0);
  });

  test("never replace one that is there, and one that is missing is made", () => {
    storeSetting(read(), "INNGEST_EVENT_KEY", "mine");
    adoptKeys(read(), { ...keys, signingKey: undefined });
    expect(read("start").eventKey).toBe("mine");
    expect(read("start").signingKey).toMatch(/^[0-9a-f]{64}$/);
  });
});
