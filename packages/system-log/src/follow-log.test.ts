import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followLog } from "./follow-log.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "system-log-"));
  file = join(folder, "system-log.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (detail: string) =>
  `${JSON.stringify({ timestamp: "2026-08-31T10:00:00Z", action: "a", tool: "t", detail })}\n`;
const add = (...details: string[]) => appendFileSync(file, details.map(line).join(""));

/** Follows the log; each time it would sleep, the next thing happens instead. The end is an abort. */
async function follow(happenings: readonly (() => void)[], tailCount = 0, filter = {}) {
  const stop = new AbortController();
  const told: string[] = [];
  const left = [...happenings];
  const sleep = async () => {
    const next = left.shift();
    if (next === undefined) stop.abort();
    else next();
  };
  const options = { signal: stop.signal, tailCount, filter, sleep };
  for await (const { detail } of followLog(file, options)) {
    told.push(detail);
  }
  return told;
}

describe("following", () => {
  test("tells what comes, not what was there", async () => {
    add("old");
    expect(await follow([() => add("a"), () => {}, () => add("b", "c")])).toEqual(["a", "b", "c"]);
  });

  test("may begin with the last entries, with nothing lost or doubled between", async () => {
    add("1", "2", "3");
    expect(await follow([() => add("4")], 2)).toEqual(["2", "3", "4"]);
    expect(await follow([], 9)).toEqual(["1", "2", "3", "4"]);
  });

  test("tells and counts only what fits", async () => {
    add("one", "two", "one more", "three");
    const happenings = [() => add("none", "four"), () => add("one at last")];
    expect(await follow(happenings, 2, { text: "one" })).toEqual([
      ...["one", "one more"],
      ...["none", "one at last"],
    ]);
  });

  test("waits for a log that is not there yet", async () => {
    expect(await follow([() => {}, () => add("first"), () => add("second")])).toEqual([
      "first",
      "second",
    ]);
  });

  test("tells a line once it is whole", async () => {
    const whole = line("whole");
    const begin = () => appendFileSync(file, whole.slice(0, 20));
    const end = () => appendFileSync(file, whole.slice(20));
    expect(await follow([begin, () => {}, end])).toEqual(["whole"]);
  });

  test("passes over what a crash left, also when it began behind it", async () => {
    writeFileSync(file, `${line("old")}{"torn`);
    expect(await follow([() => appendFileSync(file, `\n${line("new")}`)], 1)).toEqual([
      "old",
      "new",
    ]);
  });

  test("goes on after a rotation, the old log's rest first", async () => {
    add("old");
    const rotate = () => {
      add("last of the old");
      renameSync(file, `${file}.1`);
      add("first of the new");
    };
    expect(await follow([rotate, () => add("then")])).toEqual([
      "last of the old",
      "first of the new",
      "then",
    ]);
  });

  test("goes on while the log is away", async () => {
    add("old");
    const takeAway = () => renameSync(file, `${file}.1`);
    const late = () => appendFileSync(`${file}.1`, line("late"));
    expect(await follow([takeAway, late, () => {}, () => add("back")])).toEqual(["late", "back"]);
  });

  test("begins again when the log was cut short", async () => {
    add("one", "two");
    const cut = () => {
      truncateSync(file, 0);
      add("x");
    };
    expect(await follow([cut, () => add("y")])).toEqual(["x", "y"]);
  });

  test("stops between two entries when it is told to", async () => {
    add("1", "2", "3");
    const stop = new AbortController();
    const told: string[] = [];
    const sleep = async () => add("4", "5");
    const options = { signal: stop.signal, tailCount: 1, sleep };
    for await (const { detail } of followLog(file, options)) {
      told.push(detail);
      if (detail === "4") stop.abort();
    }
    expect(told).toEqual(["3", "4"]);
  });

  test("stops inside the tail, too", async () => {
    add("1", "2");
    const stop = new AbortController();
    const told: string[] = [];
    for await (const { detail } of followLog(file, { signal: stop.signal, tailCount: 2 })) {
      told.push(detail);
      stop.abort();
    }
    expect(told).toEqual(["1"]);
  });

  test("tells nothing when it was stopped before it began", async () => {
    add("1");
    const told: unknown[] = [];
    const options = { signal: AbortSignal.abort(), tailCount: 1 };
    for await (const entry of followLog(file, options)) told.push(entry);
    expect(told).toEqual([]);
  });

  test("its own sleep ends at once when it is stopped", async () => {
    const stop = new AbortController();
    const options = { signal: stop.signal, pollMs: 3_600_000 };
    const next = followLog(file, options).next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
