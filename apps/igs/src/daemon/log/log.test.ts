import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import { followLog } from "./follow-log.ts";
import { createLogIo } from "./log-io.ts";
import { readLogLine } from "./log-line.ts";
import { readLogTail } from "./read-log-tail.ts";
import { RotatingFile } from "./rotating-file.ts";
import { trimOutput } from "./trim-output.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daemon-log-"));
  path = join(folder, "daemon.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the tail of a log", () => {
  test("goes back into the files before, and no further than it has to", async () => {
    writeFileSync(`${path}.2`, "1\n2\n");
    writeFileSync(`${path}.1`, "3\n4\n");
    writeFileSync(path, "5\n");
    expect(await readLogTail(path, 1)).toEqual(["5"]);
    expect(await readLogTail(path, 4)).toEqual(["2", "3", "4", "5"]);
    expect(await readLogTail(path, 100)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("of a log that is not there is empty", async () => {
    expect(await readLogTail(join(folder, "none", "x"), 10)).toEqual([]);
  });

  test("of a huge file is read from its end only, whole lines", async () => {
    writeFileSync(path, `${"x".repeat(99)}\n`.repeat(10_000));
    const lines = await readLogTail(path, 100_000);
    expect(lines.length).toBeLessThan(3_000);
    expect(new Set(lines)).toEqual(new Set(["x".repeat(99)]));
  });
});

/** Each look finds what the next of these has done. */
function scriptedClock(acts: readonly (() => void)[], stop: AbortController): Clock {
  const left = [...acts];
  return {
    nowMs: () => 0,
    async sleepMs() {
      const act = left.shift();
      if (act) act();
      else stop.abort();
    },
  };
}

describe("following a log", () => {
  async function follow(...acts: readonly (() => void)[]): Promise<readonly string[]> {
    const stop = new AbortController();
    const clock = scriptedClock(acts, stop);
    return Array.fromAsync(followLog(path, { clock, signal: stop.signal }));
  }

  test("tells what comes, not what was there, and no half line", async () => {
    writeFileSync(path, "old\n");
    const lines = await follow(
      () => appendFileSync(path, "one\ntw"),
      () => appendFileSync(path, "o\n"),
    );
    expect(lines).toEqual(["one", "two"]);
  });

  test("loses nothing when the log moves up", async () => {
    writeFileSync(path, "old\n");
    const lines = await follow(
      () => appendFileSync(path, "one\n"),
      () => {
        appendFileSync(path, "two\n");
        renameSync(path, `${path}.1`);
        writeFileSync(path, "three\n");
      },
      () => appendFileSync(path, "four\n"),
    );
    expect(lines).toEqual(["one", "two", "three", "four"]);
  });

  test("waits for a log that is not there yet", async () => {
    expect(
      await follow(
        () => {},
        () => writeFileSync(path, "first\n"),
      ),
    ).toEqual(["first"]);
  });
});

test("what a command says goes into the log as people read it, and can be read back", async () => {
  const file = new RotatingFile({ path, nowMs: () => Date.UTC(2026, 10, 24) });
  const io = createLogIo(file);
  io.emit({ type: "ready" }, "Ready");
  io.emit({ type: "silent" }, null);
  io.warn("odd");
  io.status("passing");
  const lines = (await readLogTail(path, 10)).map(readLogLine);
  expect(lines).toEqual([
    { at: "2026-11-24T00:00:00.000Z", text: "Ready" },
    { at: "2026-11-24T00:00:00.000Z", text: "warning: odd" },
  ]);
  expect(readLogLine("error: bun: not found")).toEqual({ at: null, text: "error: bun: not found" });
});

test("launchd's file is emptied once it is large, and left alone before", () => {
  writeFileSync(path, "12345");
  trimOutput(path, 5);
  expect(readFileSync(path, "utf8")).toBe("12345");
  trimOutput(path, 4);
  expect(readFileSync(path, "utf8")).toBe("");
  trimOutput(join(folder, "none"), 4);
});
