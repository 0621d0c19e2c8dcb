import { describe, expect, test } from "bun:test";
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startEngine } from "@system-bus/engine";
import { appendLine, systemLogPath } from "@system-bus/system-log";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { database, readRefusedCount } from "./database.ts";
import { diskSpace } from "./disk-space.ts";
import { systemLog } from "./system-log.ts";
import { vaultFolder } from "./vault-folder.ts";

const isRoot = process.getuid?.() === 0;

describe("disks", () => {
  test("with room are well", async () => {
    await using bus = await PlantedBus.create();
    const { findings, well } = await bus.examine(diskSpace);
    expect(findings).toEqual([]);
    expect(well[0]?.said).toContain("for the data folder");
  });

  test("that are full are a fault, and nearly full ones a warning, with what needs the room", () => {
    const needs = { minBytes: 200e6, enoughBytes: 2_000e6, use: "downloads go there" };
    const place = (what: string, freeBytes: number) => ({ ...needs, what, path: "/x", freeBytes });
    const verdict = diskSpace.decide({
      mediaFolder: "/x/my media",
      places: [place("the data folder", 12e6), place("the vault", 900e6), place("tmp", 3_000e6)],
    });
    expect(verdict).toMatchObject({
      kind: "troubled",
      troubles: [
        {
          severity: "fault",
          problem: "12.0 MB are free for the data folder, /x, and 200 MB ought to be.",
          why: "downloads go there",
          cure: "du -sh '/x/my media'/*",
        },
        { severity: "warning", problem: expect.stringContaining("900 MB are free for the vault") },
      ],
    });
  });
});

describe("the vault", () => {
  const health = (problem: string | null) => ({ health: { vault: { path: "/v", problem } } });

  test("that the worker can write is well", async () => {
    await using bus = await PlantedBus.create();
    bus.worker(health(null));
    expect((await bus.examine(vaultFolder)).well).toHaveLength(1);
  });

  test("that is not there is a fault, whoever looks", async () => {
    await using bus = await PlantedBus.create();
    await rm(join(bus.home, "vault"), { recursive: true });
    expect((await bus.examine(vaultFolder)).findings).toMatchObject([
      { severity: "fault", cure: `mkdir -p ${bus.home}/vault` },
    ]);
  });

  test("that only the worker can't write is told by the worker, and on a Mac with what Apple forbids", async () => {
    await using bus = await PlantedBus.create();
    bus.worker(health("EPERM: operation not permitted"));
    expect((await bus.examine(vaultFolder, { platform: "linux" })).findings).toMatchObject([
      {
        severity: "fault",
        problem: `The worker can't use the vault ${bus.home}/vault: EPERM: operation not permitted — and this shell can.`,
        cure: `sudo chown -R "$USER" ${bus.home}/vault`,
      },
    ]);
    expect((await bus.examine(vaultFolder, { platform: "darwin" })).findings).toMatchObject([
      { cure: expect.stringContaining("Privacy_AllFiles") },
    ]);
  });

  test("is not called well by a shell: a daemon has other rights", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(vaultFolder)).unchecked).toHaveLength(1);
  });

  test.skipIf(isRoot)("that nobody may write is a fault without a worker, too", async () => {
    await using bus = await PlantedBus.create();
    await chmod(join(bus.home, "vault"), 0o500);
    expect((await bus.examine(vaultFolder)).findings).toHaveLength(1);
  });
});

