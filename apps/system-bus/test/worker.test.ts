// The worker as a whole, without an engine: its pages, its guard, its start and its end.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@system-bus/settings";
import { createWorker, type Worker } from "../src/index.ts";
import { createLogger } from "../src/logger.ts";

setDefaultTimeout(20_000);

let home = "";
let worker: Worker;
let lines: string[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "worker-"));
  lines = [];
  worker = create();
});
afterEach(async () => {
  await worker.stop(1_000);
  await rm(home, { recursive: true });
});

function create(more: Record<string, string> = {}, mode: "dev" | "start" = "dev"): Worker {
  const env = {
    PATH: process.env["PATH"],
    BUS_HOME: join(home, "bus"),
    VAULT_PATH: join(home, "vault"),
    BUS_WORKER_PORT: "0",
    INNGEST_BASE_URL: "http://127.0.0.1:1",
    ...more,
  };
  const settings = readSettings({ env, home, mode });
  return createWorker(settings, {
    env,
    home,
    logger: createLogger("info", (line) => lines.push(line)),
  });
}

const get = (path: string, headers: Record<string, string> = {}) =>
  worker.fetch(new Request(`http://127.0.0.1:3111${path}`, { headers }));
const getJson = async (path: string): Promise<unknown> => (await get(path)).json();

test("says that it runs, and how many functions it has", async () => {
  expect(await getJson("/")).toEqual({ status: "running", functions: 16 });
  expect(worker.functions.map((fn) => fn.id())).toEqual([
    "video-download",
    "transcript-process",
    "content-summarize",
    "system-logger",
    "program-stop",
    "heartbeat",
    "trigger-audit",
    "function-health",
    "notify",
    "system-verify",
    "agent-loop-plan",
    "agent-loop-implement",
    "agent-loop-review",
    "agent-loop-judge",
    "agent-loop-complete",
    "agent-loop-retro",
  ]);
});

test("has the concurrency and the retries that its table of functions promises", () => {
  const perProject = { key: "event.data.project", limit: 1 };
  const table = worker.functions.map((fn) => [
    fn.id(),
    fn.opts.concurrency ?? null,
    fn.opts.retries,
  ]);
  expect(table).toEqual([
    ["video-download", { limit: 1 }, 2],
    ["transcript-process", { limit: 1 }, 2],
    ["content-summarize", { limit: 1 }, 2],
    ["system-logger", null, 4],
    ["program-stop", null, 4],
    ["heartbeat", null, 2],
    ["trigger-audit", { limit: 1 }, 2],
    ["function-health", { limit: 1 }, 2],
    ["notify", { limit: 5 }, 4],
    ["system-verify", null, 4],
    ["agent-loop-plan", perProject, 2],
    ["agent-loop-implement", perProject, 2],
    ["agent-loop-review", perProject, 2],
    ["agent-loop-judge", perProject, 2],
    ["agent-loop-complete", perProject, 2],
    ["agent-loop-retro", [perProject, { limit: 1 }], 2],
  ]);
});

test("no function has more triggers than Inngest takes", () => {
  const counts = worker.functions.map((fn) => fn.opts.triggers?.length ?? 0);
  expect(Math.max(...counts)).toBeLessThanOrEqual(10);
});

test("health names the engine that is not there, and stays 200: the worker itself is well", async () => {
  await worker.start();
  await until(async () =>
    JSON.stringify(await getJson("/health")).includes('"kind":"engine-down"'),
  );
  const response = await get("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "degraded",
    problems: [
      {
        message: expect.stringContaining(
          'no engine answers on http://127.0.0.1:1: start one with "igs dev"',
        ),
      },
    ],
    vault: { path: join(home, "vault"), problem: null },
    functions: worker.functions.map((fn) => fn.id()),
  });
  // It is said once in the log, not at each try.
  expect(lines.filter((line) => line.includes("engine-down"))).toHaveLength(1);
});

test("metrics are what Prometheus reads", async () => {
  await get("/api/inngest");
  const response = await get("/metrics");
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const text = await response.text();
  expect(text).toContain('system_bus_calls_total{method="GET",status="200"} 1');
  expect(text).toContain("system_bus_functions 16");
  expect(text).toContain("system_bus_registered 0");
  expect(text).toContain('system_bus_programs{state="running"} 0');
  expect(text).toContain("process_resident_memory_bytes");
});

test("programs are a list, empty at first", async () => {
  expect(await getJson("/programs")).toEqual({ programs: [] });
});

