import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { renderStatus } from "./render-status.ts";
import { findProblems, type StatusFindings } from "./status-report.ts";

const well: StatusFindings = {
  engineChoice: "auto",
  engineUrl: "http://127.0.0.1:8288",
  engine: { kind: "embedded", version: "0.1.0", isDev: true, latencyMs: 2 },
  workerOrigin: "http://127.0.0.1:3111",
  worker: { functionCount: 5, problems: [], beatAgeMs: null },
  registeredCount: 5,
  registrationError: null,
  programs: [],
  vault: { path: "/home/me/Vault", state: "writable" },
  log: { file: "/home/me/Vault/system/system-log.jsonl", lastAt: null, ageMs: null, problem: null },
  warnings: [],
};

const problemsOf = (change: Partial<StatusFindings>) =>
  findProblems({ ...well, ...change }).map(({ problem }) => problem);

test("nothing is wrong when all answers", () => {
  expect(findProblems(well)).toEqual([]);
  const text = renderStatus(well, [], plainPaint);
  expect(text.split("\n")[0]).toBe(
    "engine    embedded engine 0.1.0 (Inngest-compatible)  http://127.0.0.1:8288  well, 2 ms  chosen: auto",
  );
  expect(text).toEndWith("All is well.");
});

test("an engine that doesn't answer comes before everything else", () => {
  const problems = problemsOf({ engine: { kind: "none" }, worker: null, registeredCount: null });
  expect(problems[0]).toBe("No engine answers at http://127.0.0.1:8288.");
  expect(problems[1]).toBe("No worker answers at http://127.0.0.1:3111.");
});

test("functions that are not registered are counted", () => {
  expect(problemsOf({ registeredCount: 0 })).toEqual([
    "The worker has 5 functions, the engine knows 0.",
  ]);
});

test("functions of other apps beside ours are no problem", () => {
  expect(problemsOf({ registeredCount: 12 })).toEqual([]);
});

test("wrong keys are told with what to do", () => {
  const registrationError = { message: "answered 401", fix: "Set INNGEST_SIGNING_KEY." };
  expect(findProblems({ ...well, registeredCount: null, registrationError })).toEqual([
    { part: "registration", problem: "answered 401", fix: "Set INNGEST_SIGNING_KEY." },
  ]);
});

test("a vault that is missing or can't be written is a problem", () => {
  expect(problemsOf({ vault: { path: "/v", state: "missing" } })[0]).toContain("not there");
  expect(problemsOf({ vault: { path: "/v", state: "read-only" } })[0]).toContain(
    "can't be written",
  );
});

test("a log that has been silent for weeks is a problem, an empty one is not", () => {
  const log = { ...well.log, lastAt: "2026-10-01T00:00:00Z", ageMs: 25 * 86_400_000 };
  expect(problemsOf({ log })).toEqual([
    "The system log has been silent since 2026-10-01T00:00:00Z.",
  ]);
});

test("a log that can't be read is a problem of its own, unless its whole vault is missing", () => {
  const log = { ...well.log, problem: "EACCES" };
  expect(problemsOf({ log })).toEqual(["The system log can't be read: EACCES"]);
  expect(problemsOf({ log, vault: { path: "/v", state: "missing" } })).toHaveLength(1);
});

test("living programs are named with their runs", () => {
  const program = { key: "k", runId: "r1", stepId: "download", state: "running" };
  const text = renderStatus({ ...well, programs: [program] }, [], plainPaint);
  expect(text).toContain("download running (run r1)");
});

test("the last heartbeat is told, and that there was none", () => {
  const worker = { functionCount: 5, problems: [], beatAgeMs: 5 * 60_000 };
  expect(renderStatus({ ...well, worker }, [], plainPaint)).toMatch(
    /heartbeat last one 5 min 00 s ago/,
  );
  expect(renderStatus(well, [], plainPaint)).toContain("heartbeat none yet");
  expect(renderStatus({ ...well, worker: null }, [], plainPaint)).not.toContain("heartbeat");
});
