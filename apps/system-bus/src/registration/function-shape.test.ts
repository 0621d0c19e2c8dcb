import { expect, test } from "bun:test";
import { createBusClient } from "@system-bus/events";
import { findDrift, isSameWorker, readRegisteredShapes, shapesOf } from "./function-shape.ts";

const client = createBusClient({ isDev: true, baseUrl: "http://127.0.0.1:1" });
const functions = [
  client.createFunction(
    { id: "slow", triggers: [{ event: "demo/slow" }, { cron: "0 5 * * *" }] },
    async () => null,
  ),
  client.createFunction(
    { id: "ok", triggers: [{ event: "demo/ok" }], retries: 2, onFailure: async () => null },
    async () => null,
  ),
];
const coded = shapesOf(functions);

/** As the real server tells it. */
const answer = (change: (data: object[]) => object[] = (data) => data) => ({
  data: change([
    {
      app: { id: "demo" },
      configuration: { retries: { isDefault: false, value: 2 } },
      id: "ok",
      slug: "ok",
      triggers: [{ type: "EVENT", value: "demo/ok" }],
    },
    {
      app: { id: "demo" },
      configuration: { retries: { isDefault: true, value: 4 } },
      id: "slow",
      slug: "slow",
      triggers: [
        { type: "EVENT", value: "demo/slow" },
        { type: "CRON", value: "0 5 * * *" },
      ],
    },
    { slug: "ok-failure", triggers: [{ type: "EVENT", value: "inngest/function.failed" }] },
  ]),
});
const driftOf = (data: unknown) => findDrift(coded, readRegisteredShapes(data)?.shapes ?? []);

test("what the engine has as the code has it is no drift, in whatever order and with its own defaults", () => {
  expect(driftOf(answer())).toBeNull();
});

test("an engine that does not list failure handlers is believed", () => {
  expect(driftOf(answer((data) => data.slice(0, 2)))).toBeNull();
});

test.each([
  ["a function is missing", (data: object[]) => data.slice(1), "ok is not registered"],
  [
    "an old one is left",
    (data: object[]) => [...data, { slug: "old", triggers: [] }],
    "old is registered and no longer exists",
  ],
  [
    "a trigger has changed",
    ([, ...data]: object[]) => [{ slug: "ok", triggers: [{ value: "demo/renamed" }] }, ...data],
    "ok has other triggers",
  ],
  [
    "retries have changed",
    ([ok, ...data]: object[]) => [{ ...ok, configuration: { retries: { value: 7 } } }, ...data],
    "ok has other retries",
  ],
])("%s: that is drift", (_, change, words) => {
  expect(driftOf(answer(change))).toBe(words);
});

test("an answer of another shape is no answer", () => {
  expect(readRegisteredShapes({ errors: [{ code: "not_found" }] })).toBeNull();
  expect(readRegisteredShapes(null)).toBeNull();
});

test("an engine that calls another worker is found out; names of loopback are one place", () => {
  const at = (url: string) => ({ data: { latestSync: { url } } });
  const own = "http://127.0.0.1:3111/api/inngest";
  expect(isSameWorker(at("http://localhost:3111/api/inngest"), own)).toBe(true);
  expect(isSameWorker(at("http://127.0.0.1:3112/api/inngest"), own)).toBe(false);
  expect(isSameWorker(at("http://other:3111/api/inngest"), own)).toBe(false);
  expect(isSameWorker({ data: {} }, own)).toBe(true);
});
