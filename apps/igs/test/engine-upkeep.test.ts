// Backup, restore, check and compact as commands, against engines that are processes of their own.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Processes } from "./processes.ts";

const KEYS = { INNGEST_EVENT_KEY: "event-key", INNGEST_SIGNING_KEY: "ab".repeat(32) };

let processes: Processes;
let folder: string;
let backup: string;
beforeEach(async () => {
  processes = await Processes.create();
  folder = join(processes.home, "state");
  backup = join(processes.home, "backup.db");
});
afterEach(() => processes.end());

const upkeep = (command: string, ...args: readonly string[]) =>
  processes.igs(["engine", command, ...args, "--data", folder]);

async function startEngine(): Promise<string> {
  const url = await processes.startEngine(["--data", folder]);
  processes.setEnv("INNGEST_BASE_URL", url);
  return url;
}

async function countEvents(): Promise<number> {
  const { envelope } = await processes.igs(["events"]);
  return (envelope.result as { events: readonly unknown[] }).events.length;
}

describe("with the engine running", () => {
  beforeEach(async () => {
    await startEngine();
    await processes.igs(["send", "demo/go"]);
  });

  test("a backup is made, which can be checked and restored", async () => {
    const made = await upkeep("backup", backup);
    expect(made.exitCode).toBe(0);
    expect(made.envelope).toMatchObject({
      ok: true,
      command: "engine backup",
      result: { file: backup, from: expect.stringContaining("http"), findings: [] },
    });
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const checked = await processes.igs(["engine", "check", "--file", backup]);
    expect(checked.exitCode).toBe(0);

    await processes.igs(["send", "demo/go"]);
    expect(await countEvents()).toBe(2);
    await processes.stopEngine();
    const restored = await upkeep("restore", backup);
    expect(restored.envelope).toMatchObject({
      ok: true,
      result: { keptAs: expect.stringContaining("engine.db.replaced-") },
    });
    await startEngine();
    expect(await countEvents()).toBe(1);
  }, 30_000);

  test("a file that is there is left alone, unless --force says otherwise", async () => {
    await writeFile(backup, "mine");
    const refused = await upkeep("backup", backup);
    expect(refused.exitCode).toBe(1);
    expect(refused.envelope).toMatchObject({
      error: { code: "invalid", message: expect.stringContaining("is there already") },
      fix: expect.stringContaining("--force"),
    });
    expect(await readFile(backup, "utf8")).toBe("mine");
    expect((await upkeep("backup", backup, "--force")).exitCode).toBe(0);
    expect((await readdir(processes.home)).filter((name) => name.includes(".part-"))).toEqual([]);
  }, 20_000);

  test("check and restore meet its lock with a sentence and 3, and change nothing", async () => {
    await upkeep("backup", backup);
    for (const args of [["check"], ["check", "--repair"], ["restore", backup]]) {
      const [command = "", ...rest] = args;
      const { exitCode, envelope } = await upkeep(command, ...rest);
      expect(exitCode).toBe(3);
      expect(envelope).toMatchObject({
        error: { code: "unavailable", message: expect.stringContaining("Another engine uses") },
        fix: expect.stringContaining("Stop the other engine"),
      });
    }
    expect(await countEvents()).toBe(1);
  }, 30_000);

  test("it is compacted while it goes on", async () => {
    const { exitCode, envelope } = await upkeep("compact");
    expect(exitCode).toBe(0);
    expect(envelope.result).toMatchObject({ isStopped: false, givesBack: true });
  });

  test("another engine's database is not taken for that of the folder", async () => {
    const other = await processes.startEngine(["--data", join(processes.home, "other")]);
    processes.setEnv("INNGEST_BASE_URL", other);
    const { exitCode, envelope } = await upkeep("backup", backup);
    expect(exitCode).toBe(3);
    expect(envelope).toMatchObject({
      error: { message: expect.stringMatching(/An engine uses .*state, but .* in .*other/) },
    });
    expect(await readdir(processes.home)).not.toContain("backup.db");
  }, 20_000);
});

test("the key of an engine that has one is asked for", async () => {
  const { firstLine } = await processes.startIgs(["engine", "--port", "0", "--data", folder], KEYS);
  const { url } = JSON.parse(firstLine).result;
  processes.setEnv("INNGEST_BASE_URL", url);
  const strange = await upkeep("backup", backup);
  expect(strange.exitCode).toBe(1);
  expect(strange.envelope).toMatchObject({ error: { code: "unauthorized" } });
  const known = await processes.igs(["engine", "backup", backup, "--data", folder], KEYS);
  expect(known.exitCode).toBe(0);
}, 20_000);

test("an engine in memory has nothing to back up", async () => {
  const url = await processes.startEngine();
  const { exitCode, envelope } = await processes.igs([
    ...["engine", "backup", backup, "--engine-url", url],
  ]);
  expect(exitCode).toBe(1);
  expect(envelope).toMatchObject({
    error: { code: "invalid", message: expect.stringContaining("in memory only") },
  });
});

describe("with the engine stopped", () => {
  beforeEach(async () => {
    await startEngine();
    await processes.igs(["send", "demo/go"]);
    await processes.stopEngine();
  });

  test("a backup is read from the folder", async () => {
    const { envelope } = await upkeep("backup", backup);
    expect(envelope).toMatchObject({ ok: true, result: { from: folder } });
  });

  test("check finds nothing, and compact says how large the file was and is", async () => {
    expect((await upkeep("check")).envelope).toMatchObject({
      ok: true,
      result: { findings: [], repairs: [] },
    });
    expect((await upkeep("compact")).envelope).toMatchObject({
      ok: true,
      result: { isStopped: true, before: { fileBytes: expect.any(Number) } },
    });
  });

  test("what is wrong ends with 1, its meaning and its rows; --repair puts it right", async () => {
    const db = new Database(join(folder, "engine.db"));
    db.exec("INSERT INTO queue_items VALUES ('stray', 'none', 'discovery', '', 0, 0, 0, NULL)");
    db.close();
    const found = await upkeep("check");
    expect(found.exitCode).toBe(1);
    expect(found.envelope).toMatchObject({
      ok: false,
      error: { code: "unhealthy" },
      fix: expect.stringContaining("--repair"),
      result: { findings: [{ rule: "queue-item-orphaned", ids: ["stray"] }] },
    });
    const repaired = await upkeep("check", "--repair");
    expect(repaired.exitCode).toBe(0);
    expect(repaired.envelope.result).toMatchObject({
      findings: [],
      repairs: [{ rule: "queue-item-orphaned", count: 1 }],
    });
  }, 20_000);

  test("a damaged database keeps the engine from starting, with the way out", async () => {
    await upkeep("backup", backup);
    await writeFile(join(folder, "engine.db"), "x".repeat(100_000));
    const started = await processes.igs(["engine", "--dev", "--port", "0", "--data", folder]);
    expect(started.exitCode).toBe(1);
    expect(started.envelope).toMatchObject({
      error: { code: "unhealthy", message: expect.stringContaining("is damaged") },
      fix: expect.stringContaining("igs engine restore"),
    });
    expect((await upkeep("check")).exitCode).toBe(1);
    expect((await upkeep("restore", backup)).exitCode).toBe(0);
    await startEngine();
    expect(await countEvents()).toBe(1);
  }, 30_000);
});

test("a folder without a database is named", async () => {
  for (const args of [["check"], ["compact"], ["backup", backup]]) {
    const [command = "", ...rest] = args;
    const { exitCode, envelope } = await upkeep(command, ...rest);
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      error: { code: "not-found", message: expect.stringContaining(folder) },
    });
  }
});
