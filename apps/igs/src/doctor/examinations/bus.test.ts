import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { clockSkew } from "./clock-skew.ts";
import { database } from "./database.ts";
import { engineAnswers } from "./engine-answers.ts";
import { keys } from "./keys.ts";
import { mode } from "./mode.ts";
import { ports } from "./ports.ts";
import { registration } from "./registration.ts";
import { stepOutput } from "./step-output.ts";
import { workerAnswers } from "./worker-answers.ts";

const KEY = "ab".repeat(32);
const OTHER_KEY = "cd".repeat(32);

const engines: RunningEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop(0);
});

/** The real embedded engine at the port that the settings name. */
async function startAt(bus: PlantedBus, keysOf: { signingKey: string; eventKey: string } | null) {
  engines.push(
    await startEngine({
      host: "127.0.0.1",
      port: Number(bus.env["BUS_ENGINE_PORT"]),
      storage: { kind: "memory" },
      isDev: keysOf === null,
      eventKeys: keysOf === null ? [] : [keysOf.eventKey],
      ...(keysOf === null ? {} : { signingKey: keysOf.signingKey }),
    }),
  );
}

const registered = (check: unknown, state: unknown = { kind: "registered", at: "" }) => ({
  examined: { registration: { state, check } },
});

describe("engine and worker", () => {
  test("that answer are well, and are named", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker();
    expect((await bus.examine(engineAnswers)).well[0]?.said).toMatch(/^embedded engine \d/);
    expect((await bus.examine(workerAnswers)).well[0]?.said).toBe(
      `11 functions at ${bus.workerUrl}`,
    );
  });

  test("that are down are faults, with the command that starts them", async () => {
    await using bus = await PlantedBus.create();
    for (const examination of [engineAnswers, workerAnswers]) {
      expect((await bus.examine(examination)).findings).toMatchObject([
        { severity: "fault", cure: "igs start" },
      ]);
    }
  });
});

describe("ports", () => {
  test("that are free, or have their own parts, are well", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(ports)).well[0]?.said).toBe(
      `${bus.env["BUS_ENGINE_PORT"]} is free, ${bus.env["BUS_WORKER_PORT"]} is free`,
    );
    await startAt(bus, null);
    bus.worker();
    expect((await bus.examine(ports)).well[0]?.said).toContain("is the engine's");
  });

  test("that another program has are told with its name and pid", async () => {
    await using bus = await PlantedBus.create();
    bus.engine(() => new Response("a blog"));
    const port = Number(bus.env["BUS_WORKER_PORT"]);
    // Something that does not even speak HTTP.
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port,
      socket: { data() {}, open: (s) => void s.end() },
    });
    const { findings } = await bus.examine(ports);
    listener.stop(true);
    const enginePort = Number(bus.env["BUS_ENGINE_PORT"]);
    expect(findings).toMatchObject([
      { severity: "fault", cure: `igs start --engine-port ${enginePort + 1}` },
      { severity: "fault", cure: `igs start --worker-port ${port + 1}` },
    ]);
    if (!Bun.which("lsof") && !Bun.which("ss")) return;
    expect(findings[0]?.problem).toContain(`pid ${process.pid}`);
    expect(findings[1]?.hint).toContain(`kill ${process.pid}`);
    expect((await bus.examine(engineAnswers)).findings).toMatchObject([
      { problem: expect.stringContaining("is no engine"), cure: "igs doctor ports" },
    ]);
  });
});

