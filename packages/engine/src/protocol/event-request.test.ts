import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  EVENT_BYTES_MAX,
  eventMatchesTrigger,
  readEventRequest,
  readIdSeed,
} from "./event-request.ts";

const NOON_MS = Date.UTC(2026, 10, 21, 12);

const eventsOf = (body: unknown) => {
  const reading = readEventRequest(JSON.stringify(body));
  if (!reading.ok) throw new Error(reading.problem);
  return reading.events;
};

const problemOf = (body: unknown): string => {
  const reading = readEventRequest(typeof body === "string" ? body : JSON.stringify(body));
  return reading.ok ? "" : reading.problem;
};

describe("a request with events", () => {
  test("holds one event or a list", () => {
    expect(eventsOf({ name: "a/b" })).toEqual([{ name: "a/b", data: {}, user: {} }]);
    expect(eventsOf([{ name: "a/b" }, { name: "c" }]).map(({ name }) => name)).toEqual([
      "a/b",
      "c",
    ]);
    expect(eventsOf([])).toEqual([]);
  });

  test("keeps what the sender wrote, and fills in no more than empty data and user", () => {
    const data = { url: "http://x", n: null, list: [1, { a: "ä" }] };
    expect(
      eventsOf({ name: "a/b", data, user: { id: 1 }, id: "e-1", v: "2", ts: NOON_MS, meta: {} }),
    ).toEqual([{ name: "a/b", data, user: { id: 1 }, id: "e-1", v: "2", tsMs: NOON_MS }]);
  });

  test.each([
    { data: null, user: null, id: null, v: null, ts: null },
    { id: "", v: "", ts: 0 },
  ])("takes an empty field for an absent one: %j", (fields) => {
    expect(eventsOf({ name: "a/b", ...fields })).toEqual([{ name: "a/b", data: {}, user: {} }]);
  });

  test("loses the key that only the engine may set", () => {
    const data = { a: 1, _inngest: { fn_id: "x", correlation_id: "r.s" } };
    expect(eventsOf({ name: "a/b", data })[0]?.data).toEqual({ a: 1 });
  });

  test("has at most 5000 events", () => {
    const events = Array.from({ length: 5_001 }, () => ({ name: "a" }));
    expect(eventsOf(events.slice(1))).toHaveLength(5_000);
    expect(problemOf(events)).toBe("The list has 5001 events; 5000 are the most per request.");
  });

  test("has events of at most 512 KB, in bytes and not in characters", () => {
    const sized = (bytes: number, char = "x") => {
      const event = { name: "a", data: { text: "" } };
      const rest = bytes - JSON.stringify(event).length;
      return { ...event, data: { text: char.repeat(rest / Buffer.byteLength(char)) } };
    };
    expect(problemOf(sized(EVENT_BYTES_MAX))).toBe("");
    expect(problemOf([{ name: "a" }, sized(EVENT_BYTES_MAX + 1)])).toContain("events[1] is larger");
    expect(problemOf(sized(EVENT_BYTES_MAX + 3, "€"))).toContain(
      "event is larger than 524288 bytes",
    );
    expect(problemOf([sized(EVENT_BYTES_MAX), sized(EVENT_BYTES_MAX)])).toBe("");
  });
});

describe("a request that is refused", () => {
  test.each<[unknown, string]>([
    ["", "The body is no JSON"],
    ["{", "The body is no JSON"],
    [`${"[".repeat(5_000)}${"]".repeat(5_000)}`, "The body is nested more than 1000 levels deep."],
    ["null", "event is no object."],
    ['"a/b"', "event is no object."],
    [[{ name: "a" }, [], { name: "" }], "events[1] is no object."],
    [{}, "event.name is missing or no text."],
    [{ name: 7 }, "event.name is missing or no text."],
    [{ name: "" }, "event.name is empty."],
    [{ name: "  " }, "event.name is empty."],
    [{ name: "a".repeat(513) }, "event.name has more than 512 characters."],
    [
      [{ name: "a" }, { name: "inngest/x" }],
      'events[1].name starts with "inngest/", which is reserved.',
    ],
    [{ name: "a", data: [1] }, "event.data is no object."],
    [{ name: "a", data: "x" }, "event.data is no object."],
    [{ name: "a", user: 7 }, "event.user is no object."],
    [{ name: "a", id: 7 }, "event.id is no text."],
    [{ name: "a", id: "x".repeat(1_001) }, "event.id has more than 1000 characters."],
    [{ name: "a", v: 2 }, "event.v is no text."],
    [{ name: "a", ts: "2026-11-21" }, "event.ts is no whole number of milliseconds since 1970."],
    [{ name: "a", ts: 1.5 }, "event.ts is no whole number of milliseconds since 1970."],
    [{ name: "a", ts: 1_795_262_400 }, "event.ts is not between 1980 and 2100"],
    [{ name: "a", ts: Date.UTC(2100) }, "event.ts is not between 1980 and 2100"],
    [{ name: "a", ts: -NOON_MS }, "event.ts is not between 1980 and 2100"],
  ])("names the event and the field: case %#", (body, problem) => {
    expect(problemOf(body)).toStartWith(problem);
  });

  test("is refused whole, whatever else is in it", () => {
    const reading = readEventRequest(JSON.stringify([{ name: "a" }, { name: "" }]));
    expect(reading).toEqual({ ok: false, problem: "events[1].name is empty." });
  });

  test("never makes the engine throw (property)", () => {
    const field = fc.option(fc.jsonValue(), { nil: undefined });
    const event = fc.record({
      name: field,
      data: field,
      user: field,
      id: field,
      v: field,
      ts: field,
    });
    fc.assert(
      fc.property(fc.oneof(event, fc.array(event), fc.jsonValue()), (body) => {
        const reading = readEventRequest(JSON.stringify(body) ?? "");
        expect(reading.ok || reading.problem !== "").toBe(true);
      }),
    );
  });
});

describe("the seed of event ids", () => {
  const entropy = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  const encoded = Buffer.from(entropy).toString("base64");

  test("is a time and ten bytes", () => {
    expect(readIdSeed(`${NOON_MS},${encoded}`)).toEqual({ ms: NOON_MS, entropy });
  });

  test.each([
    null,
    undefined,
    "",
    encoded,
    `${NOON_MS}`,
    `${NOON_MS},`,
    `${NOON_MS},AAAA`,
    `${NOON_MS},${encoded}${encoded}`,
    `soon,${encoded}`,
    `-1,${encoded}`,
    `0,${encoded}`,
    `999999999999999,${encoded}`,
    ` ${NOON_MS},${encoded}`,
  ])("is none when it is %p", (header) => {
    expect(readIdSeed(header)).toBeNull();
  });
});

describe("a trigger's pattern", () => {
  test.each([
    ["shop/order", "shop/order", true],
    ["shop/order", "shop/orders", false],
    ["shop/*", "shop/order", true],
    ["shop/*", "shop/order.paid", true],
    ["shop/*", "shop", false],
    ["shop/*", "shopping/order", false],
    ["shop/order.*", "shop/order.paid", true],
    ["shop/order.*", "shop/order.paid.late", true],
    ["shop/order.*", "shop/order", false],
    ["shop/order.*", "shop/orderXpaid", false],
    ["shop*", "shop/order", false],
    ["*", "shop/order", false],
  ])("%p for %p: %p", (pattern, name, expected) => {
    expect(eventMatchesTrigger(name, pattern)).toBe(expected);
  });
});
