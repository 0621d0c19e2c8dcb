import { describe, expect, test } from "bun:test";
import { checkBatchCompanions, readBatching } from "./batching.ts";

describe("batchEvents", () => {
  test.each([
    [
      { maxSize: 2, timeout: "1s" },
      { eventsMax: 2, timeoutMs: 1_000 },
    ],
    [
      { maxSize: 1_000, timeout: "24h" },
      { eventsMax: 1_000, timeoutMs: 86_400_000 },
    ],
    [
      { maxSize: 5, timeout: "15m15s", key: "event.data.user", if: "event.data.size < 5" },
      {
        eventsMax: 5,
        timeoutMs: 915_000,
        key: "event.data.user",
        condition: "event.data.size < 5",
      },
    ],
    [
      { maxSize: 5, timeout: "1s", key: "", if: "" },
      { eventsMax: 5, timeoutMs: 1_000 },
    ],
    [undefined, null],
    [{}, null],
  ])("of %j is read", (value, batching) => {
    const problems: string[] = [];
    expect(readBatching(value, problems)).toEqual(batching as never);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ maxSize: 1, timeout: "1s" }, "The maxSize 1 of its batchEvents is not from 2 to 1000."],
    [{ maxSize: 1_001, timeout: "1s" }, "The maxSize 1001 of its batchEvents is not from 2"],
    [{ maxSize: 2.5, timeout: "1s" }, "Its batchEvents can't be read (maxSize: "],
    [{ timeout: "1s" }, "Its batchEvents can't be read (maxSize: "],
    [{ maxSize: 2 }, "Its batchEvents can't be read (timeout: "],
    [
      { maxSize: 2, timeout: "999ms" },
      'The timeout "999ms" of its batchEvents is no duration from 1s to 24h.',
    ],
    [{ maxSize: 2, timeout: "25h" }, 'The timeout "25h" of its batchEvents is no duration'],
    [{ maxSize: 2, timeout: "" }, 'The timeout "" of its batchEvents is no duration'],
    [
      { maxSize: 2, timeout: "1s", key: "user" },
      "The key of its batchEvents is no valid expression: unknown name",
    ],
    [
      { maxSize: 2, timeout: "1s", if: "event.(" },
      'The "if" of its batchEvents is no valid expression: ',
    ],
  ])("of %j is a problem", (value, problem) => {
    const problems: string[] = [];
    readBatching(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });

  test("goes with throttles, timeouts and rate limits, and with nothing that is about one event", () => {
    const problems: string[] = [];
    const batch = { eventsMax: 2, timeoutMs: 1_000 };
    const throttle = { limit: 1, periodMs: 1_000, burst: 0 };
    checkBatchCompanions({ batch, throttle, timeouts: {}, rateLimits: [] }, problems);
    checkBatchCompanions({ debounce: { periodMs: 1_000 }, priority: "1" }, problems);
    expect(problems).toEqual([]);
    checkBatchCompanions({ batch, debounce: { periodMs: 1_000 }, priority: "1" }, problems);
    expect(problems).toEqual(["Its batchEvents cannot be combined with debounce, priority."]);
  });
});
