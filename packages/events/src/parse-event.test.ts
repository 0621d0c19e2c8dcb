import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { catalogue } from "./catalogue.ts";
import { formatProblems } from "./find-problems.ts";
import { parseEvent } from "./parse-event.ts";
import { findStrayFields } from "./stray-fields.ts";

const sha256 = "a".repeat(64);
const video = { id: "youtube:x", title: "A talk", url: "https://example.org/a" };

const problemsOf = (name: string, data: unknown) => {
  const parsed = parseEvent(name, data);
  return parsed.kind === "invalid" ? formatProblems(parsed.problems).split("\n") : parsed.kind;
};

describe("parsing an event", () => {
  test("a well-formed event comes out as it went in", () => {
    const data = { url: "https://example.org/talk.mp4", tags: ["a"] };
    expect(parseEvent("pipeline/video.download", data)).toEqual({
      kind: "ok",
      event: { name: "pipeline/video.download", data },
      alias: null,
    });
  });

  test("an alias comes out under the event's own name", () => {
    const parsed = parseEvent("pipeline/video.requested", { url: "https://example.org" });
    expect(parsed).toMatchObject({
      kind: "ok",
      event: { name: "pipeline/video.download" },
      alias: "pipeline/video.requested",
    });
  });

  test("an unknown name comes with close matches", () => {
    expect(parseEvent("pipeline/video.donwload", {})).toEqual({
      kind: "unknown",
      name: "pipeline/video.donwload",
      closeMatches: ["pipeline/video.download", "pipeline/video.downloaded"],
    });
    expect(parseEvent("billing/invoice.paid", {})).toMatchObject({ closeMatches: [] });
  });

  test("every problem is told, each with its path", () => {
    const data = {
      video: { ...video, url: "file:///x", durationSeconds: -1 },
      media: "/etc/passwd",
      captions: [{ file: `claim:r/c.vtt#${sha256}`, language: "English", isAutomatic: "no" }],
    };
    expect(problemsOf("pipeline/transcript.process", data)).toEqual([
      "video.url: only http and https addresses are fetched, not file:",
      "video.durationSeconds: Too small: expected number to be >=0",
      "media: must be a claim handle: claim:<runId>/<name>#<sha256>",
      "captions[0].language: must be a language tag, such as en or pt-BR",
      "captions[0].isAutomatic: Invalid input: expected boolean, received string",
    ]);
  });

  test("a missing field is called missing, not mistyped", () => {
    expect(problemsOf("pipeline/video.download", {})).toEqual(["url: is required"]);
    expect(problemsOf("pipeline/video.download", undefined)).toEqual(["url: is required"]);
    expect(problemsOf("pipeline/video.download", null)).toEqual(["url: is required"]);
  });

  test("a mistyped field is caught beside the missing one, with the field it meant", () => {
    expect(problemsOf("pipeline/video.download", { ulr: "https://example.org" })).toEqual([
      "url: is required",
      "ulr: is not a field of this event; did you mean “url”?",
    ]);
  });

  test("a mistyped optional field is caught, at any depth", () => {
    const captions = [
      { file: `claim:r/c.vtt#${sha256}`, language: "en", isAutomatic: false, isAutomatc: true },
    ];
    const data = { video: { ...video, chanel: "x" }, media: `claim:r/m.mp4#${sha256}`, captions };
    expect(problemsOf("pipeline/transcript.process", data)).toEqual([
      "video.chanel: is not a field of this event; did you mean “channel”?",
      "captions[0].isAutomatc: is not a field of this event; did you mean “isAutomatic”?",
    ]);
  });

  test("a field with no likeness to any lists what there is", () => {
    expect(problemsOf("pipeline/video.download", { url: "http://a.b", quality: 1 })).toEqual([
      "quality: is not a field of this event; known are: url, title, language, tags",
    ]);
  });

  test.each([["a string"], [17], [[]], [[{ url: "http://a.b" }]], [true]])(
    "data that is no object is refused: %p",
    (data) => {
      expect(problemsOf("pipeline/video.download", data)).toEqual([
        expect.stringContaining("expected object"),
      ]);
    },
  );

  test("names that objects inherit are neither events nor fields", () => {
    expect(parseEvent("constructor", {}).kind).toBe("unknown");
    expect(parseEvent("__proto__", {}).kind).toBe("unknown");
    const data = JSON.parse('{"url":"http://a.b","__proto__":{"x":1},"toString":1}');
    expect(problemsOf("pipeline/video.download", data)).toHaveLength(2);
  });
});

describe("stray fields", () => {
  const plant = (value: unknown): readonly unknown[] => {
    if (Array.isArray(value)) {
      return value.flatMap((item, at) => plant(item).map((bad) => value.with(at, bad)));
    }
    if (typeof value !== "object" || value === null) return [];
    const inside = Object.entries(value).flatMap(([field, inner]) =>
      plant(inner).map((bad) => ({ ...value, [field]: bad })),
    );
    return [{ ...value, strayField: 1 }, ...inside];
  };

  // Guards against a schema built of something that the search does not look into.
  test.each(catalogue.map((entry) => [entry.name, entry] as const))(
    "a stray planted anywhere in the example of %s is found",
    (_, { schema, example }) => {
      const planted = plant(example);
      expect(planted.length).toBeGreaterThan(0);
      for (const data of planted) expect(findStrayFields(schema, data)).toHaveLength(1);
      expect(findStrayFields(schema, example)).toEqual([]);
    },
  );

  test("a value of another kind than its schema holds no strays: that is the schema's to refuse", () => {
    const schema = z.object({ inner: z.object({ a: z.string() }), list: z.array(z.object({})) });
    expect(findStrayFields(schema, { inner: "x", list: { b: 1 } })).toEqual([]);
  });
});
