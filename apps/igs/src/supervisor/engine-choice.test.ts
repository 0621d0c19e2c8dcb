import { describe, expect, test } from "bun:test";
import type { EngineProbe } from "../status/probe-engine.ts";
import { chooseEngine } from "./engine-choice.ts";

const inngest: EngineProbe = { kind: "inngest", version: "1.45.1", latencyMs: 1 };
const embedded: EngineProbe = { kind: "embedded", version: null, isDev: true, latencyMs: 1 };
const nothing: EngineProbe = { kind: "none" };
const stranger: EngineProbe = { kind: "other", description: "a program that is no engine" };

const choice = (engine: "auto" | "inngest" | "docker" | "embedded", isEngineUrlGiven = false) => ({
  engine,
  mode: "dev" as "dev" | "start",
  isEngineUrlGiven,
  engineUrl: "http://127.0.0.1:8288",
  host: "127.0.0.1",
  enginePort: 8288,
});

describe("auto", () => {
  test("uses the server that answers, whichever it is", () => {
    expect(chooseEngine(choice("auto"), inngest)).toEqual({ kind: "attach", engine: inngest });
    expect(chooseEngine(choice("auto"), embedded)).toEqual({ kind: "attach", engine: embedded });
  });

  test("starts the embedded engine where none answers", () => {
    expect(chooseEngine(choice("auto"), nothing).kind).toBe("start-embedded");
  });

  test("waits for the server that INNGEST_BASE_URL names, and starts none", () => {
    expect(chooseEngine(choice("auto", true), nothing)).toEqual({
      kind: "attach",
      engine: { kind: "none" },
    });
  });
});

describe("a named engine", () => {
  test("is used when it runs", () => {
    expect(chooseEngine(choice("inngest"), inngest).kind).toBe("attach");
    expect(chooseEngine(choice("docker"), inngest).kind).toBe("attach");
    expect(chooseEngine(choice("embedded"), embedded).kind).toBe("attach");
  });

  test("is started when nothing answers", () => {
    expect(chooseEngine(choice("inngest"), nothing).kind).toBe("start-inngest");
    expect(chooseEngine(choice("docker"), nothing).kind).toBe("start-container");
    expect(chooseEngine(choice("embedded"), nothing).kind).toBe("start-embedded");
  });

  test("is never replaced by the other one that runs there", () => {
    expect(chooseEngine(choice("embedded"), inngest)).toMatchObject({
      kind: "refuse",
      failure: { code: "port-taken", message: expect.stringContaining("Inngest 1.45.1") },
    });
    expect(chooseEngine(choice("inngest"), embedded)).toMatchObject({
      kind: "refuse",
      failure: { message: expect.stringContaining("embedded engine") },
    });
  });

  test("that the address contradicts is refused", () => {
    expect(chooseEngine(choice("embedded", true), nothing)).toMatchObject({
      kind: "refuse",
      failure: { code: "settings" },
    });
  });

  test("is not started in the place of a server that was named and is silent", () => {
    expect(chooseEngine(choice("inngest", true), nothing)).toMatchObject({
      kind: "refuse",
      failure: { code: "unavailable" },
    });
  });
});

test("an embedded engine that forgets is no engine for `igs start`, nor one with keys for dev", () => {
  const start = { ...choice("auto"), mode: "start" as const };
  expect(chooseEngine(start, embedded)).toMatchObject({
    kind: "refuse",
    failure: { message: expect.stringContaining("`igs dev`") },
  });
  const signed = { ...embedded, isDev: false };
  expect(chooseEngine(choice("auto"), signed).kind).toBe("refuse");
  expect(chooseEngine(start, signed).kind).toBe("attach");
});

test.each(["auto", "inngest", "docker", "embedded"] as const)(
  "with %s, a stranger on the port is named, not talked to",
  (engine) => {
    expect(chooseEngine(choice(engine), stranger)).toMatchObject({
      kind: "refuse",
      failure: { code: "port-taken", message: expect.stringContaining("no engine") },
    });
  },
);
