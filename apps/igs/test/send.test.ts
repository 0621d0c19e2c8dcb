// igs send of many events, and for their results, against the embedded engine, as processes.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Processes } from "./processes.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
  await processes.startEngine();
  await processes.startWorker();
});
afterEach(() => processes.end());

const ndjson = (...events: readonly object[]) =>
  events.map((one) => JSON.stringify(one)).join("\n");

async function write(name: string, text: string): Promise<string> {
  await Bun.write(join(processes.home, name), text);
  return name;
}

describe("igs send of many", () => {
  test("sends a file's events, waits for their runs, and ends with what they returned", async () => {
    const file = await write(
      "events.json",
      JSON.stringify([{ name: "demo/second" }, { name: "demo/second" }]),
    );
    const sent = await processes.igs(["send", "--file", file, "--wait"]);
    expect(sent.exitCode).toBe(0);
    // Programs get the envelope alone.
    expect(sent.lines).toHaveLength(1);
    expect(sent.envelope.result).toMatchObject({
      name: "demo/second",
      count: 2,
      eventIds: [expect.any(String), expect.any(String)],
      runs: [
        { functionId: "second", status: "COMPLETED", output: { note: "made" } },
        { functionId: "second", status: "COMPLETED", output: { note: "made" } },
      ],
    });
  }, 30_000);

  test("reads stdin, and gives the typed name to events without one", async () => {
    const text = ndjson(
      { name: "demo/second", data: { shouldFail: true } },
      { name: "demo/second" },
    );
    const sent = await processes.igs(["send", "-", "--wait"], {}, text);
    expect(sent.exitCode).toBe(1);
    expect(sent.envelope).toMatchObject({
      error: { code: "run-failed", message: expect.stringContaining("second failed") },
      fix: expect.stringContaining("igs rerun"),
    });
    const named = await processes.igs(
      ["send", "demo/second", "--file", "-"],
      {},
      ndjson({ data: {} }),
    );
    expect(named.envelope.result).toMatchObject({ name: "demo/second", count: 1 });
  }, 30_000);

  test("sends nothing when one of them is malformed, and names each with its line", async () => {
    const file = await write(
      "events.ndjson",
      ndjson({ name: "demo/second" }, { name: "pipeline/video.download", data: {} }, { nmae: "x" }),
    );
    const refused = await processes.igs(["send", "--file", file]);
    expect(refused.exitCode).toBe(2);
    const { error } = refused.envelope as { error: { message: string } };
    expect(error.message).toContain("line 2: pipeline/video.download: url: is required");
    expect(error.message).toContain(
      "line 3: nmae: is not a field of this event; did you mean “name”?",
    );
    expect((await processes.igs(["events"])).envelope.result).toEqual({ events: [] });
  }, 30_000);

  test("more than one request holds arrive, each once and in their order", async () => {
    const events = Array.from({ length: 2_345 }, (_, index) => ({
      name: "demo/none",
      data: { index },
    }));
    const file = await write("many.ndjson", ndjson(...events));
    const sent = await processes.igs(["send", "--file", file]);
    expect(sent.envelope.result).toMatchObject({
      count: 2_345,
      warnings: [expect.stringContaining("Nothing listens for demo/none")],
    });
    const { eventIds } = sent.envelope.result as { eventIds: string[] };
    expect(new Set(eventIds).size).toBe(2_345);
    const waited = await processes.igs(["send", "--file", file, "--wait"]);
    expect(waited.envelope).toMatchObject({
      error: { message: expect.stringContaining("1000 are the most") },
    });
  }, 30_000);
});

test("--timeout ends the waiting, not the run", async () => {
  const data = JSON.stringify({ sleepsFor: "1h" });
  const sent = await processes.igs([
    "send",
    "demo/second",
    "--data",
    data,
    "--wait",
    "--timeout",
    "300ms",
  ]);
  expect(sent.exitCode).toBe(1);
  expect(sent.envelope).toMatchObject({
    error: { code: "timed-out", message: "Not done within 300 ms; 1 run goes on." },
    result: { runs: [{ status: "RUNNING" }] },
    fix: expect.stringContaining("igs run "),
  });
}, 30_000);

test("--wait ends with the runs of the event itself; what they send goes on by itself", async () => {
  const data = JSON.stringify({ sleepsFor: "1h" });
  const sent = await processes.igs(["send", "demo/go", "--data", data, "--wait"]);
  expect(sent.exitCode).toBe(0);
  expect(sent.envelope.result).toMatchObject({
    runs: [{ functionId: "first", output: "done" }],
  });
}, 30_000);
