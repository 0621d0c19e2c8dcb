import { describe, expect, test } from "bun:test";
import { readByteRange } from "./byte-range.ts";

describe("a Range header", () => {
  test("names its first and last byte", () => {
    expect(readByteRange("bytes=0-99", 1_000)).toEqual({ start: 0, end: 99 });
  });

  test("without a last byte goes to the end", () => {
    expect(readByteRange("bytes=400-", 1_000)).toEqual({ start: 400, end: 999 });
  });

  test("without a first byte counts from the end", () => {
    expect(readByteRange("bytes=-100", 1_000)).toEqual({ start: 900, end: 999 });
    expect(readByteRange("bytes=-5000", 1_000)).toEqual({ start: 0, end: 999 });
  });

  test("that reaches past the file ends with it", () => {
    expect(readByteRange("bytes=900-5000", 1_000)).toEqual({ start: 900, end: 999 });
  });

  test("that begins past the file can't be satisfied", () => {
    expect(readByteRange("bytes=1000-", 1_000)).toBe("unsatisfiable");
  });

  test("of another unit, of several ranges, or none, means the whole file", () => {
    for (const header of [undefined, "", "lines=1-2", "bytes=0-1,5-6", "bytes=-"]) {
      expect(readByteRange(header, 1_000)).toBeNull();
    }
  });
});
