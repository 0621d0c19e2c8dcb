import { describe, expect, test } from "bun:test";
import { describeHealth, type HealthInput } from "./health.ts";

const well: HealthInput = {
  registration: { kind: "registered", at: "2026-01-05T12:00:00.000Z" },
  programs: [
    { name: "yt-dlp", path: "/usr/bin/yt-dlp" },
    { name: "ffmpeg", path: "/usr/bin/ffmpeg" },
    { name: "pi", path: null },
  ],
  neededPrograms: ["yt-dlp", "ffmpeg"],
  sources: [
    { source: "captions", isReady: null, reason: null },
    { source: "pocketsphinx", isReady: true, reason: null },
  ],
  vault: { path: "/vault", problem: null },
  state: { path: "/state", problem: null },
  log: { file: "/vault/system/system-log.jsonl", lastAt: null, ageMs: null, waitingMs: null },
  heartbeat: { lastAt: "2026-01-05T12:00:01.000Z", silentMs: 60_000 },
  warnings: [],
};
const problemsOf = (change: Partial<HealthInput>) => {
  const { status, problems } = describeHealth({ ...well, ...change });
  expect(status).toBe(problems.length === 0 ? "ok" : "degraded");
  return problems.map(({ message }) => message);
};

test("all well is ok, and programs that nothing needs may be missing", () => {
  expect(problemsOf({})).toEqual([]);
  expect(describeHealth(well).programs).toContainEqual({
    name: "pi",
    path: null,
    purpose: "writes summaries with research",
    isNeeded: false,
  });
});

describe("each problem is said with its cure", () => {
  test("a missing program", () => {
    expect(problemsOf({ programs: [{ name: "yt-dlp", path: null }] })).toEqual([
      "yt-dlp, which downloads videos, is not installed: sudo apt install yt-dlp — on a Mac: brew install yt-dlp",
    ]);
  });

  test("a missing program that the settings ask for", () => {
    expect(problemsOf({ neededPrograms: ["pi"] })).toEqual([
      "pi, which writes summaries with research, is not installed: npm install -g @mariozechner/pi-coding-agent",
    ]);
  });

  test("no recogniser at all", () => {
    const sources = [
      { source: "captions", isReady: null, reason: null },
      { source: "whisper-cpp", isReady: false, reason: "not installed (brew install whisper-cpp)" },
    ];
    expect(problemsOf({ sources })).toEqual([
      "Videos without captions can't be transcribed. Any one of these mends it: whisper-cpp: not installed (brew install whisper-cpp)",
    ]);
  });

  test("an order of sources without a recogniser", () => {
    const sources = [{ source: "captions", isReady: null, reason: null }];
    expect(problemsOf({ sources })).toEqual([
      "Videos without captions can't be transcribed: TRANSCRIPT_ORDER names no recogniser",
    ]);
  });

  test("a vault that can't be written", () => {
    expect(
      problemsOf({ vault: { path: "/vault", problem: "EROFS: read-only file system" } }),
    ).toEqual(["The vault /vault can't be used: EROFS: read-only file system"]);
  });

  test("an engine that is down", () => {
    expect(
      problemsOf({ registration: { kind: "engine-down", problem: "no engine answers" } }),
    ).toEqual(["Not registered: no engine answers"]);
  });

  test("a log that stands still while milestones wait, but not one in which nothing happens", () => {
    expect(problemsOf({ log: { ...well.log, ageMs: 25 * 86_400_000 } })).toEqual([]);
    expect(problemsOf({ log: { ...well.log, waitingMs: 60_000 } })).toEqual([]);
    expect(problemsOf({ log: { ...well.log, waitingMs: 7 * 60_000 } })).toEqual([
      "The system log /vault/system/system-log.jsonl is stale: a milestone has waited 7 minutes for its line; look at the runs of system-logger",
    ]);
  });

  test("a heartbeat that does not come, unless the engine is down: that is a problem of its own", () => {
    const heartbeat = { lastAt: "2026-01-05T12:00:01.000Z", silentMs: 40 * 60_000 };
    expect(problemsOf({ heartbeat })).toEqual([
      "No heartbeat for 40 minutes: schedules don't fire, or heartbeat is paused or fails; look at `igs functions` and `igs runs --function heartbeat`",
    ]);
    const registration = { kind: "engine-down", problem: "no engine answers" } as const;
    expect(problemsOf({ heartbeat, registration })).toEqual(["Not registered: no engine answers"]);
    expect(problemsOf({ heartbeat: { lastAt: null, silentMs: 20 * 60_000 } })).toEqual([]);
  });
});
