import { expect, test } from "bun:test";
import { cutBatches } from "./batches.ts";

const eventOf = (name: string, text = "") => ({ name, data: { text } });
const names = (batches: ReturnType<typeof cutBatches>) =>
  batches.map((batch) => batch.map(({ name }) => name).join(""));

test("batches keep the order and hold no more than the count", () => {
  const events = ["a", "b", "c", "d", "e"].map((name) => eventOf(name));
  expect(names(cutBatches(events, { countMax: 2, bytesMax: 1_000 }))).toEqual(["ab", "cd", "e"]);
});

test("a batch ends before it is too large, counted in bytes", () => {
  const events = [eventOf("a", "é".repeat(20)), eventOf("b", "é".repeat(20)), eventOf("c")];
  expect(names(cutBatches(events, { countMax: 10, bytesMax: 130 }))).toEqual(["a", "bc"]);
});

test("an event that is too large by itself goes alone", () => {
  const events = [eventOf("a"), eventOf("b", "x".repeat(200)), eventOf("c")];
  expect(names(cutBatches(events, { countMax: 10, bytesMax: 100 }))).toEqual(["a", "b", "c"]);
});

test("nothing is no batch", () => {
  expect(cutBatches([])).toEqual([]);
});
