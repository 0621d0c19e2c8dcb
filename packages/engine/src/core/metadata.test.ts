import { describe, expect, test } from "bun:test";
import {
  combineValues,
  entryBytes,
  findMetadataProblem,
  KINDS_MAX,
  type MetadataOperation,
  type MetadataValues,
  PLACE_BYTES_MAX,
  RUN_METADATA_BYTES_MAX,
} from "./metadata.ts";

const combine = (
  current: MetadataValues | null,
  operation: MetadataOperation,
  values: MetadataValues,
) => combineValues(current, { operation, values });

describe("an update (M1)", () => {
  test.each<[MetadataOperation, MetadataValues | null]>([
    ["set", { b: 3 }],
    ["merge", { a: 1, b: 3 }],
    ["add", { a: 1, b: 5 }],
    ["delete", { a: 1 }],
  ])("%s changes what is there", (operation, result) => {
    expect(combine({ a: 1, b: 2 }, operation, { b: 3 })).toEqual(result);
  });

  test.each<[MetadataOperation, MetadataValues | null]>([
    ["set", { b: 3 }],
    ["merge", { b: 3 }],
    ["add", { b: 3 }],
    ["delete", null],
  ])("%s begins with nothing", (operation, result) => {
    expect(combine(null, operation, { b: 3 })).toEqual(result);
  });

  test("delete without keys takes all of the entry", () => {
    expect(combine({ a: 1 }, "delete", {})).toBeNull();
  });

  test("add replaces what is no number, on either side", () => {
    expect(combine({ a: "x", b: 1 }, "add", { a: 1, b: "y" })).toEqual({ a: 1, b: "y" });
  });

  test("finds nothing in an object's prototype", () => {
    expect(combine({}, "add", { constructor: 1 })).toEqual({ constructor: 1 });
  });
});

describe("an entry's room (M2)", () => {
  const entry = { kind: "k", valuesJson: "{}" };
  const bytes = entryBytes(entry);

  test("ends with its place", () => {
    const use = { kindCount: 0, placeBytes: PLACE_BYTES_MAX - bytes, runBytes: 0 };
    expect(findMetadataProblem(entry, use)).toBeNull();
    expect(findMetadataProblem(entry, { ...use, placeBytes: use.placeBytes + 1 })).toContain(
      "span",
    );
  });

  test("ends with its run", () => {
    const use = { kindCount: 0, placeBytes: 0, runBytes: RUN_METADATA_BYTES_MAX - bytes };
    expect(findMetadataProblem(entry, use)).toBeNull();
    expect(findMetadataProblem(entry, { ...use, runBytes: use.runBytes + 1 })).toContain("run");
  });

  test("ends with the number of kinds", () => {
    const use = { kindCount: KINDS_MAX - 1, placeBytes: 0, runBytes: 0 };
    expect(findMetadataProblem(entry, use)).toBeNull();
    expect(findMetadataProblem(entry, { ...use, kindCount: KINDS_MAX })).toContain("kinds");
  });

  test("is counted in bytes, not in letters", () => {
    expect(entryBytes({ kind: "ä", valuesJson: '{"a":"€"}' })).toBe(13);
  });
});
