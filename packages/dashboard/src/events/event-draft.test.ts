import { describe, expect, test } from "bun:test";
import { EMPTY_DRAFT, readDraft, tidyJson } from "./event-draft.ts";

describe("a draft", () => {
  test("with a name and data can be sent", () => {
    expect(readDraft({ name: " demo/ok ", dataText: '{"k": "a"}', id: "" })).toEqual({
      kind: "ok",
      event: { name: "demo/ok", data: { k: "a" } },
    });
  });

  test("carries an id only where one was given", () => {
    expect(readDraft({ name: "demo/ok", dataText: "", id: " once " })).toEqual({
      kind: "ok",
      event: { name: "demo/ok", data: {}, id: "once" },
    });
  });

  test("names every problem at once", () => {
    expect(readDraft({ ...EMPTY_DRAFT, dataText: "[" })).toEqual({
      kind: "problems",
      name: expect.stringContaining("Give the event a name"),
      dataText: expect.stringContaining("line 1, column 2"),
    });
  });

  test.each(["inngest/function.failed", "x".repeat(513)])(
    "is refused by its name: %.30s",
    (name) => {
      expect(readDraft({ ...EMPTY_DRAFT, name })).toMatchObject({
        kind: "problems",
        name: expect.any(String),
        dataText: undefined,
      });
    },
  );
});

test("tidying indents what is valid and leaves alone what is not", () => {
  expect(tidyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(tidyJson('{"a":')).toBe('{"a":');
});
