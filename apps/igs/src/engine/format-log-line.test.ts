import { expect, test } from "bun:test";
import { formatLogLine } from "./format-log-line.ts";

test("a log line is one line, its fields after the message", () => {
  expect(formatLogLine({ level: "warn", message: "app is down", url: "http://x", tries: 2 })).toBe(
    "warn app is down url=http://x tries=2",
  );
  expect(formatLogLine({ level: "info", message: "a\nb" })).toBe("info a\\nb");
});

test("an error shows what it says", () => {
  const line = formatLogLine({ level: "error", message: "failed", error: new Error("disk full") });
  expect(line).toContain("disk full");
  expect(line).not.toContain("\n");
});
