import { describe, expect, test } from "bun:test";
import { readSettings, type Settings } from "@system-bus/settings";
import { containerPart, embeddedEnginePart, inngestPart } from "./engine-parts.ts";
import type { PartSpec } from "./part.ts";
import { workerPart } from "./worker-part.ts";

const EVENT_KEY = "e".repeat(64);
const SIGNING_KEY = "ab".repeat(32);

const env = { HOME: "/home/me", PATH: "/bin", INNGEST_DEV: "1", INNGEST_SIGNING_KEY: "left-over" };

function settingsOf(mode: "dev" | "start", engine = "auto"): Settings {
  const keys = { INNGEST_EVENT_KEY: EVENT_KEY, INNGEST_SIGNING_KEY: SIGNING_KEY };
  return readSettings({
    env: { BUS_HOME: "/bus", BUS_ENGINE: engine, ...keys },
    mode,
    home: "/home/me",
  });
}

const partsOf = (settings: Settings): readonly PartSpec[] => [
  embeddedEnginePart(settings, env),
  inngestPart(settings, env, ["/bin/inngest"]),
  containerPart(settings, env, "linux"),
  containerPart(settings, env, "darwin"),
  workerPart(settings, env),
];

describe("in start mode", () => {
  const settings = settingsOf("start");

  test("keys travel through the environment, never through a command line", () => {
    for (const { argv, env: partEnv } of partsOf(settings)) {
      expect(argv.join(" ")).not.toContain(EVENT_KEY);
      expect(argv.join(" ")).not.toContain(SIGNING_KEY);
      expect(partEnv.INNGEST_EVENT_KEY).toBe(EVENT_KEY);
      expect(partEnv.INNGEST_SIGNING_KEY).toBe(SIGNING_KEY);
    }
  });

  test("INNGEST_DEV is gone", () => {
    for (const part of partsOf(settings)) expect(part.env).not.toHaveProperty("INNGEST_DEV");
  });

  test("the embedded engine keeps its state in the data folder", () => {
    expect(embeddedEnginePart(settings, env).argv.join(" ")).toContain("--data /bus/start");
  });

  test("the real server keeps its state where we say, not under its working folder", () => {
    expect(inngestPart(settings, env, ["inngest"]).env.INNGEST_SQLITE_DIR).toBe(
      "/bus/start/inngest",
    );
    const container = containerPart(settings, env, "linux");
    expect(container.argv).toContain("/bus/start/inngest:/data");
    expect(container.env.INNGEST_SQLITE_DIR).toBe("/data");
  });

  test("the worker knows its mode, its engine and its port", () => {
    expect(workerPart(settings, env).env).toMatchObject({
      NODE_ENV: "production",
      INNGEST_BASE_URL: "http://127.0.0.1:8288",
      BUS_WORKER_PORT: "3111",
      VAULT_PATH: "/home/me/Vault",
    });
    expect(workerPart(settings, env).argv).not.toContain("--watch");
  });
});

describe("in dev mode", () => {
  const settings = settingsOf("dev");

  test("no key is given, not even one that the person's environment holds", () => {
    for (const part of partsOf(settings)) {
      expect(Object.values(part.env)).not.toContain(SIGNING_KEY);
      expect(Object.values(part.env)).not.toContain("left-over");
    }
  });

  test("the embedded engine forgets, and the worker reloads", () => {
    expect(embeddedEnginePart(settings, env).argv).toContain("--memory");
    expect(workerPart(settings, env).argv).toContain("--watch");
    expect(workerPart(settings, env).env).toMatchObject({
      INNGEST_DEV: "1",
      NODE_ENV: "development",
    });
  });
});

test("the names that a person allows reach the embedded engine", () => {
  const part = embeddedEnginePart(settingsOf("start"), env, ["bus.tail.ts.net", "bus"]);
  expect(part.argv.join(" ")).toEndWith("--allow-host bus.tail.ts.net --allow-host bus");
});

test("a container reaches the worker by the machine's network, or by Docker's name for it", () => {
  const settings = settingsOf("dev", "docker");
  const linux = containerPart(settings, env, "linux").argv.join(" ");
  expect(linux).toContain("--network host --add-host host.docker.internal:127.0.0.1");
  expect(linux).toContain("--sdk-url http://host.docker.internal:3111/api/inngest");
  const mac = containerPart(settings, env, "darwin").argv.join(" ");
  expect(mac).toContain("--sdk-url http://host.docker.internal:3111/api/inngest");
  expect(mac).toContain("-p 127.0.0.1:8288:8288");
  expect(mac).toContain("inngest dev --no-discovery --host 0.0.0.0");
});
