import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logStats } from "./log-stats.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-stats-"));
  file = join(folder, "system-log.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");
const entry = (timestamp: string, action: string, tool: string) =>
  JSON.stringify({ timestamp, action, tool, detail: "done" });

describe("the log in figures", () => {
  beforeEach(() =>
    writeFileSync(
      file,
      [
        entry("2026-11-20T12:00:00Z", "download", "yt-dlp"),
        entry("2026-11-24T11:00:00Z", "transcribe", "captions"),
        "rubbish",
        entry("2026-11-24T11:30:00Z", "download", "curl"),
        "",
      ].join("\n"),
    ),
  );

  test("counts actions, tools and days, the commonest and the newest first", () => {
    expect(logStats(file, NOW_MS)).toEqual({
      count: 3,
      problemCount: 1,
      firstAt: "2026-11-20T12:00:00Z",
      lastAt: "2026-11-24T11:30:00Z",
      ageMs: 30 * 60_000,
      actions: [
        { word: "download", count: 2 },
        { word: "transcribe", count: 1 },
      ],
      tools: [
        { word: "captions", count: 1 },
        { word: "curl", count: 1 },
        { word: "yt-dlp", count: 1 },
      ],
      days: [
        { word: "2026-11-24", count: 2 },
        { word: "2026-11-20", count: 1 },
      ],
    });
  });

  test("counts only what fits; rubbish is told anyway", () => {
    const stats = logStats(file, NOW_MS, { action: "download", sinceMs: NOW_MS - 3_600_000 });
    expect(stats).toMatchObject({ count: 1, problemCount: 1, tools: [{ word: "curl" }] });
  });
});

test("of a log that is not there, or empty, there is nothing to count", () => {
  const nothing = { count: 0, problemCount: 0, firstAt: null, lastAt: null, ageMs: null };
  expect(logStats(file, NOW_MS)).toMatchObject(nothing);
  writeFileSync(file, "");
  expect(logStats(file, NOW_MS)).toMatchObject(nothing);
});

test("an entry of a clock that is ahead is not of a negative age", () => {
  writeFileSync(file, entry("2026-11-24T13:00:00Z", "a", "b"));
  expect(logStats(file, NOW_MS).ageMs).toBe(0);
});
