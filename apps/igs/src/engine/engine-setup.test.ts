import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "@system-bus/settings";
import type { EngineFlags } from "./engine-flags.ts";
import { readEngineSetup } from "./engine-setup.ts";

const KEYS = { INNGEST_EVENT_KEY: "event-key", INNGEST_SIGNING_KEY: "ab".repeat(32) };

function setup(flags: EngineFlags, env: Record<string, string> = {}, host?: string) {
  const mode = flags.dev ? "dev" : "start";
  const settings = readSettings({
    env: { BUS_HOME: "/bus", ...env, ...(host ? { BUS_HOST: host } : {}) },
    mode,
    home: "/home/me",
  });
  return readEngineSetup(flags, { settings, env, cwd: "/work" });
}

describe("where the state lies", () => {
  test("is the folder of --data, from where one stands", () => {
    expect(setup({ data: "state", dev: true }).options.storage).toEqual({
      kind: "directory",
      path: "/work/state",
    });
  });

  test("is memory with --memory and with --dev", () => {
    expect(setup({ memory: true }, KEYS).options.storage).toEqual({ kind: "memory" });
    expect(setup({ dev: true }).options.storage).toEqual({ kind: "memory" });
    expect(setup({ dev: true, data: "/state" }).options.storage.kind).toBe("directory");
  });

  test("is the data folder of `igs start` otherwise", () => {
    expect(setup({}, KEYS).options.storage).toEqual({ kind: "directory", path: "/bus/start" });
  });

  test("can't be both", () => {
    expect(() => setup({ data: "x", memory: true, dev: true })).toThrow("exclude each other");
  });
});

test("traces are exported where OpenTelemetry's variables say, else nowhere", () => {
  expect(setup({ dev: true }).options).not.toHaveProperty("traceExport");
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
  expect(setup({ dev: true }, env).options.traceExport?.url).toBe(
    "http://127.0.0.1:4318/v1/traces",
  );
});

describe("keys", () => {
  test("come from the environment", () => {
    expect(setup({}, KEYS).options).toMatchObject({
      eventKeys: ["event-key"],
      signingKey: KEYS.INNGEST_SIGNING_KEY,
    });
  });

  test("of a flag win", () => {
    expect(setup({ eventKey: ["other"], signingKey: "cd" }, KEYS).options).toMatchObject({
      eventKeys: ["other"],
      signingKey: "cd",
    });
  });

  test("that the settings file holds for `igs start` don't lock dev mode", async () => {
    const home = await mkdtemp(join(tmpdir(), "igs-engine-"));
    await writeFile(
      join(home, "env"),
      Object.entries(KEYS)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
      { mode: 0o600 },
    );
    const inFile = { BUS_HOME: home };
    expect(setup({}, inFile).options.eventKeys).toEqual(["event-key"]);
    expect(setup({ dev: true }, inFile).options).not.toHaveProperty("signingKey");
    expect(setup({ dev: true }, inFile).options.eventKeys).toEqual([]);
    await rm(home, { recursive: true });
  });

  test("are needed outside of dev mode", () => {
    expect(() => setup({})).toThrow("not in dev mode");
    expect(() => setup({}, { INNGEST_EVENT_KEY: "event-key" })).toThrow("not in dev mode");
    expect(setup({ dev: true }).options.eventKeys).toEqual([]);
  });

  test.each(["0.0.0.0", "::", "192.168.1.5"])("are needed to listen on %s", (host) => {
    expect(() => setup({}, {}, host)).toThrow("without keys");
    expect(() => setup({ dev: true }, {}, host)).toThrow("without keys");
    expect(setup({}, KEYS, host).options.host).toBe(host);
  });
});

test("further host names are passed on", () => {
  expect(setup({ dev: true, allowHost: ["bus"] }).options.allowedHosts).toEqual(["bus"]);
});

test("Inngest's flag of seconds becomes milliseconds", () => {
  expect(setup({ retryInterval: 2, dev: true }).options.retryIntervalMs).toBe(2_000);
});

describe("what is over", () => {
  test("is kept for thirty days, a million runs at most, and fewer in memory", () => {
    expect(setup({}, KEYS).options.retention).toEqual({
      keptMs: 30 * 24 * 3_600_000,
      runsMax: 1_000_000,
    });
    expect(setup({ dev: true }).options.retention?.runsMax).toBe(10_000);
  });

  test("is kept for ever where the limit is 0", () => {
    const env = { ...KEYS, BUS_KEEP_DAYS: "0", BUS_KEEP_RUNS: "0" };
    expect(setup({}, env).options.retention).toEqual({ keptMs: null, runsMax: null });
  });
});
