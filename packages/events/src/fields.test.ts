import { describe, expect, test } from "bun:test";
import { claimHandle, httpUrl, language, line, noteSlug, tag, videoId } from "./fields.ts";

const problemOf = (schema: typeof httpUrl, value: unknown) =>
  schema.safeParse(value).error?.issues[0]?.message;

describe("an address to fetch", () => {
  test.each([
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10s#x",
    "http://127.0.0.1:8080/talk.mp4",
    "http://[::1]:8080/a",
    "http://nas.local/Videos/a%20b.mp4",
    "HTTPS://EXAMPLE.ORG/",
    "https://例え.jp/動画",
  ])("%p is taken as it stands", (url) => {
    expect(httpUrl.parse(url)).toBe(url);
  });

  test.each([
    ["", "must not be empty"],
    ["-o/etc/passwd", "must not start with “-”"],
    ["--exec=rm http://example.org", "must not start with “-”"],
    ["file:///etc/passwd", "not file:"],
    ["FILE:///etc/passwd", "not file:"],
    ["ftp://example.org/a.mp4", "not ftp:"],
    ["javascript:alert(1)", "not javascript:"],
    ["ytsearch:cats", "not ytsearch:"],
    ["example.org/a.mp4", "is not an address"],
    ["talk.mp4", "is not an address"],
    ["http://", "is not an address"],
    ["http:example.org", "must begin with http:// or https://"],
    ["https:\\\\example.org\\a", "must begin with http:// or https://"],
    ["http:///example.org", "must begin with http:// or https://"],
    [" https://example.org", "spaces or control characters"],
    ["https://example.org/a b", "spaces or control characters"],
    ["https://example.org/\n--exec", "spaces or control characters"],
    ["https://example.org/\u0000", "spaces or control characters"],
    [17, "expected string"],
    [null, "expected string"],
  ])("%p is refused: %s", (url, reason) => {
    expect(problemOf(httpUrl, url)).toContain(reason);
  });
});

test("an address has a bound", () => {
  expect(problemOf(httpUrl, `https://example.org/${"a".repeat(4_076)}`)).toBeUndefined();
  expect(problemOf(httpUrl, `https://example.org/${"a".repeat(4_077)}`)).toContain("Too big");
});

describe("a claim handle", () => {
  const sha256 = "0".repeat(64);

  test("names run, name and hash", () => {
    expect(claimHandle.safeParse(`claim:01ABC/media.mp4#${sha256}`).success).toBe(true);
  });

  test.each([
    "/etc/passwd",
    `claim:01ABC/../secret#${sha256}`,
    `claim:../01ABC/media#${sha256}`,
    `claim:01ABC/.hidden#${sha256}`,
    `claim:01ABC/a/b#${sha256}`,
    `claim:01ABC/media.mp4#${"0".repeat(63)}`,
    `claim:01ABC/media.mp4#${"Z".repeat(64)}`,
    "claim:01ABC/media.mp4",
    `claim:/media.mp4#${sha256}`,
    `claim:01ABC/media.mp4#${sha256}\n`,
  ])("is never a path or less than that: %p is refused", (handle) => {
    expect(claimHandle.safeParse(handle).success).toBe(false);
  });
});

describe("a note's slug", () => {
  test.each(["how-to", "2026-talk_1.2", "как-это-работает", "動画", "हिन्दी", "a"])(
    "%p names a note in any script",
    (slug) => {
      expect(noteSlug.safeParse(slug).success).toBe(true);
    },
  );

  test.each(["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "-rf", "a b", "a\nb", "a\u0000"])(
    "%p is refused: it could leave its folder or look like an option",
    (slug) => {
      expect(noteSlug.safeParse(slug).success).toBe(false);
    },
  );
});

describe("a video's identity", () => {
  test.each([
    "youtube:dQw4w9WgXcQ",
    "generic:My Talk",
    "html5:page-1",
    "youtube:tab:PL1",
    "9gag:x",
  ])("%p is an extractor and an id", (id) => {
    expect(videoId.safeParse(id).success).toBe(true);
  });

  test.each(["dQw4w9WgXcQ", "youtube:", ":x", "you tube:x", "youtube:a\nb", "../x:y"])(
    "%p is refused",
    (id) => {
      expect(videoId.safeParse(id).success).toBe(false);
    },
  );
});

test("a line for people has no line break and is not blank", () => {
  expect(line(10).safeParse("a title").success).toBe(true);
  for (const bad of ["", "  ", "a\nb", "a\tb", "a\u2028b", "x".repeat(11)]) {
    expect(line(10).safeParse(bad).success).toBe(false);
  }
});

test("a language is a tag, not its name", () => {
  for (const good of ["en", "pt-BR", "zh-Hans-CN", "gsw"]) {
    expect(language.safeParse(good).success).toBe(true);
  }
  for (const bad of ["English", "en_US", "", "e", "en-"]) {
    expect(language.safeParse(bad).success).toBe(false);
  }
});

test("a tag carries no # and no space", () => {
  expect(tag.safeParse("talks/2026").success).toBe(true);
  for (const bad of ["#talks", "two words", "", "a,b"]) {
    expect(tag.safeParse(bad).success).toBe(false);
  }
});
