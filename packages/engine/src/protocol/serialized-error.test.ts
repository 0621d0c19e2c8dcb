import { describe, expect, test } from "bun:test";
import { readSerializedError } from "./serialized-error.ts";

describe("an error of the SDK", () => {
  test("is kept whole, with its cause and its own fields", () => {
    const error = {
      name: "HttpError",
      message: "no",
      stack: "HttpError: no\n  at x",
      code: 17,
      cause: { name: "Error", message: "socket" },
      __serialized: true,
    };
    expect(readSerializedError(error)).toEqual(error);
  });

  test.each<[unknown, string, string]>([
    [{ message: "no" }, "Error", "no"],
    [{ name: "", message: "no" }, "Error", "no"],
    [{ name: "X", error: "older form" }, "X", "older form"],
    [{ name: "X", message: 7 }, "X", '{"name":"X","message":7}'],
    [{}, "Error", "{}"],
    ["thrown text", "Error", "thrown text"],
    [42, "Error", "42"],
    [["a"], "Error", '["a"]'],
    [null, "Error", "Unknown error"],
    [undefined, "Error", "Unknown error"],
    ["", "Error", "Unknown error"],
  ])("%j has a name and a message", (value, name, message) => {
    expect(readSerializedError(value)).toMatchObject({ name, message });
  });

  test("loses a stack that is no text", () => {
    expect(readSerializedError({ message: "no", stack: 1 })).not.toHaveProperty("stack");
  });

  test("that carries more than 256 KB keeps its name, and the start of its message and stack", () => {
    const long = "x".repeat(200_000);
    const error = { name: "HttpError", message: long, stack: long, body: long };
    const read = readSerializedError(error);
    expect(Object.keys(read)).toEqual(["name", "message", "stack"]);
    expect(read).toMatchObject({ name: "HttpError", message: expect.stringMatching(/^x+…$/) });
    expect(JSON.stringify(read).length).toBeLessThan(40_000);
  });

  test("is cut short where its message has to be made up", () => {
    const { message } = readSerializedError({ detail: "x".repeat(5_000) });
    expect(message).toHaveLength(301);
    expect(message).toEndWith("…");
  });
});