describe("keys", () => {
  const set = (bus: PlantedBus, signingKey: string, eventKey: string) =>
    bus.setting(`INNGEST_SIGNING_KEY=${signingKey}\nINNGEST_EVENT_KEY=${eventKey}`);

  test("that the engine takes are well", async () => {
    await using bus = await PlantedBus.create();
    await set(bus, KEY, "event-key");
    await startAt(bus, { signingKey: KEY, eventKey: "event-key" });
    expect((await bus.examine(keys)).well).toHaveLength(1);
  });

  test("are not asked for in development", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    expect((await bus.examine(keys)).well).toHaveLength(1);
  });

  test("that it refuses are told each, with where they stand and never themselves", async () => {
    await using bus = await PlantedBus.create();
    await set(bus, OTHER_KEY, "other-event-key");
    await startAt(bus, { signingKey: KEY, eventKey: "event-key" });
    const { findings } = await bus.examine(keys);
    expect(findings).toMatchObject([
      {
        problem: expect.stringMatching(/401 to the INNGEST_SIGNING_KEY of .*\/bus\/env/),
        cure: "igs start",
      },
      {
        problem: expect.stringMatching(/401 to the INNGEST_EVENT_KEY of .*\/bus\/env/),
        cure: "igs start",
      },
    ]);
    for (const key of [KEY, OTHER_KEY, "event-key."])
      expect(JSON.stringify(findings)).not.toContain(key);
  });

  test("of the environment hide those of the file", async () => {
    await using bus = await PlantedBus.create();
    await set(bus, KEY, "event-key");
    bus.env["INNGEST_SIGNING_KEY"] = OTHER_KEY;
    await startAt(bus, { signingKey: KEY, eventKey: "event-key" });
    expect((await bus.examine(keys)).findings).toMatchObject([
      { problem: expect.stringContaining("of environment"), cure: "unset INNGEST_SIGNING_KEY" },
    ]);
  });

  test("of engine and worker that disagree are told by the worker's refusal", async () => {
    await using bus = await PlantedBus.create();
    await set(bus, KEY, "event-key");
    await startAt(bus, { signingKey: KEY, eventKey: "event-key" });
    const problem = "the engine on … refuses this worker's functions: Authentication failed";
    const refused = registered(
      { kind: "drifted", reason: "the engine answers 401" },
      { kind: "refused", problem },
    );
    bus.worker({ ...refused, place: { mode: "start", isDev: false } });
    expect((await bus.examine(keys)).findings).toMatchObject([
      { problem: expect.stringContaining("Engine and worker have different signing keys") },
    ]);
    expect((await bus.examine(registration)).unchecked[0]?.reason).toContain("igs doctor keys");
  });

  test("are not checked without an engine", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(keys)).unchecked[0]?.reason).toContain("no engine answers");
  });
});

describe("modes", () => {
  test("that fit are well: development with development", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker();
    expect((await bus.examine(mode)).well[0]?.said).toStartWith("dev mode");
  });

  test("a worker for development at an engine for production, and the other way round", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting(`INNGEST_SIGNING_KEY=${KEY}\nINNGEST_EVENT_KEY=k`);
    await startAt(bus, { signingKey: KEY, eventKey: "k" });
    bus.worker();
    expect((await bus.examine(mode)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringMatching(
          /worker \(pid \d+\) runs for development, the engine .* for production/,
        ),
        cure: "igs start",
      },
    ]);
    await using other = await PlantedBus.create();
    await startAt(other, null);
    other.worker({ place: { mode: "start", isDev: false } });
    expect((await other.examine(mode)).findings).toMatchObject([
      { problem: expect.stringContaining("runs for production"), cure: "igs dev" },
    ]);
  });

  test("a real dev server is told by its /dev, one in production has none", async () => {
    const health = { status: 200, message: "OK" };
    await using bus = await PlantedBus.create();
    bus.engine(({ url }) =>
      url.endsWith("/health") ? Response.json(health) : Response.json({ version: "1.45.1-abc" }),
    );
    bus.worker({ place: { mode: "start", isDev: false } });
    expect((await bus.examine(mode)).findings).toHaveLength(1);
    await using other = await PlantedBus.create();
    other.engine(({ url }) =>
      url.endsWith("/health") ? Response.json(health) : new Response("", { status: 404 }),
    );
    other.worker({ place: { mode: "start", isDev: false } });
    expect((await other.examine(mode)).well).toHaveLength(1);
  });

  test("a worker that speaks to another engine, or to the cloud", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker({ place: { engineUrl: "http://127.0.0.1:9" } });
    expect((await bus.examine(mode)).findings).toMatchObject([
      { severity: "fault", cure: "INNGEST_BASE_URL=http://127.0.0.1:9 igs doctor" },
    ]);
    await using other = await PlantedBus.create();
    await startAt(other, null);
    other.worker({ place: { engineUrl: "https://api.inngest.com" } });
    expect((await other.examine(mode)).findings).toMatchObject([
      { problem: "The worker speaks to Inngest's cloud, https://api.inngest.com." },
    ]);
  });

  test("INNGEST_DEV beside keys of the environment, and left over in production", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.env["INNGEST_DEV"] = "1";
    expect((await bus.examine(mode)).findings).toEqual([]);
    bus.env["INNGEST_SIGNING_KEY"] = KEY;
    expect((await bus.examine(mode)).findings).toMatchObject([
      {
        severity: "warning",
        problem: expect.stringContaining("both set"),
        cure: "unset INNGEST_DEV",
      },
    ]);
    bus.worker({ place: { mode: "start" } });
    expect((await bus.examine(mode)).findings).toMatchObject([
      { severity: "warning", problem: expect.stringContaining("runs for production") },
    ]);
    bus.env["INNGEST_DEV"] = "0";
    expect(JSON.stringify((await bus.examine(mode)).findings)).not.toContain("INNGEST_DEV");
  });

  test("without anything that runs are not checked", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(mode)).unchecked).toHaveLength(1);
  });
});

