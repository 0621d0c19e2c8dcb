import { describe, expect, test } from "bun:test";
import type { AppFunction } from "@system-bus/inngest-api";
import { CliError } from "../output/failure.ts";
import { checkEvent, findListenerWarnings } from "./check-event.ts";

const listener = (value: string): AppFunction => ({
  id: "fn",
  name: "fn",
  app: { id: "other" },
  triggers: [{ type: "EVENT", value }],
});

const known = checkEvent("pipeline/video.download", { url: "http://x/talk.mp4" });

test("a malformed event is refused with each of its problems, and nothing was sent", () => {
  let thrown: unknown;
  try {
    checkEvent("pipeline/video.download", { title: 3 });
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof CliError)) throw new Error("it was not refused");
  expect(thrown.code).toBe("event-invalid");
  expect(thrown.message).toStartWith("Nothing was sent");
  expect(thrown.message).toContain("url: is required");
  expect(thrown.message).toContain("title:");
  expect(thrown.fix).toContain("igs schema pipeline/video.download");
});

test.each(["file:///etc/passwd", "-rf", "ftp://x/y", "talk.mp4"])(
  "the address %p is refused where it is typed",
  (url) => {
    expect(() => checkEvent("pipeline/video.download", { url })).toThrow("url");
  },
);

describe("a warning that nothing listens", () => {
  test("comes with close matches when the name is unknown", () => {
    const mistyped = checkEvent("pipeline/video.downlod", {});
    expect(mistyped.isKnown).toBe(false);
    expect(findListenerWarnings(mistyped, null)).toEqual([
      expect.stringContaining("pipeline/video.download"),
    ]);
  });

  test("knows the names that other apps listen for", () => {
    const foreign = checkEvent("shop/order.paid", {});
    expect(findListenerWarnings(foreign, [listener("shop/order.paid")])).toEqual([]);
    expect(
      findListenerWarnings(checkEvent("shop/order.payed", {}), [listener("shop/order.paid")]),
    ).toEqual([expect.stringContaining("shop/order.paid")]);
  });

  test("comes for a known event whose function isn't registered now", () => {
    expect(findListenerWarnings(known, [])).toEqual([expect.stringContaining("video-download")]);
    expect(findListenerWarnings(known, [listener("pipeline/*")])).toEqual([]);
  });

  test("doesn't come for a known event when the engine can't be asked", () => {
    expect(findListenerWarnings(known, null)).toEqual([]);
  });

  test("doesn't come for an event that only waits listen for", () => {
    const finished = { ...known, name: "program/finished" };
    expect(findListenerWarnings(finished, [])).toEqual([]);
  });
});
