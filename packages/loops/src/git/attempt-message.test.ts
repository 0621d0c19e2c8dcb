import { describe, expect, test } from "bun:test";
import { hasTrailers, renderMessage } from "./attempt-message.ts";

const trailers = { loop: "adds-1", story: "US-001", attempt: 2 };

describe("an attempt's message", () => {
  test("has a line, a text and the trailers", () => {
    expect(renderMessage({ title: "adds", body: "Why.", trailers })).toBe(
      "adds\n\nWhy.\n\nLoop: adds-1\nStory: US-001\nAttempt: 2\n",
    );
  });

  test("is a title and trailers where there is nothing else to say", () => {
    expect(renderMessage({ title: " ", body: "", trailers })).toBe(
      "(no title)\n\nLoop: adds-1\nStory: US-001\nAttempt: 2\n",
    );
  });

  test("holds no line break in its title, and no control characters", () => {
    const message = renderMessage({ title: "a\nb\u0000\u001b[31m", body: "c\u0000\rd", trailers });
    expect(message).toStartWith("a b[31m\n\ncd\n\n");
  });

  test("is found by exactly its own trailers", () => {
    const message = renderMessage({ title: "adds", body: "", trailers });
    expect(hasTrailers(message, trailers)).toBe(true);
    expect(hasTrailers(message, { ...trailers, attempt: 22 })).toBe(false);
    expect(hasTrailers(message, { ...trailers, story: "US-00" })).toBe(false);
    expect(hasTrailers(message, { ...trailers, loop: "." })).toBe(false);
  });

  test("is not found by trailers that stand in its body", () => {
    const other = { loop: "other", story: "US-009", attempt: 1 };
    const body = "Loop: other\nStory: US-009\nAttempt: 1";
    const message = renderMessage({ title: "adds", body, trailers });
    expect(hasTrailers(message, other)).toBe(false);
    expect(hasTrailers(message, trailers)).toBe(true);
  });
});
