import { describe, expect, test } from "bun:test";
import { QueryReader } from "./query-reader.ts";

const read = (query: string) => new QueryReader(`http://localhost/x?${query}`);

describe("a query parameter", () => {
  test("is a text, or null when absent or empty", () => {
    expect(read("a=b").text("a")).toBe("b");
    expect(read("a=").text("a")).toBeNull();
    expect(read("").text("a")).toBeNull();
  });

  test("may come several times", () => {
    expect(read("a=b&a=c").texts("a")).toEqual(["b", "c"]);
    expect(read("a=").texts("a")).toBeNull();
  });

  test.each([
    ["1", 1],
    ["100", 100],
    ["", 20],
  ])("limit=%p counts %p", (text, count) => {
    expect(read(`limit=${text}`).count("limit", { fallback: 20, max: 100 })).toBe(count);
  });

  test.each(["0", "101", "-1", "1.5", "abc", "1e2", "99999999999999999999"])(
    "limit=%p is refused by name",
    (text) => {
      const query = read(`limit=${text}`);
      expect(() => query.count("limit", { fallback: 20, max: 100 })).toThrow('"limit"');
    },
  );

  test.each([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
    ["", false],
  ])("flag=%p is %p", (text, value) => {
    expect(read(`flag=${text}`).flag("flag")).toBe(value);
  });

  test("that is no flag is refused", () => {
    expect(() => read("flag=yes").flag("flag")).toThrow("true or false");
  });

  test.each([
    ["2026-11-21T02:00:00Z", Date.UTC(2026, 10, 21, 2)],
    ["2026-11-21T03:00:00%2B01:00", Date.UTC(2026, 10, 21, 2)],
    ["2026-11-21T02:00:00.123456789Z", Date.UTC(2026, 10, 21, 2, 0, 0, 123)],
    ["2026-11-21", Date.UTC(2026, 10, 21)],
  ])("from=%p is a moment", (text, ms) => {
    expect(read(`from=${text}`).momentMs("from")).toBe(ms);
  });

  test.each(["yesterday", "2026-13-01", "1795226358483", "2026-11-21T02:00:00"])(
    "from=%p is none",
    (text) => {
      expect(() => read(`from=${text}`).momentMs("from")).toThrow('"from"');
    },
  );

  test("is one of several choices, each once", () => {
    const choices = ["A", "B"] as const;
    expect(read("s=A&s=B&s=A").choices("s", choices)).toEqual(["A", "B"]);
    expect(read("").choices("s", choices)).toBeNull();
    expect(() => read("s=C").choices("s", choices)).toThrow("one of A, B");
    expect(read("").choice("s", choices, "B")).toBe("B");
  });
});
