import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendLine } from "./append-line.ts";
import { validateLog } from "./examine-log.ts";
import { type LogEntry, systemLogPath } from "./log-entry.ts";
import { readTail } from "./read-tail.ts";
import { SystemLogError } from "./system-log-error.ts";

let vault: string;
let file: string;
beforeEach(() => {
  vault = mkdtempSync(join(tmpdir(), "system-log-"));
  file = systemLogPath(vault);
});
afterEach(() => rmSync(vault, { recursive: true }));

const entry = (more: Partial<LogEntry> = {}): LogEntry => ({
  timestamp: "2026-08-31T10:00:00.000Z",
  action: "download",
  tool: "yt-dlp",
  detail: "A talk",
  ...more,
});

describe("appending", () => {
  test("makes folder and file, and writes one line of JSON", () => {
    expect(appendLine(file, entry({ reason: "because" }))).toBe("appended");
    expect(file).toBe(join(vault, "system/system-log.jsonl"));
    expect(readFileSync(file, "utf8")).toBe(
      '{"timestamp":"2026-08-31T10:00:00.000Z","action":"download","tool":"yt-dlp",' +
        '"detail":"A talk","reason":"because"}\n',
    );
  });

  test("keeps a text of several lines on one line", () => {
    appendLine(file, entry({ detail: "one\ntwo\r\n\u2028three" }));
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(2);
    expect(readTail(file, 1)[0]?.detail).toBe("one\ntwo\r\n\u2028three");
  });

  test("leaves what is there as it is, also lines it does not understand", () => {
    mkdirSync(join(vault, "system"));
    writeFileSync(file, "by hand\n");
    appendLine(file, entry());
    expect(readFileSync(file, "utf8")).toStartWith('by hand\n{"timestamp"');
  });

  test("begins a new line after one that a crash cut short", () => {
    appendLine(file, entry({ detail: "first" }));
    appendLine(file, entry({ detail: "second" }));
    truncateSync(file, statSync(file).size - 10);
    appendLine(file, entry({ detail: "third" }));
    expect(readTail(file, 9).map(({ detail }) => detail)).toEqual(["first", "third"]);
    expect(validateLog(file)).toMatchObject({ entryCount: 2, problems: [{ line: 2 }] });
  });

  test("a cut that took only the newline loses nothing", () => {
    appendLine(file, entry({ detail: "first" }));
    truncateSync(file, statSync(file).size - 1);
    appendLine(file, entry({ detail: "second" }));
    expect(validateLog(file)).toMatchObject({ entryCount: 2, problemCount: 0 });
  });
});

describe("an event", () => {
  test("makes one line, however often it is delivered", () => {
    expect(appendLine(file, entry({ eventId: "e1" }))).toBe("appended");
    expect(appendLine(file, entry({ eventId: "e2" }))).toBe("appended");
    expect(appendLine(file, entry({ eventId: "e1", detail: "again" }))).toBe("already-there");
    expect(readTail(file, 9).map(({ eventId }) => eventId)).toEqual(["e1", "e2"]);
  });

  test("is found behind thousands of others", () => {
    appendLine(file, entry({ eventId: "old" }));
    const other = `${JSON.stringify(entry({ detail: "x".repeat(500), eventId: "other" }))}\n`;
    appendFileSync(file, other.repeat(5_000));
    expect(appendLine(file, entry({ eventId: "old" }))).toBe("already-there");
  });

  test("is only looked for within the bound", () => {
    appendLine(file, entry({ eventId: "old" }));
    appendFileSync(file, `${"x".repeat(1_000)}\n`.repeat(4_300));
    expect(appendLine(file, entry({ eventId: "old" }))).toBe("appended");
  });

  test("whose id stands in another entry's text is not there yet", () => {
    appendLine(file, entry({ detail: 'about "e1"', eventId: "e0" }));
    expect(appendLine(file, entry({ eventId: "e1" }))).toBe("appended");
  });

  test("whose line was cut short is written again", () => {
    appendLine(file, entry({ eventId: "e1" }));
    truncateSync(file, statSync(file).size - 2);
    expect(appendLine(file, entry({ eventId: "e1" }))).toBe("appended");
    expect(readTail(file, 9)).toHaveLength(1);
  });

  test("entries without an event are never taken for one another", () => {
    appendLine(file, entry());
    expect(appendLine(file, entry())).toBe("appended");
  });
});

describe("what cannot be logged", () => {
  test.each([
    ["no moment", { timestamp: "yesterday" }, "timestamp: must be an ISO 8601 moment"],
    ["a moment without its zone", { timestamp: "2026-08-31T10:00:00" }, "timestamp: must be"],
    ["a blank action", { action: "  " }, "action: must not be blank"],
    ["an action of two lines", { action: "a\nb" }, "action: must be one line"],
    ["an empty detail", { detail: "" }, "detail: must not be blank"],
    ["a detail without end", { detail: "x".repeat(20_001) }, "detail: Too big"],
    ["an empty event id", { eventId: "" }, "eventId: Too small"],
    ["a field of another name", { resaon: "x" }, 'Unrecognized key: "resaon"'],
  ])("%s is refused, and the file is not touched", (_, more, message) => {
    const bad = { ...entry(), ...more };
    expect(() => appendLine(file, bad)).toThrow(message);
    expect(() => appendLine(file, bad)).toThrow(SystemLogError);
    expect(() => statSync(file)).toThrow();
  });

  test("a vault that cannot be written gives the path and the cure", () => {
    writeFileSync(join(vault, "system"), "a file where the folder should be");
    expect(() => appendLine(file, entry())).toThrow(
      expect.objectContaining({
        code: "LOG_NOT_WRITTEN",
        message: expect.stringMatching(/system-log\.jsonl cannot be written: .*; check the vault/),
      }),
    );
  });

  test.skipIf(process.platform !== "linux")("a full disk is called by its name", () => {
    expect(() => appendLine("/dev/full", entry())).toThrow("the disk is full");
  });
});
