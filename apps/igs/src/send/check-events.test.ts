import { describe, expect, test } from "bun:test";
import { CliError } from "../output/failure.ts";
import { checkEvents } from "./check-events.ts";

function refusalOf(text: string, defaultName?: string): CliError {
  try {
    checkEvents(text, defaultName);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const lines = (...events: readonly object[]) => events.map((one) => JSON.stringify(one)).join("\n");
const url = "https://example.org/talk.mp4";

describe("many events at once", () => {
  test("go as they were written, with name, data, id, ts and v", () => {
    const text = lines(
      { name: "pipeline/video.download", data: { url }, id: "a", ts: "2026-11-21T09:00:00Z" },
      { name: "shop/paid", v: "2" },
    );
    expect(checkEvents(text, undefined)).toMatchObject({
      events: [
        { name: "pipeline/video.download", data: { url }, id: "a", ts: 1_795_251_600_000 },
        { name: "shop/paid", data: {}, v: "2" },
      ],
      names: [
        { name: "pipeline/video.download", isKnown: true },
        { name: "shop/paid", isKnown: false },
      ],
      warnings: [],
    });
  });

  test("without a name of their own take the one that was typed", () => {
    const { events } = checkEvents(
      lines({ data: { url } }, { name: "a/b" }),
      "pipeline/video.download",
    );
    expect(events.map(({ name }) => name)).toEqual(["pipeline/video.download", "a/b"]);
  });

  test("are refused together, each problem with its line", () => {
    const refusal = refusalOf(
      lines(
        { name: "pipeline/video.download", data: { url } },
        { name: "pipeline/video.download", data: { title: 3 } },
        { data: {} },
        { name: "a/b", date: {} },
        { name: "inngest/function.failed" },
        { name: "a/b", ts: 12 },
      ),
    );
    expect(refusal.code).toBe("event-invalid");
    expect(refusal.message.split("\n")).toEqual([
      "Nothing was sent: 5 of 6 events are malformed.",
      "line 2: pipeline/video.download: url: is required",
      expect.stringContaining("line 2: pipeline/video.download: title:"),
      "line 3: name: is required",
      expect.stringContaining("line 4: date: is not a field of this event; did you mean “data”?"),
      expect.stringContaining("line 5: name: must not begin with inngest/"),
      expect.stringContaining("line 6: ts: must be milliseconds since 1970"),
    ]);
  });

  test("of which some lines are no JSON, or no objects, are refused, too", () => {
    const { message } = refusalOf('{"name":"a/b"}\nplain\n7\n');
    expect(message).toContain("2 of 3 events");
    expect(message).toMatch(/line 2: is not JSON/);
    expect(message).toMatch(/line 3: /);
  });

  test("that are too large are refused", () => {
    const { message } = refusalOf(lines({ name: "a/b", data: { text: "x".repeat(600_000) } }));
    expect(message).toContain("line 1: a/b: has 600");
  });

  test("of which there are none are refused as a usage mistake", () => {
    for (const text of ["", "[]"]) expect(refusalOf(text).code).toBe("usage");
  });

  test("no more than a hundred problems are told; the rest is counted", () => {
    const { message } = refusalOf(Array.from({ length: 150 }, () => "{}").join("\n"));
    expect(message.split("\n")).toHaveLength(102);
    expect(message).toEndWith("and 50 more");
  });

  test("two of one id are warned of: the second starts nothing", () => {
    const { warnings } = checkEvents(
      lines({ name: "a/b", id: "x" }, { name: "a/b", id: "x" }),
      undefined,
    );
    expect(warnings).toEqual([expect.stringContaining("The lines 1, 2 have the id x")]);
    expect(
      checkEvents(lines({ name: "a/b", id: "x" }, { name: "a/c", id: "x" }), undefined).warnings,
    ).toEqual([]);
  });

  test("an alias is warned of once, however often it comes", () => {
    const alias = { name: "pipeline/video.requested", data: { url } };
    const { events, warnings } = checkEvents(lines(alias, alias), undefined);
    expect(events[1]?.name).toBe("pipeline/video.download");
    expect(warnings).toHaveLength(1);
  });
});
