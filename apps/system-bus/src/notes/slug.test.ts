import { expect, test } from "bun:test";
import fc from "fast-check";
import { slugOf } from "./slug.ts";

test("a Latin title becomes lower-case words joined by dashes", () => {
  expect(slugOf("The Café: Größe & It's “Fine” (Part 2)", "x")).toBe(
    "the-cafe-große-its-fine-part-2",
  );
});

test("a title in another script keeps its letters and their marks", () => {
  expect(slugOf("日本語のガイド — 第1回", "x")).toBe("日本語のガイド-第1回");
  expect(slugOf("Лекция №5: Ёлка", "x")).toBe("лекция-no5-ёлка");
  expect(slugOf("हिन्दी", "x")).toBe("हिन्दी");
});

test("a title without letters falls back, and a hopeless fallback still gives a name", () => {
  expect(slugOf("../../", "generic:talk")).toBe("generic-talk");
  expect(slugOf("🎉🎉", "!!!")).toBe("untitled");
});

test("no title can name another folder, a hidden file, or a name too long for a file system", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (title) => {
      const slug = slugOf(title, "fallback");
      expect(slug).not.toMatch(/[/\\.\s\p{Cc}]|^-|-$/u);
      expect(Buffer.byteLength(slug)).toBeGreaterThan(0);
      expect(Buffer.byteLength(slug)).toBeLessThanOrEqual(120);
    }),
  );
});