describe("the system log", () => {
  const write = (bus: PlantedBus, timestamp: string) =>
    appendLine(systemLogPath(join(bus.home, "vault")), {
      ...{ timestamp, action: "note", tool: "test", detail: "hello" },
    });

  test("that is written, or has yet to begin, is well", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(systemLog)).well[0]?.said).toContain("no entry yet");
    write(bus, new Date().toISOString());
    expect((await bus.examine(systemLog)).well[0]?.said).toContain("last entry");
  });

  test("that has been silent for weeks is a warning", async () => {
    await using bus = await PlantedBus.create();
    write(bus, new Date(Date.now() - 25 * 86_400_000).toISOString());
    expect((await bus.examine(systemLog)).findings).toMatchObject([
      {
        severity: "warning",
        problem: expect.stringContaining("has been silent since"),
        cure: "igs runs --function system-logger",
      },
    ]);
  });

  test("in which a milestone has no line is stale: the worker knows", async () => {
    await using bus = await PlantedBus.create();
    const problem = "The system log /v/l is stale: a milestone has waited 7 minutes for its line";
    bus.worker({ health: { problems: [problem, "Not registered: no engine answers"] } });
    expect((await bus.examine(systemLog)).findings).toMatchObject([
      { severity: "fault", problem: `${problem}.` },
    ]);
  });

  test("that can't be read is a fault", async () => {
    await using bus = await PlantedBus.create();
    const file = systemLogPath(join(bus.home, "vault"));
    await mkdir(dirname(file));
    // A link to itself: nobody can read it, not even root.
    await symlink(file, file);
    expect((await bus.examine(systemLog)).findings).toMatchObject([
      { severity: "fault", cure: `ls -l ${file}` },
    ]);
  });
});

describe("the engine's database", () => {
  /** Of `igs dev`, which is what these settings say. */
  const folderOf = (bus: PlantedBus) => join(bus.home, "bus/dev");
  const fileOf = (bus: PlantedBus) => join(folderOf(bus), "engine.db");

  async function runOnce(bus: PlantedBus): Promise<void> {
    const engine = await startEngine({
      ...{ host: "127.0.0.1", port: 0, isDev: true, eventKeys: [] },
      storage: { kind: "directory", path: folderOf(bus) },
    });
    const body = JSON.stringify([...Array(200).keys()].map((n) => ({ name: "a/b", data: { n } })));
    await fetch(`${engine.url}/e/key`, { method: "POST", body });
    await engine.stop(0);
  }

  test("that is whole is well, and none is no fault", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(database)).unused).toHaveLength(1);
    await runOnce(bus);
    const { findings, well } = await bus.examine(database);
    expect(findings).toEqual([]);
    expect(well).toEqual([{ id: "database", said: fileOf(bus) }]);
  });

  test("that is damaged is a fault which leads to igs engine check", async () => {
    await using bus = await PlantedBus.create();
    await runOnce(bus);
    const bytes = new Uint8Array(await Bun.file(fileOf(bus)).arrayBuffer());
    bytes.fill(0x5a, 8_192, 40_960);
    await Bun.write(fileOf(bus), bytes);
    expect((await bus.examine(database)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringContaining("engine.db"),
        cure: "igs engine check",
        hint: expect.stringContaining("igs engine restore"),
      },
    ]);
  });

  test("that is none, or of a later release, is a fault", async () => {
    await using bus = await PlantedBus.create();
    await mkdir(dirname(fileOf(bus)), { recursive: true });
    await Bun.write(fileOf(bus), "this is a diary, not a database of SQLite".repeat(50));
    expect((await bus.examine(database)).findings).toMatchObject([{ cure: "igs engine check" }]);
  });

  test("of a running engine is asked for the writes that its disk refused", async () => {
    await using bus = await PlantedBus.create();
    const health = { status: 200, engine: "embedded", version: "0.1.0", isDev: true };
    let refusals = "";
    bus.engine(({ url }) =>
      url.endsWith("/metrics") ? new Response(refusals) : Response.json(health),
    );
    expect((await bus.examine(database)).well).toEqual([
      { id: "database", said: "no write was refused" },
    ]);
    refusals = "system_bus_engine_commits_refused_total 7\n";
    expect((await bus.examine(database)).findings).toMatchObject([
      {
        problem: "The engine's disk has refused 7 writes since its start.",
        cure: `df -h ${bus.home}/bus/dev`,
      },
    ]);
  });

  test("refusals are read as the real engine tells them", async () => {
    const engine = await startEngine({
      ...{ host: "127.0.0.1", port: 0, isDev: true, eventKeys: [] },
      storage: { kind: "memory" },
    });
    const metrics = await (await fetch(`${engine.url}/metrics`)).text();
    await engine.stop(0);
    expect(metrics).toMatch(/^system_bus_engine_commits_refused_total/m);
    expect(readRefusedCount(metrics)).toBe(0);
  });
});
