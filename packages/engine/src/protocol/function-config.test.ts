import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { FunctionConfig } from "../core/function-config.ts";
import { readFunctionConfig } from "./function-config.ts";

const APP_URL = "http://127.0.0.1:3111/api/inngest";
const STEP_URL = `${APP_URL}?fnId=app-fn&stepId=step`;

const raw = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "app-fn",
  name: "Do it",
  triggers: [{ event: "app/go" }],
  steps: {
    step: { id: "step", name: "step", runtime: { type: "http", url: STEP_URL } },
  },
  ...fields,
});

const withRuntime = (url: string, retries?: unknown) =>
  raw({ steps: { step: { id: "step", name: "step", runtime: { type: "http", url }, retries } } });

const read = (value: unknown): FunctionConfig => {
  const reading = readFunctionConfig(value, APP_URL);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.config;
};

describe("a function", () => {
  test("is read with what it leaves out filled in", () => {
    expect(read(raw())).toEqual({
      slug: "app-fn",
      name: "Do it",
      triggers: [{ kind: "event", event: "app/go" }],
      url: STEP_URL,
      attemptsMax: 5,
      concurrency: [],
    });
  });

  test("without a name goes by its id", () => {
    expect(read(raw({ name: undefined })).name).toBe("app-fn");
  });

  test.each([
    "http://169.254.169.254/latest/meta-data",
    "https://127.0.0.1:3111/api/inngest",
    "http://127.0.0.1:22/",
    "http://127.0.0.1:3111@evil.example/",
    "http://other-app:3111/api/inngest",
  ])("at another host than its app, %s, is never called there", (url) => {
    const config = read(withRuntime(url));
    expect(config.problem).toContain("but its app is at http://127.0.0.1:3111");
    expect(config.url).toBe(APP_URL);
  });

  test.each([
    [undefined, 5],
    [{}, 5],
    [{ attempts: null }, 5],
    [{ attempts: 0 }, 1],
    [{ attempts: 3 }, 4],
    [{ attempts: 20 }, 21],
    [{ attempts: 100 }, 21],
  ])("with retries %j is tried %p times", (retries, attemptsMax) => {
    const config = read(withRuntime(STEP_URL, retries));
    expect(config.attemptsMax).toBe(attemptsMax);
    expect(config.problem).toBeUndefined();
  });

  test("may be started by events, on a condition, by patterns and on schedules", () => {
    const triggers = [
      { event: "a/b", expression: "event.data.x == 1" },
      { event: "a/*", expression: "" },
      { cron: "TZ=Europe/Berlin 0 9 * * *", jitter: "30s" },
      { cron: "@daily" },
    ];
    const config = read(raw({ triggers }));
    expect(config.problem).toBeUndefined();
    expect(config.triggers).toEqual([
      { kind: "event", event: "a/b", expression: "event.data.x == 1" },
      { kind: "event", event: "a/*" },
      { kind: "cron", cron: "TZ=Europe/Berlin 0 9 * * *", jitter: "30s" },
      { kind: "cron", cron: "@daily" },
    ]);
  });

  test.each([[undefined], [null], [[]]])("may be started by none of them: %j", (triggers) => {
    const config = read(raw({ triggers }));
    expect(config).toMatchObject({ triggers: [] });
    expect(config.problem).toBeUndefined();
  });

  test.each<[unknown, unknown]>([
    [undefined, []],
    [0, []],
    [3, [{ limit: 3, scope: "fn" }]],
    [{ limit: 2 }, [{ limit: 2, scope: "fn" }]],
    [{ limit: 0, key: "event.data.u" }, []],
    [
      { limit: 2, key: "event.data.u", scope: "account" },
      [{ limit: 2, scope: "account", key: "event.data.u" }],
    ],
    [
      [{ limit: 1 }, { limit: 5, scope: "env", key: '"gpu"' }],
      [
        { limit: 1, scope: "fn" },
        { limit: 5, scope: "env", key: '"gpu"' },
      ],
    ],
    [{ step: [{ limit: 4 }], fn: [] }, [{ limit: 4, scope: "fn" }]],
    [{ step: { limit: 4 } }, [{ limit: 4, scope: "fn" }]],
    [{ fn: null }, []],
  ])("may limit how many of its steps run at once: %j", (concurrency, expected) => {
    const config = read(raw({ concurrency }));
    expect(config.concurrency).toEqual(expected as never);
    expect(config.problem).toBeUndefined();
  });

  test("may have options that this engine has never heard of", () => {
    expect(read(raw({ sparkle: { limit: 1 } })).problem).toBeUndefined();
  });
});

