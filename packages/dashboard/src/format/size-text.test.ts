import { expect, test } from "bun:test";
import { formatSize } from "./size-text.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [12_400, "12 kB"],
  [4_210_000, "4.2 MB"],
])("%p bytes read as %p", (sizeBytes, text) => {
  expect(formatSize(sizeBytes)).toBe(text);
});