describe("registration", () => {
  test("as coded is well", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker(registered({ kind: "as-coded" }));
    expect((await bus.examine(registration)).well).toEqual([
      { id: "registration", said: "11 functions" },
    ]);
  });

  test("that drifted, or was refused, is a fault with the command that registers", async () => {
    for (const [state, check, words] of [
      [
        { kind: "registered" },
        { kind: "drifted", reason: "heartbeat has other triggers" },
        "heartbeat has other triggers",
      ],
      [
        { kind: "refused", problem: "two triggers are alike" },
        { kind: "as-coded" },
        "two triggers are alike",
      ],
    ] as const) {
      await using bus = await PlantedBus.create();
      await startAt(bus, null);
      bus.worker(registered(check, state));
      expect((await bus.examine(registration)).findings).toMatchObject([
        {
          severity: "fault",
          problem: expect.stringContaining(words),
          cure: `curl -X PUT ${bus.workerUrl}/api/inngest`,
        },
      ]);
    }
  });

  test("of a function that the engine can't start is a fault", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker(registered({ kind: "as-coded" }));
    const scene = await bus.scene();
    const { api, ...connection } = scene.connection();
    const broken = {
      id: "sum",
      name: "sum",
      app: { id: "a" },
      triggers: [],
      problem: "its `if` has no end",
    };
    const planted = { ...connection, api: { ...api, listFunctions: async () => [broken] } };
    expect((await bus.examine(registration, { connection: () => planted })).findings).toMatchObject(
      [{ problem: "The engine can't start sum: its `if` has no end.", cure: "igs functions" }],
    );
  });

  test("is not checked without worker or engine", async () => {
    await using bus = await PlantedBus.create();
    expect((await bus.examine(registration)).unchecked).toHaveLength(1);
    const problem = "no engine answers";
    bus.worker(registered({ kind: "engine-down", problem }, { kind: "engine-down", problem }));
    expect((await bus.examine(registration)).unchecked[0]?.reason).toBe(
      "the worker finds no engine",
    );
  });

  test("is not checked before the worker has registered for the first time", async () => {
    await using bus = await PlantedBus.create();
    await startAt(bus, null);
    bus.worker(registered({ kind: "drifted", reason: "404" }, { kind: "starting" }));
    expect((await bus.examine(registration)).unchecked[0]?.reason).toContain("only just started");
  });
});

test("a real Inngest server is asked by its documented API only", async () => {
  await using bus = await PlantedBus.create();
  await bus.setting(`INNGEST_SIGNING_KEY=${KEY}\nINNGEST_EVENT_KEY=k`);
  const asked = new Set<string>();
  const page = { data: [], metadata: {}, page: { hasMore: false } };
  bus.engine(({ method, url }) => {
    const { pathname } = new URL(url);
    asked.add(`${method} ${pathname}`);
    if (pathname === "/health") return Response.json({ status: 200, message: "OK" });
    if (pathname === "/e/k") return Response.json({ ids: [], status: 200 });
    return pathname.startsWith("/api/v2/")
      ? Response.json(page)
      : new Response("404 page not found", { status: 404 });
  });
  expect((await bus.examine(keys)).well).toHaveLength(1);
  expect((await bus.examine(stepOutput)).well).toHaveLength(1);
  expect((await bus.examine(clockSkew)).well).toHaveLength(1);
  expect((await bus.examine(database)).unused).toEqual([
    { id: "database", said: "Inngest's server keeps its own" },
  ]);
  expect([...asked].toSorted()).toEqual([
    "GET /api/v2/apps",
    "GET /api/v2/runs",
    "GET /dev",
    "GET /health",
    "POST /e/k",
  ]);
});

test("no examination of a bus writes into its home", async () => {
  await using bus = await PlantedBus.create();
  const examinations = [ports, engineAnswers, workerAnswers, keys, mode, registration, clockSkew];
  for (const examination of examinations) await bus.examine(examination);
  expect(await Array.fromAsync(new Bun.Glob("**/*").scan(join(bus.home, "bus")))).toEqual([]);
});
