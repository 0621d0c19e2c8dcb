import { describe, expect, test } from "bun:test";
import { readJsonObject } from "./json-object.ts";

describe("the data that a person typed", () => {
  test("is read when it is an object", () => {
    expect(readJsonObject('{ "url": "http://a.b" }')).toEqual({
      kind: "ok",
      value: { url: "http://a.b" },
    });
  });

  test("is an empty object when there is none", () => {
    expect(readJsonObject(" \n ")).toEqual({ kind: "ok", value: {} });
  });

  test.each(["[]", "1", '"a"', "null"])("is refused when it is no object: %s", (text) => {
    expect(readJsonObject(text)).toMatchObject({
      kind: "problem",
      message: expect.stringContaining("has to be an object"),
    });
  });

  test("is refused with the place of the fault when it is no JSON", () => {
    expect(readJsonObject('{\n "url": http\n}')).toEqual({
      kind: "problem",
      message: "Not valid JSON: in line 2, column 9, a value is expected.",
    });
  });
});
