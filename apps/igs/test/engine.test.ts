// igs against the embedded engine, as processes, with an app on the real SDK.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Processes } from "./processes.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(() => processes.end());

const typesOf = (lines: readonly Record<string, unknown>[]) => lines.map(({ type }) => type);

describe("igs engine", () => {
  test("prints one line when it is ready, serves the dashboard, and stops cleanly", async () => {
    const child = processes.spawnIgs(["engine", "--dev", "--port", "0"]);
    const lines: string[] = [];
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    lines.push(new TextDecoder().decode(value));
    const { ok, command, result } = JSON.parse(lines[0] ?? "");
    expect({ ok, command }).toEqual({ ok: true, command: "engine" });
    expect(result).toMatchObject({ state: "memory only", isDev: true, pid: child.pid });

    const page = await fetch(result.url);
    expect(page.headers.get("content-type")).toContain("text/html");
    const health = await fetch(`${result.url}/health`);
    expect(await health.json()).toMatchObject({ status: 200, engine: "embedded" });

    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect((await reader.read()).done).toBe(true);
  });

  test("refuses an open door, and a start without keys", async () => {
    const open = await processes.igs(["engine", "--dev", "--host", "0.0.0.0", "--port", "0"]);
    expect(open.exitCode).toBe(2);
    expect(open.envelope).toMatchObject({
      error: { code: "settings", message: expect.stringContaining("open to the network") },
    });
    const keyless = await processes.igs(["engine", "--port", "0"]);
    expect(keyless.envelope.fix).toContain("INNGEST_EVENT_KEY");
  });

  test("says that the port is taken, and that a data folder is in use", async () => {
    const url = await processes.startEngine(["--data", join(processes.home, "state")]);
    const { port } = new URL(url);
    const samePort = await processes.igs(["engine", "--dev", "--port", port]);
    expect(samePort.exitCode).toBe(1);
    expect(samePort.envelope).toMatchObject({ ok: false, error: { code: "port-taken" } });
    const sameFolder = await processes.igs([
      ...["engine", "--dev", "--port", "0", "--data", join(processes.home, "state")],
    ]);
    expect(sameFolder.exitCode).toBe(3);
    expect(sameFolder.envelope).toMatchObject({ error: { code: "unavailable" } });
  });

  test("keeps its state in the folder that it was given", async () => {
    await processes.startEngine(["--data", join(processes.home, "state")]);
    expect((await stat(join(processes.home, "state", "engine.db"))).isFile()).toBe(true);
  });
});

describe("with an app", () => {
  beforeEach(async () => {
    await processes.startEngine();
    await processes.startWorker();
  });

  test("an event is followed through its runs, live, to their end", async () => {
    const { exitCode, lines, envelope } = await processes.igs([
      ...["send", "demo/go", "--data", "{}", "--follow"],
    ]);
    expect(exitCode).toBe(0);
    const steps = lines.filter(({ type }) => type === "step-ended").map(({ step }) => step);
    expect(steps.toSorted()).toEqual(["emit", "flaky", "load", "work"]);
    expect(lines.filter(({ type }) => type === "event").map(({ name }) => name)).toEqual([
      "demo/go",
      "demo/second",
    ]);
    expect(lines.find(({ type }) => type === "attempt-failed")).toMatchObject({
      functionId: "first",
      step: "flaky",
      attemptNumber: 1,
      error: { message: "first try fails" },
    });
    expect(envelope).toMatchObject({
      ok: true,
      command: "send",
      result: {
        runs: [
          { functionId: "first", status: "COMPLETED" },
          { functionId: "second", status: "COMPLETED" },
        ],
      },
    });
  }, 20_000);

  test("a chain that fails ends with 1 and the error", async () => {
    const { exitCode, envelope } = await processes.igs([
      ...["send", "demo/second", "--data", '{"shouldFail":true}', "--follow"],
    ]);
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      ok: false,
      error: { code: "run-failed", message: expect.stringContaining("second breaks") },
      fix: expect.stringContaining("igs rerun"),
    });
  }, 20_000);

  test("Ctrl-C stops the following, and the run goes on", async () => {
    const child = processes.spawnIgs([
      ...["send", "demo/second", "--data", '{"sleepsFor":"1h"}', "--follow"],
    ]);
    const seen: Record<string, unknown>[] = [];
    let text = "";
    for await (const bytes of child.stdout) {
      text += new TextDecoder().decode(bytes);
      if (text.includes('"nap"') && !child.killed) child.kill("SIGINT");
    }
    for (const line of text.trim().split("\n")) seen.push(JSON.parse(line));
    expect(await child.exited).toBe(130);
    expect(typesOf(seen)).toContain("step-started");
    expect(seen.at(-1)).toMatchObject({
      ok: false,
      error: { code: "interrupted", message: expect.stringContaining("1 run goes on") },
    });
    const { envelope } = await processes.igs(["runs"]);
    expect(envelope.result).toMatchObject({ runs: [{ status: "RUNNING" }] });
  }, 20_000);

  test("a run can be looked at, cancelled and run again", async () => {
    await processes.igs(["send", "demo/second", "--data", '{"sleepsFor":"1h"}']);
    const runId = await firstRunId();
    const cancelled = await processes.igs(["cancel", runId]);
    expect(cancelled.exitCode).toBe(0);
    const shown = await processes.igs(["run", runId]);
    expect(shown.envelope.result).toMatchObject({
      run: { id: runId, status: "CANCELLED" },
      steps: [{ name: "nap" }],
    });
    const again = await processes.igs(["rerun", runId]);
    expect(again.envelope.result).toMatchObject({ rerunOf: runId });
    const twice = await processes.igs(["cancel", runId]);
    expect(twice.exitCode).toBe(1);
    expect(twice.envelope).toMatchObject({ error: { message: expect.stringContaining("ended") } });
  }, 20_000);

  test("an event of an unknown name is sent, with a warning that names its neighbour", async () => {
    const { exitCode, envelope } = await processes.igs(["send", "demo/secnd"]);
    expect(exitCode).toBe(0);
    expect(envelope.result).toMatchObject({
      eventIds: [expect.stringMatching(/^[0-9A-Z]{26}$/)],
      warnings: [expect.stringContaining("demo/second")],
    });
    const { envelope: events } = await processes.igs(["events", "--name", "demo/secnd"]);
    expect(events.result).toMatchObject({ events: [{ name: "demo/secnd" }] });
  }, 20_000);

  test("the same id sent twice starts one run, and says so", async () => {
    const send = ["send", "demo/second", "--id", "only-once", "--follow"];
    const first = await processes.igs(send);
    expect(first.envelope.result).toMatchObject({ runs: [{ functionId: "second" }] });
    const again = await processes.igs(send);
    expect(again.exitCode).toBe(0);
    expect(again.envelope.result).toMatchObject({ runs: [] });
  }, 20_000);

  test("the engine stops although a step of the app never ends", async () => {
    await processes.igs(["send", "demo/second", "--data", '{"hangs":true}']);
    await firstRunId();
    expect(await processes.stopEngine()).toBe(0);
  }, 20_000);

  test("functions are listed with what starts them", async () => {
    const { envelope } = await processes.igs(["functions"]);
    expect(envelope.result).toMatchObject({
      functions: expect.arrayContaining([
        expect.objectContaining({ id: "first", triggers: [{ type: "EVENT", value: "demo/go" }] }),
      ]),
    });
  });
});

async function firstRunId(): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const { envelope } = await processes.igs(["runs"]);
    const { runs } = envelope.result as { runs: readonly { id: string }[] };
    if (runs[0]) return runs[0].id;
  }
  throw new Error("no run was started");
}