describe("a function that can't run here", () => {
  test.each<[Record<string, unknown>, string]>([
    [
      { triggers: [{ event: "a", expression: "event.data.id = 1" }] },
      'The "if" of its trigger "a" is no valid expression: unexpected "= 1" at column 15.',
    ],
    [
      { triggers: [{ event: "a", expression: "loop == 1" }] },
      'The "if" of its trigger "a" is no valid expression: Reserved identifier: loop at column 1.',
    ],
    [{ triggers: [{ cron: "every day" }] }, 'Its cron "every day" is no schedule'],
    [{ triggers: [{ cron: "@daily", jitter: "1h" }] }, 'Its jitter "1h" is not between 1s and 5m.'],
    [{ triggers: [{}] }, "One of its triggers names neither an event nor a cron."],
    [
      { triggers: Array.from({ length: 11 }, (_, i) => ({ event: `a/${i}` })) },
      "It has 11 triggers; 10 are the most.",
    ],
    [{ triggers: "a/b" }, "Its configuration can't be read (triggers: "],
    [{ steps: undefined }, "Its configuration can't be read (steps: "],
    [{ steps: {} }, "It has 0 steps to call; there has to be one."],
    [
      { concurrency: { limit: 1, key: "{{ event.data.project }}" } },
      "Its concurrency key is no valid expression: a template such as",
    ],
    [{ concurrency: { limit: 1, scope: "env" } }, 'Its concurrency of scope "env" needs a key.'],
    [
      { concurrency: [{ limit: 1 }, { limit: 2 }, { limit: 3 }] },
      "It has 3 concurrency limits; 2 are the most.",
    ],
    [{ concurrency: { limit: -1 } }, "Its configuration can't be read (concurrency: "],
    [{ concurrency: { limit: "x" } }, "Its configuration can't be read (concurrency: "],
    [
      { concurrency: { fn: [{ limit: 1 }] } },
      "It limits whole runs (concurrency.fn), which this engine does not have yet.",
    ],
    [
      { batchEvents: { maxSize: 2, timeout: "1s" }, singleton: { mode: "skip" } },
      "Its batchEvents cannot be combined with singleton.",
    ],
  ])("is registered with the reason: case %#", (fields, problem) => {
    const config = read(raw(fields));
    expect(config.problem).toContain(problem);
    expect(config.slug).toBe("app-fn");
    expect(URL.canParse(config.url)).toBe(true);
  });

  test.each([
    ["cancel", []],
    ["timeouts", {}],
    ["priority", { run: null }],
    ["idempotency", ""],
    ["debounce", null],
  ])("but an option that asks for nothing is none: %s %j", (option, value) => {
    expect(read(raw({ [option]: value })).problem).toBeUndefined();
  });

  test.each([
    ["wss://connect?fnId=app-fn", "It connects by WebSocket"],
    ["file:///etc/passwd", 'Its address "file:///etc/passwd" is no http address.'],
    ["nowhere", 'Its address "nowhere" is no http address.'],
  ])("is not called at %s", (url, problem) => {
    expect(read(withRuntime(url))).toMatchObject({
      url: APP_URL,
      problem: expect.stringContaining(problem),
    });
  });

  test("says all that is wrong at once", () => {
    const { problem } = read(raw({ triggers: [{ cron: "x" }], debounce: { period: "1ms" } }));
    expect(problem).toContain("debounce");
    expect(problem).toContain('Its cron "x"');
  });
});

describe("what is no function", () => {
  test.each<[unknown]>([
    [null],
    ["fn"],
    [[]],
    [{}],
    [{ id: "" }],
    [{ id: " " }],
    [{ id: 7 }],
    [{ id: "x".repeat(600) }],
  ])("is refused, as it could not even be shown: case %#", (value) => {
    expect(readFunctionConfig(value, APP_URL).ok).toBe(false);
  });

  test("is read, shown or refused, but never throws (property)", () => {
    const field = fc.option(fc.jsonValue(), { nil: undefined });
    const config = fc.record({
      id: fc.constant("f"),
      triggers: fc.oneof(
        field,
        fc.array(fc.record({ event: field, cron: field, expression: field })),
      ),
      steps: fc.oneof(field, fc.constant(raw()["steps"])),
      concurrency: field,
      cancel: field,
    });
    fc.assert(
      fc.property(config, (value) => {
        expect(read(value).slug).toBe("f");
      }),
    );
  });
});