test("the SDK answers on its path, with the functions and their failure handlers", async () => {
  expect(await getJson("/api/inngest")).toMatchObject({ function_count: 29, mode: "dev" });
});

describe("a browser", () => {
  const fetchSite = { "sec-fetch-site": "cross-site" };
  test.each([
    ["of another site", "http://127.0.0.1:3111/programs", { origin: "https://evil.example" }],
    [
      "of another site under a name that leads here",
      "http://evil.example:3111/programs",
      fetchSite,
    ],
    ["without a site", "http://127.0.0.1:3111/programs", { origin: "null" }],
  ])("%s is refused", async (_, url, headers) => {
    for (const method of ["GET", "POST"]) {
      const response = await worker.fetch(new Request(url, { method, headers }));
      expect(response.status).toBe(403);
    }
  });

  test("on this machine's own page is answered, and so is every program", async () => {
    expect((await get("/", { origin: "http://localhost:8288" })).status).toBe(200);
    expect((await get("/", { "sec-fetch-site": "none" })).status).toBe(200);
    const asContainer = new Request("http://host.docker.internal:3111/");
    expect((await worker.fetch(asContainer)).status).toBe(200);
  });
});

describe("beyond loopback", () => {
  test("nothing is answered in dev mode, in which calls are not signed", async () => {
    const open = create({ BUS_HOST: "0.0.0.0" });
    await expect(open.start()).rejects.toThrow("BUS_HOST is 0.0.0.0, and in dev mode");
    await open.stop(0);
  });

  // A second address of loopback stands for Docker's network; a Mac has none.
  test.skipIf(process.platform === "darwin")(
    "an engine in a container gets the functions, signed, and nothing else",
    async () => {
      const keys = { INNGEST_SIGNING_KEY: "ab".repeat(32), INNGEST_EVENT_KEY: "cd".repeat(16) };
      const bridged = create({ ...keys, BUS_BRIDGE_HOST: "127.0.0.2" }, "start");
      const { port } = await bridged.start();
      const ask = (path: string, method = "GET") =>
        fetch(`http://127.0.0.2:${port}${path}`, { method }).then(({ status }) => status);
      expect(await ask("/api/inngest?fnId=system-bus-system-logger&stepId=step", "POST")).toBe(401);
      for (const path of ["/", "/health", "/metrics", "/programs", "/examine/place"]) {
        expect([path, await ask(path)]).toEqual([path, 404]);
      }
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
      await bridged.stop(1_000);
    },
  );
});

describe("start and stop", () => {
  test("it listens where it says, and no longer after it was stopped", async () => {
    const { url } = await worker.start();
    expect(await (await fetch(`${url}/`)).json()).toMatchObject({ status: "running" });
    await worker.stop();
    expect(await fetch(`${url}/`).catch(() => "refused")).toBe("refused");
  });

  test("a port that is taken is an error", async () => {
    const { port } = await worker.start();
    const second = create({ BUS_WORKER_PORT: String(port) });
    expect(await second.start().catch((error: unknown) => String(error))).toContain(
      `Is port ${port} in use?`,
    );
    await second.stop();
  });

  test("as a process of its own it says what is wrong with its settings, all at once", async () => {
    const child = spawnServe({ BUS_WORKER_PORT: "abc", TRANSCRIPT_ORDER: "guess" });
    const said = await new Response(child.stderr).text();
    expect(await child.exited).toBe(1);
    expect(said).toContain("BUS_WORKER_PORT");
    expect(said).toContain("TRANSCRIPT_ORDER");
  });

  test("as a process of its own it ends well on SIGTERM", async () => {
    const child = spawnServe({});
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toContain("System Bus worker on http://127.0.0.1:");
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });
});

test("no password of an address reaches the log", () => {
  const logger = createLogger("info", (line) => lines.push(line));
  logger.info(
    { url: "http://ada:s3cret@home.example/x" },
    "fetching http://ada:s3cret@home.example/x",
  );
  expect(lines.join("")).not.toContain("s3cret");
  expect(lines.join("")).toContain("http://home.example/x");
});

function spawnServe(more: Record<string, string>) {
  return Bun.spawn([process.execPath, "--no-env-file", join(import.meta.dir, "../src/serve.ts")], {
    cwd: home,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      BUS_HOME: join(home, "bus"),
      VAULT_PATH: join(home, "vault"),
      BUS_WORKER_PORT: "0",
      INNGEST_BASE_URL: "http://127.0.0.1:1",
      INNGEST_DEV: "1",
      ...more,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(10);
}
