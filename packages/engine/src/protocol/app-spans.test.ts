import { describe, expect, test } from "bun:test";
import { readAppSpans } from "./app-spans.ts";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** As the SDK's exporter sends it. */
const span = (over: Record<string, unknown> = {}) => ({
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  parentSpanId: "eee19b7ec3c1b173",
  name: "SELECT",
  kind: 3,
  startTimeUnixNano: "1795226358483000000",
  endTimeUnixNano: "1795226358490500000",
  attributes: [
    text("sdk.run.id", "run-1"),
    text("inngest.step.hash", "a1"),
    text("inngest.step.id", "load"),
    { key: "inngest.step.attempt", value: { intValue: 1 } },
    text("db.system", "sqlite"),
  ],
  status: { code: 0 },
  ...over,
});

const request = (...spans: readonly unknown[]) => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans }] }],
});

const readOne = (over: Record<string, unknown> = {}) =>
  readAppSpans(request(span(over)))?.spans[0]?.span;

describe("a span of an app", () => {
  test("is read with its run, its step and the attempt", () => {
    expect(readAppSpans(request(span()))).toEqual({
      unreadableCount: 0,
      spans: [
        {
          runId: "run-1",
          span: {
            spanId: "eee19b7ec3c1b174",
            parentSpanId: "eee19b7ec3c1b173",
            stepId: "a1",
            attempt: 1,
            name: "SELECT",
            status: "unset",
            statusMessage: "",
            startedAtMs: 1_795_226_358_483,
            endedAtMs: 1_795_226_358_490,
            attributesJson: '{"db.system":"sqlite"}',
          },
        },
      ],
    });
  });

  test("has values of every kind that OTLP knows", () => {
    const values = [
      ["flag", { boolValue: true }, true],
      ["count", { intValue: "7" }, 7],
      ["huge", { intValue: "9223372036854775807" }, "9223372036854775807"],
      ["share", { doubleValue: 0.5 }, 0.5],
      ["list", { arrayValue: { values: [{ stringValue: "a" }, {}] } }, ["a", null]],
      ["map", { kvlistValue: { values: [text("a", "b")] } }, { a: "b" }],
    ] as const;
    const attributes = [
      text("sdk.run.id", "run-1"),
      ...values.map(([key, value]) => ({ key, value })),
    ];
    expect(JSON.parse(readOne({ attributes })?.attributesJson ?? "")).toEqual(
      Object.fromEntries(values.map(([key, , value]) => [key, value])),
    );
  });

  test("that failed has the app's words for it", () => {
    expect(readOne({ status: { code: 2, message: "no route" } })).toMatchObject({
      status: "error",
      statusMessage: "no route",
    });
  });

  test("keeps no attributes that are too large, and no name without end", () => {
    const attributes = [text("sdk.run.id", "run-1"), text("prompt", "x".repeat(10_000))];
    const read = readOne({ attributes, name: "n".repeat(1_000) });
    expect(read?.attributesJson).toBe("{}");
    expect(read?.name).toHaveLength(500);
  });

  test.each([
    ["no run", { attributes: [] }],
    ["no span id", { spanId: "x" }],
    ["no times", { startTimeUnixNano: undefined }],
    ["times that are none", { endTimeUnixNano: "soon" }],
    ["no name", { name: 7 }],
  ])("with %s is counted, and left out", (_, over) => {
    expect(readAppSpans(request(span(over), span()))).toMatchObject({
      spans: [{ runId: "run-1" }],
      unreadableCount: 1,
    });
  });

  test("is none where it is the SDK's own around the whole call", () => {
    expect(readAppSpans(request(span({ name: "inngest.execution" })))).toEqual({
      spans: [],
      unreadableCount: 0,
    });
  });
});

test.each([
  ["nothing", null],
  ["a number", 1],
  ["a list", []],
  ["an empty object", {}],
  ["an object in the place of a list", { resourceSpans: {} }],
  ["more spans than are taken at once", request(...Array(2_001).fill(span()))],
])("%s is no request that could be read", (_, body) => {
  expect(readAppSpans(body)).toBeNull();
});

test("values nested without end are cut", () => {
  let value: unknown = { stringValue: "deep" };
  for (let depth = 0; depth < 100; depth += 1) value = { arrayValue: { values: [value] } };
  const attributes = [text("sdk.run.id", "run-1"), { key: "a", value }];
  expect(readOne({ attributes })?.attributesJson.length).toBeLessThan(50);
});
