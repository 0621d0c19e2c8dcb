import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  cronJitterMs,
  findCronProblem,
  findJitterProblem,
  lastCronMs,
  nextCronMs,
} from "./cron.ts";

/** The next times after a moment, as ISO text without milliseconds. */
function timesAfter(cron: string, after: string, count = 1): string[] {
  const times: string[] = [];
  let atMs = Date.parse(after);
  for (let i = 0; i < count; i++) {
    const nextMs = nextCronMs(cron, atMs);
    if (nextMs === null) break;
    times.push(new Date(nextMs).toISOString().replace(":00.000Z", "Z"));
    atMs = nextMs;
  }
  return times;
}

describe("a schedule", () => {
  test.each([
    ["*/5 * * * *", "2026-11-21T12:00:00Z", "2026-11-21T12:05Z"],
    ["*/5 * * * *", "2026-11-21T12:04:59.999Z", "2026-11-21T12:05Z"],
    ["5/15 * * * *", "2026-11-21T12:06:00Z", "2026-11-21T12:20Z"],
    ["0 9 * * MON-FRI", "2026-11-21T12:00:00Z", "2026-11-23T09:00Z"],
    ["0 0 * * 7", "2026-11-21T12:00:00Z", "2026-11-22T00:00Z"],
    ["0 0 1 JAN *", "2026-11-21T12:00:00Z", "2027-01-01T00:00Z"],
    ["0 0 29 2 *", "2026-11-21T12:00:00Z", "2028-02-29T00:00Z"],
    ["0 0 13 * 5", "2026-11-21T12:00:00Z", "2026-11-27T00:00Z"],
    ["0 12 ? * ?", "2026-11-21T12:00:00Z", "2026-11-22T12:00Z"],
    ["  0   9 * * *  ", "2026-11-21T12:00:00Z", "2026-11-22T09:00Z"],
    ["@hourly", "2026-11-21T12:00:00Z", "2026-11-21T13:00Z"],
    ["@daily", "2026-11-21T12:00:00Z", "2026-11-22T00:00Z"],
    ["@midnight", "2026-11-21T12:00:00Z", "2026-11-22T00:00Z"],
    ["@weekly", "2026-11-21T12:00:00Z", "2026-11-22T00:00Z"],
    ["@monthly", "2026-11-21T12:00:00Z", "2026-12-01T00:00Z"],
    ["@yearly", "2026-11-21T12:00:00Z", "2027-01-01T00:00Z"],
    ["TZ=Europe/Berlin 0 9 * * *", "2026-11-21T12:00:00Z", "2026-11-22T08:00Z"],
    ["TZ=Europe/Berlin 0 9 * * *", "2026-07-21T12:00:00Z", "2026-07-22T07:00Z"],
    ["CRON_TZ=America/New_York @daily", "2026-11-21T12:00:00Z", "2026-11-22T05:00Z"],
    ["TZ=Asia/Kolkata 0 0 * * *", "2026-11-21T12:00:00Z", "2026-11-21T18:30Z"],
  ])("%p fires next after %p at %p", (cron, after, expected) => {
    expect(timesAfter(cron, after)).toEqual([expected]);
  });

  test("fires strictly after the moment, so that one time is not taken twice", () => {
    expect(timesAfter("0 12 * * *", "2026-11-21T12:00:00Z")).toEqual(["2026-11-22T12:00Z"]);
  });

  test("in a skipped hour fires once, later by the gap (C3)", () => {
    expect(timesAfter("TZ=Europe/Berlin 30 2 * * *", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:30Z",
      "2026-03-30T00:30Z",
    ]);
  });

  test("in a repeated hour fires once, the first time (C3)", () => {
    expect(timesAfter("TZ=Europe/Berlin 30 2 * * *", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
  });

  test.each([
    // Spring forward: a skipped time comes later by the gap, of which Lord Howe's is half an hour.
    ["TZ=America/New_York 30 2 * * *", "2026-03-07T12:00:00Z", ["03-08T07:30", "03-09T06:30"]],
    ["TZ=Australia/Lord_Howe 15 2 * * *", "2026-10-02T20:00:00Z", ["10-03T15:45", "10-04T15:15"]],
    // Back in autumn: the first of the two.
    ["TZ=America/New_York 30 1 * * *", "2026-10-31T12:00:00Z", ["11-01T05:30", "11-02T06:30"]],
    ["TZ=Australia/Lord_Howe 45 1 * * *", "2026-04-03T20:00:00Z", ["04-04T14:45", "04-05T15:15"]],
  ])("%p at a change of clock after %p fires at %p (C3)", (cron, after, expected) => {
    expect(timesAfter(cron, after, 2).map((time) => time.slice(5, 16))).toEqual(expected);
  });

  test("is not forgotten by who asks between the gap and the time that it was moved to (C1)", () => {
    for (const after of ["2026-03-29T01:00:00Z", "2026-03-29T01:29:59Z"]) {
      expect(timesAfter("TZ=Europe/Berlin 30 2 * * *", after)).toEqual(["2026-03-29T01:30Z"]);
    }
    expect(timesAfter("TZ=Europe/Berlin 30 1,2 * * *", "2026-03-29T01:15:00Z")).toEqual([
      "2026-03-29T01:30Z",
    ]);
  });

  test("of every hour fires every hour while the clocks change", () => {
    expect(timesAfter("TZ=Europe/Berlin 30 * * * *", "2026-10-24T23:00:00Z", 4)).toEqual([
      "2026-10-24T23:30Z",
      "2026-10-25T00:30Z",
      "2026-10-25T01:30Z",
      "2026-10-25T02:30Z",
    ]);
    expect(timesAfter("TZ=Europe/Berlin 30 * * * *", "2026-03-28T23:45:00Z", 3)).toEqual([
      "2026-03-29T00:30Z",
      "2026-03-29T01:30Z",
      "2026-03-29T02:30Z",
    ]);
  });

  test("with @every keeps to one grid, whenever it was registered (C1)", () => {
    expect(timesAfter("@every 5m", "2026-11-21T12:01:07Z", 2)).toEqual([
      "2026-11-21T12:05Z",
      "2026-11-21T12:10Z",
    ]);
    expect(timesAfter("@every 5m", "2026-11-21T12:04:59Z")).toEqual(["2026-11-21T12:05Z"]);
    expect(timesAfter("@every 1h30m", "2026-11-21T12:00:00Z")).toEqual(["2026-11-21T13:30Z"]);
  });

  test("around every change of clock has one sequence, wherever one begins to ask (C1, property)", () => {
    const changes = fc.constantFrom(
      ["Europe/Berlin", "2026-03-29T01:00:00Z"],
      ["Europe/Berlin", "2026-10-25T01:00:00Z"],
      ["America/New_York", "2026-03-08T07:00:00Z"],
      ["America/New_York", "2026-11-01T06:00:00Z"],
      ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
      ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    );
    const minutes = fc.constantFrom("0", "30", "*/20", "5,45", "*");
    const hours = fc.constantFrom("*", "1", "2", "3", "1,2", "2-3", "*/2", "0-4");
    const offsets = fc.integer({ min: -4 * 60, max: 4 * 60 });
    fc.assert(
      fc.property(changes, minutes, hours, offsets, ([zone, change], minute, hour, offset) => {
        const cron = `TZ=${zone} ${minute} ${hour} * * *`;
        const afterMs = Date.parse(change ?? "") + offset * 60_000;
        const firstMs = nextCronMs(cron, Date.parse(change ?? "") - 48 * 3_600_000) ?? 0;
        let inSequenceMs = firstMs;
        let beforeMs = firstMs;
        while (inSequenceMs <= afterMs) {
          beforeMs = inSequenceMs;
          inSequenceMs = nextCronMs(cron, inSequenceMs) ?? Number.POSITIVE_INFINITY;
        }
        expect(nextCronMs(cron, afterMs)).toBe(inSequenceMs);
        expect(lastCronMs(cron, firstMs, afterMs)).toBe(beforeMs);
      }),
      { numRuns: 500 },
    );
  });

  test("always moves on (property)", () => {
    const crons = fc.constantFrom("*/7 * * * *", "@every 90s", "TZ=Europe/Berlin 15 2,3 * * *");
    const moments = fc.integer({ min: Date.UTC(2025), max: Date.UTC(2030) });
    fc.assert(
      fc.property(crons, moments, (cron, afterMs) => {
        const nextMs = nextCronMs(cron, afterMs) ?? 0;
        expect(nextMs).toBeGreaterThan(afterMs);
        expect(nextCronMs(cron, nextMs - 1)).toBe(nextMs);
      }),
    );
  });
});

describe("what is no schedule", () => {
  test.each([
    ["", "is no schedule: expected 5 space-separated fields"],
    ["* * * *", "is no schedule: expected 5 space-separated fields"],
    ["0 0 0 1 1 *", "is no schedule: too many fields"],
    ["61 * * * *", "is no schedule: value out of range"],
    ["every day", "is no schedule: expected 5 space-separated fields"],
    ["@reboot", "is no schedule: unrecognized"],
    ["@every", "is no schedule: unrecognized"],
    ["@every 5", "needs a duration of at least 1s"],
    ["@every 500ms", "needs a duration of at least 1s"],
    ["TZ=Mars/Phobos 0 9 * * *", "is no schedule: unknown time zone 'Mars/Phobos'"],
    ["0 0 30 2 *", "names a date that never comes"],
  ])("%p %s", (cron, problem) => {
    expect(findCronProblem(cron)).toStartWith(problem);
    expect(nextCronMs(cron, Date.UTC(2026))).toBeNull();
  });

  test.each(["0 9 * * *", "@daily", "@every 1s", "TZ=Europe/Berlin 0 9 * * *", "0 0 29 2 *"])(
    "is not %p",
    (cron) => {
      expect(findCronProblem(cron)).toBeNull();
    },
  );
});

describe("jitter", () => {
  test("is the same for the same run, and spread over the runs", () => {
    const jitters = Array.from({ length: 200 }, (_, i) => cronJitterMs("30s", `fn:${i}`));
    expect(cronJitterMs("30s", "fn:7")).toBe(jitters[7] ?? -1);
    expect(Math.min(...jitters)).toBeLessThan(3_000);
    expect(Math.max(...jitters)).toBeGreaterThan(27_000);
    expect(Math.max(...jitters)).toBeLessThanOrEqual(30_000);
  });

  test.each([
    ["1s", null],
    ["5m", null],
    ["500ms", "is not between 1s and 5m"],
    ["6m", "is not between 1s and 5m"],
    ["", "is no duration"],
  ])("of %p: %p", (jitter, problem) => {
    expect(findJitterProblem(jitter)).toBe(problem);
  });
});

describe("the last of the missed times", () => {
  test.each([
    ["* * * * *", "2026-11-21T12:00:00Z", "2027-11-21T12:00:30Z", "2027-11-21T12:00:00.000Z"],
    ["@every 1s", "2026-11-21T12:00:00Z", "2027-11-21T12:00:30Z", "2027-11-21T12:00:30.000Z"],
    ["0 9 * * *", "2026-11-21T09:00:00Z", "2026-11-21T23:00:00Z", "2026-11-21T09:00:00.000Z"],
    ["* * * 1-6 *", "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z", "2026-06-30T23:59:00.000Z"],
    ["0 0 29 2 *", "2024-02-29T00:00:00Z", "2029-01-01T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 9 * * *", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00.000Z"],
  ])("of %p, from %p until %p, is %p", (cron, due, until, expected) => {
    const lastMs = lastCronMs(cron, Date.parse(due), Date.parse(until));
    expect(new Date(lastMs).toISOString()).toBe(expected);
  });

  test("is the one that counting them all would come to", () => {
    const schedules = ["*/7 * * * *", "0 9 * * 1-5", "TZ=Europe/Berlin 30 2 * * *", "@every 37s"];
    fc.assert(
      fc.property(
        fc.constantFrom(...schedules),
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.integer({ min: 0, max: 3 * 24 * 3_600_000 }),
        (cron, startMinute, spanMs) => {
          const dueMs = nextCronMs(cron, Date.UTC(2026, 0, 1) + startMinute * 60_000) ?? 0;
          const untilMs = dueMs + spanMs;
          let countedMs = dueMs;
          for (let ms: number | null = dueMs; ms !== null && ms <= untilMs; ) {
            countedMs = ms;
            ms = nextCronMs(cron, ms);
          }
          expect(lastCronMs(cron, dueMs, untilMs)).toBe(countedMs);
        },
      ),
    );
  });
});
