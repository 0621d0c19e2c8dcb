import { expect, test } from "bun:test";
import { uuidFromName } from "./uuid.ts";

test("a name has one id, in every process", () => {
  expect(uuidFromName("system-bus/video-download")).toBe("c1538117-b60e-5065-9ee2-77594561d168");
});

test("two names have two ids", () => {
  expect(uuidFromName("app/a")).not.toBe(uuidFromName("app/b"));
  expect(uuidFromName("ä")).not.toBe(uuidFromName("a"));
});

test("an id is a version 5 UUID", () => {
  expect(uuidFromName("app")).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
