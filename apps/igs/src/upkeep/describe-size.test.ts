import { expect, test } from "bun:test";
import { describeSize } from "./describe-size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [4_096, "4.1 KB"],
  [999_900, "1.0 MB"],
  [123_456_789, "123 MB"],
  [1_948_479_488, "1.9 GB"],
])("%p bytes are %p", (bytes, text) => {
  expect(describeSize(bytes)).toBe(text);
});
