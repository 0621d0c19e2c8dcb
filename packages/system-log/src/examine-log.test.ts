import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logFreshness, searchLog, validateLog } from "./examine-log.ts";
import type { LogEntry } from "./log-entry.ts";
import { readTail } from "./read-tail.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "system-log-"));
  file = join(folder, "system-log.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (minute: number) => `2026-08-31T10:${String(minute).padStart(2, "0")}:00.000Z`;
const line = (minute: number, more: Partial<LogEntry> = {}) =>
  JSON.stringify({ timestamp: at(minute), action: "a", tool: "t", detail: `d${minute}`, ...more });
const write = (...lines: (string | Buffer)[]) =>
  writeFileSync(
    file,
    Buffer.concat(lines.map((one) => Buffer.concat([Buffer.from(one), Buffer.from("\n")]))),
  );
const details = (entries: readonly LogEntry[]) => entries.map(({ detail }) => detail);

describe("the tail", () => {
  test("is the last entries, oldest first", () => {
    write(line(1), line(2), line(3));
    expect(details(readTail(file, 2))).toEqual(["d2", "d3"]);
    expect(details(readTail(file, 9))).toEqual(["d1", "d2", "d3"]);
    expect(readTail(file, 0)).toEqual([]);
  });

  test("passes over what is no entry", () => {
    write(line(1), "rubbish", "", line(2), '{"torn":');
    expect(details(readTail(file, 2))).toEqual(["d1", "d2"]);
  });

  test("of a log that is not there is empty", () => {
    expect(readTail(join(folder, "none"), 5)).toEqual([]);
  });

  test("of something that cannot be read is an error with its path", () => {
    mkdirSync(join(folder, "locked"));
    writeFileSync(join(folder, "no-folder"), "");
    expect(() => readTail(join(folder, "no-folder/log"), 1)).toThrow(
      expect.objectContaining({ code: "LOG_NOT_READ" }),
    );
  });

  test("tolerates fields of a later version and leaves them out", () => {
    write(line(1, { severity: "info" } as Partial<LogEntry>));
    expect(readTail(file, 1)).toEqual([{ timestamp: at(1), action: "a", tool: "t", detail: "d1" }]);
  });
});

describe("validation", () => {
  test("names each bad line with its number and the reason", () => {
    write(
      line(1),
      '{"timestamp":"2026-08-31T10:',
      "",
      "[]",
      line(2, { timestamp: "31.8.2026", action: " " }),
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      "x".repeat(300_000),
      line(3),
    );
    expect(validateLog(file)).toEqual({
      entryCount: 2,
      problemCount: 5,
      problems: [
        { line: 2, reason: "is not JSON: torn, or written by hand" },
        { line: 4, reason: "Invalid input: expected object, received array" },
        {
          line: 5,
          reason: "timestamp: must be an ISO 8601 moment with its zone; action: must not be blank",
        },
        { line: 6, reason: "is not UTF-8" },
        { line: 7, reason: "is longer than 262144 bytes" },
      ],
    });
  });

  test("of a log full of rubbish counts on, but does not keep every line", () => {
    write(...Array.from({ length: 1_500 }, () => "rubbish"));
    const { problemCount, problems } = validateLog(file);
    expect(problemCount).toBe(1_500);
    expect(problems).toHaveLength(1_000);
  });

  test("of a log that is not there finds nothing", () => {
    expect(validateLog(file)).toEqual({ entryCount: 0, problemCount: 0, problems: [] });
  });
});

describe("search", () => {
  beforeEach(() =>
    write(
      line(1, { action: "download", tool: "yt-dlp", detail: "A talk on Restate" }),
      line(2, { action: "transcribe", tool: "captions", detail: "412 segments" }),
      "rubbish",
      line(3, { action: "download", tool: "curl", detail: "A book", reason: "for the talk" }),
    ),
  );

  test.each([
    ["text anywhere, whatever its case", { text: "TALK" }, ["A talk on Restate", "A book"]],
    ["an action", { action: "download" }, ["A talk on Restate", "A book"]],
    ["an action and a tool", { action: "download", tool: "curl" }, ["A book"]],
    [
      "a time, both ends counting",
      { sinceMs: Date.parse(at(2)), untilMs: Date.parse(at(3)) },
      ["412 segments", "A book"],
    ],
    ["nothing that is there", { text: "nowhere" }, []],
    ["everything", {}, ["A talk on Restate", "412 segments", "A book"]],
  ])("by %s", (_, query, found) => {
    expect(details(searchLog(file, { ...query, countMax: 10 }))).toEqual(found);
  });

  test("keeps the newest where there are too many", () => {
    expect(details(searchLog(file, { countMax: 2 }))).toEqual(["412 segments", "A book"]);
    expect(searchLog(file, { countMax: 0 })).toEqual([]);
  });

  test("compares moments, not their spelling", () => {
    write(line(1, { timestamp: "2026-08-31T12:30:00+02:00" }));
    const sinceMs = Date.parse("2026-08-31T10:30:00Z");
    expect(searchLog(file, { sinceMs, untilMs: sinceMs, countMax: 9 })).toHaveLength(1);
  });
});

describe("freshness", () => {
  const nowMs = Date.parse(at(30));

  test("is the age of the last entry, so that a stale log shows", () => {
    write(line(1), line(10), "rubbish");
    expect(logFreshness(file, nowMs)).toEqual({ lastAt: at(10), ageMs: 20 * 60_000 });
  });

  test("of a log without entries is unknown, not zero", () => {
    expect(logFreshness(file, nowMs)).toEqual({ lastAt: null, ageMs: null });
    write("rubbish");
    expect(logFreshness(file, nowMs)).toEqual({ lastAt: null, ageMs: null });
  });

  test("is never negative, though clocks may differ", () => {
    write(line(45));
    expect(logFreshness(file, nowMs).ageMs).toBe(0);
  });
});
