import { describe, expect, test } from "bun:test";
import { readSettings } from "@system-bus/settings";
import { announceStart } from "./announce.ts";

const settingsOf = (mode: "dev" | "start", env: Record<string, string> = {}) =>
  readSettings({ env: { BUS_HOME: "/bus", ...env }, mode, home: "/home/me" });

const FOUND = { program: ["inngest"], version: "1.45.1", from: "binary" } as const;

describe("the first line says which engine, with its version where it is known", () => {
  test("embedded, for development and to stay", () => {
    const plan = { kind: "start-embedded" } as const;
    expect(announceStart(plan, settingsOf("dev"), null)[0]).toBe(
      "Starting embedded engine on http://localhost:8288 (Inngest-compatible, memory only)",
    );
    expect(announceStart(plan, settingsOf("start"), null)[0]).toBe(
      "Starting embedded engine on http://localhost:8288 (Inngest-compatible)",
    );
  });

  test("the real server, as a program and in a container", () => {
    expect(announceStart({ kind: "start-inngest" }, settingsOf("dev"), FOUND)[0]).toBe(
      "Starting Inngest Dev Server on http://localhost:8288 (inngest 1.45.1, binary)",
    );
    expect(announceStart({ kind: "start-container" }, settingsOf("start"), null)[0]).toBe(
      "Starting Inngest Server (persistent mode) on http://localhost:8288 (docker)",
    );
  });

  test("one that runs already, and why it is used", () => {
    const engine = { kind: "inngest", version: "1.45.1", latencyMs: 1 } as const;
    expect(announceStart({ kind: "attach", engine }, settingsOf("dev"), null)[0]).toBe(
      "Using Inngest 1.45.1 at http://localhost:8288 (found running)",
    );
    const given = settingsOf("start", { INNGEST_BASE_URL: "http://bus:8288" });
    expect(announceStart({ kind: "attach", engine: { kind: "none" } }, given, null)[0]).toBe(
      "Waiting for the engine at http://bus:8288 (INNGEST_BASE_URL)",
    );
  });
});

test("then come mode, dashboard, worker, state and vault", () => {
  const lines = announceStart({ kind: "start-embedded" }, settingsOf("start"), null);
  expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
    ["mode", "start: persistent, signatures checked"],
    ["dashboard", "http://localhost:8288"],
    ["worker", "http://localhost:3111"],
    ["state", "/bus/start"],
    ["vault", "/home/me/Vault"],
  ]);
});
