import { expect, test } from "bun:test";
import { Slots } from "./slots.ts";

const isBefore = (a: string, b: string) => a < b;
const one = [{ name: "gpu", limit: 1 }];

test("a limit is never exceeded, and the oldest that waits is next", () => {
  const slots = new Slots<string>(isBefore);
  expect(slots.tryTake(one, "b")).toBe(true);
  expect(slots.tryTake(one, "c")).toBe(false);
  expect(slots.tryTake(one, "a")).toBe(false);
  expect(slots.takeNext(one)).toEqual([]);

  slots.release(one);
  expect(slots.takeNext(one)).toEqual(["a"]);
});

test("all slots are taken or none", () => {
  const slots = new Slots<string>(isBefore);
  const both = [{ name: "free", limit: 1 }, ...one];
  slots.tryTake(one, "holder");
  expect(slots.tryTake(both, "waiter")).toBe(false);
  expect(slots.tryTake([{ name: "free", limit: 1 }], "other")).toBe(true);
});

test("who moves on to wait at another limit leaves its room to the next in line", () => {
  const slots = new Slots<string>(isBefore);
  const both = [...one, { name: "disk", limit: 1 }];
  slots.tryTake(one, "holder");
  slots.tryTake([{ name: "disk", limit: 1 }], "disk-holder");
  slots.tryTake(both, "a");
  slots.tryTake(one, "b");

  slots.release(one);
  expect(slots.takeNext(one)).toEqual(["a"]);
  expect(slots.tryTake(both, "a")).toBe(false);
  expect(slots.takeNext(both)).toEqual(["b"]);
  expect(slots.tryTake(one, "b")).toBe(true);
});

test("who needs a lower limit under the same name holds up nobody who has a higher one", () => {
  const slots = new Slots<string>(isBefore);
  const three = [{ name: "gpu", limit: 3 }];
  slots.tryTake(three, "holder");
  slots.tryTake(three, "holder");
  slots.tryTake(three, "holder");
  expect(slots.tryTake(one, "a")).toBe(false);
  expect(slots.tryTake(three, "b")).toBe(false);

  slots.release(three);
  expect(slots.takeNext(three)).toEqual(["b"]);
  slots.release(three);
  slots.release(three);
  expect(slots.takeNext(three)).toEqual(["a"]);
});
