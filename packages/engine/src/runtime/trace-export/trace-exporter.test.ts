import { expect, test } from "bun:test";
import type { EndedRun, ExportCursor } from "../../core/export-cursor.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { LogLine } from "../log.ts";
import type { Store } from "../store.ts";
import { TraceExporter } from "./trace-exporter.ts";

const OPTIONS = {
  url: "http://otlp.test/v1/traces",
  headers: {},
  timeoutMs: 1_000,
  isCompressed: false,
  serviceName: "bus",
  resourceAttributes: {},
  withPayloads: false,
};

/** Runs that have ended one after the other, as the store tells of them. */
function endedRuns(count: number, beganAtMs: number): Pick<Store, "write" | "traceExport"> {
  const runs = Array.from({ length: count }, (_, index) => ({
    runId: `run-${index}`,
    endedAtMs: beganAtMs + index,
  }));
  let stored: ExportCursor | null = { runId: "", endedAtMs: beganAtMs - 1 };
  const behind = (cursor: ExportCursor) => runs.filter((run) => run.endedAtMs > cursor.endedAtMs);
  return {
    write: async (work) => work(),
    traceExport: {
      findCursor: () => stored,
      putCursor: (cursor) => {
        stored = cursor;
      },
      loadEnded: (cursor, { limit }) => behind(cursor).slice(0, limit),
      findNewest: (offset): EndedRun | null => runs.at(-1 - offset) ?? null,
      countEnded: (cursor, until) =>
        behind(cursor).filter((run) => run.endedAtMs <= until.endedAtMs).length,
    },
  };
}

test("more runs than may wait for a receiver are dropped, the oldest first, and counted (E3)", async () => {
  const clock = new VirtualClock();
  const logged: LogLine[] = [];
  const exporter = new TraceExporter({
    store: endedRuns(50_003, clock.nowMs() - 60_000),
    reads: { findRun: () => null, findRunOrigin: () => null, findTraceParts: () => null },
    clock,
    random: () => 0,
    fetch: async () => Response.json({}),
    log: (line) => {
      logged.push(line);
      exporter.stop();
    },
    options: OPTIONS,
    version: "0",
  });
  await exporter.flush();
  expect(logged).toEqual([
    {
      level: "warn",
      message: "traces were dropped",
      runCount: 3,
      reason: "more than 50000 runs waited for the receiver",
    },
  ]);
});

test("a run that cannot be read costs itself, and no other (E3)", async () => {
  const clock = new VirtualClock();
  const logged: LogLine[] = [];
  const store = endedRuns(3, clock.nowMs() - 60_000);
  const exporter = new TraceExporter({
    store,
    reads: {
      findRun: (runId) => {
        if (runId === "run-1") throw new Error("malformed JSON");
        return null;
      },
      findRunOrigin: () => null,
      findTraceParts: () => null,
    },
    clock,
    random: () => 0,
    fetch: async () => Response.json({}),
    log: (line) => logged.push(line),
    options: OPTIONS,
    version: "0",
  });
  await exporter.flush();
  expect(store.traceExport.findCursor()).toMatchObject({ runId: "run-2" });
  expect(logged).toMatchObject([{ runCount: 1, reason: expect.stringContaining("run-1") }]);
});

test("its key is in nothing that it says, whatever goes wrong", async () => {
  const clock = new VirtualClock();
  const logged: LogLine[] = [];
  const exporter = new TraceExporter({
    store: {
      ...endedRuns(1, clock.nowMs() - 60_000),
      write: () => Promise.reject(new Error("full")),
    },
    reads: { findRun: () => null, findRunOrigin: () => null, findTraceParts: () => null },
    clock,
    random: () => 0,
    fetch: () => Promise.reject(new Error("Unable to connect")),
    log: (line) => logged.push(line),
    options: {
      ...OPTIONS,
      url: "http://user:secret-password@otlp.test/v1/traces?key=secret-query",
      headers: { authorization: "secret-header" },
    },
    version: "0",
  });
  exporter.start();
  clock.advanceMs(5_000);
  await exporter.flush().catch(() => {});
  expect(logged.length).toBeGreaterThan(0);
  expect(JSON.stringify(logged)).not.toContain("secret");
  exporter.stop();
});
