import { describe, expect, test } from "bun:test";
import { CliError } from "../output/failure.ts";
import { readEventData } from "./event-input.ts";
import { parseTimestamp } from "./timestamp.ts";

const sources = {
  readFile: async (path: string) => {
    if (path !== "event.json") throw new Error("ENOENT");
    return '{"from":"file"}';
  },
  readStdin: async () => '{"from":"stdin"}',
};

async function refusalOf(given: { data?: string; url?: string }): Promise<CliError> {
  const error = await readEventData(given, sources).catch((thrown: unknown) => thrown);
  if (error instanceof CliError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`);
}

describe("an event's data", () => {
  test("is the JSON that was given, a file's, or stdin's", async () => {
    expect(await readEventData({ data: '{"a":1}' }, sources)).toEqual({ a: 1 });
    expect(await readEventData({ data: "@event.json" }, sources)).toEqual({ from: "file" });
    expect(await readEventData({ data: "-" }, sources)).toEqual({ from: "stdin" });
  });

  test("is empty when nothing was given", async () => {
    expect(await readEventData({}, sources)).toEqual({});
  });

  test("takes the address of --url", async () => {
    const url = "http://x/talk.mp4";
    expect(await readEventData({ url }, sources)).toEqual({ url });
    expect(await readEventData({ url, data: '{"tags":["a"]}' }, sources)).toEqual({
      tags: ["a"],
      url,
    });
  });

  test("that names another address than --url is refused", async () => {
    const refusal = await refusalOf({ url: "http://a", data: '{"url":"http://b"}' });
    expect(refusal.message).toContain("http://a and http://b");
  });

  test.each(["{", "[1]", "null", '"text"', ""])(
    "%p is refused as a usage mistake",
    async (data) => {
      expect((await refusalOf({ data })).code).toBe("usage");
    },
  );

  test("in a file that isn't there is refused with the file's name", async () => {
    expect((await refusalOf({ data: "@gone.json" })).message).toContain("gone.json");
  });
});

test("a time is milliseconds or a date", () => {
  expect(parseTimestamp("1795226353733")).toBe(1_795_226_353_733);
  expect(parseTimestamp("2026-11-21T09:00:00Z")).toBe(1_795_251_600_000);
  expect(() => parseTimestamp("yesterday")).toThrow("2026-11-21T09:00:00Z");
});
