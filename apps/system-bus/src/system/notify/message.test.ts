import { describe, expect, test } from "bun:test";
import { catalogue } from "@system-bus/events";
import { messageFor, toldEventNames } from "./message.ts";
import { withHeld } from "./with-held.ts";

const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";
const failed = (change: object = {}) => ({
  name: "inngest/function.failed",
  data: {
    run_id: RUN,
    function_id: "system-bus-video-download",
    error: { name: "Error", message: "HTTP Error 404" },
    event: { name: "pipeline/video.download", data: { url: "https://example.org/talk" } },
    ...change,
  },
});

test("every event that the catalogue promises to notify makes a message", () => {
  const promised = catalogue.filter(({ startsFunctions }) => startsFunctions.includes("notify"));
  expect(promised.map(({ name }) => name).toSorted()).toEqual([...toldEventNames].toSorted());
  for (const { name, example } of promised) {
    const message = messageFor({ name, data: example });
    expect(message?.title.length).toBeGreaterThan(5);
    expect(message?.topic).toContain("/");
  }
});

describe("a run that failed", () => {
  test("names the function, what it was about, the error and how to look", () => {
    expect(messageFor(failed())).toMatchObject({
      kind: "failures",
      title: "video-download has failed: https://example.org/talk",
      text: `HTTP Error 404\nigs run ${RUN}`,
      isUrgent: true,
      runId: RUN,
    });
  });

  test("of another app on the engine is told, too", () => {
    expect(messageFor(failed({ function_id: "my-worker-nightly" }))?.title).toStartWith(
      "my-worker-nightly has failed",
    );
  });

  test.each(["heartbeat", "trigger-audit", "function-health", "notify"])(
    "of %s is not: it raises an alert of its own, or would tell of itself",
    (id) => {
      expect(messageFor(failed({ function_id: `system-bus-${id}` }))).toBeNull();
      expect(messageFor(failed({ function_id: `my-worker-${id}` }))).not.toBeNull();
    },
  );

  test("is the same thing when only numbers, ids and addresses differ", () => {
    const topicOf = (message: string) => messageFor(failed({ error: { message } }))?.topic;
    expect(topicOf("run 01M7XX8G6Y82X1J22S5Y001BFP: 404 of https://a.example/1")).toBe(
      topicOf("run 01M7XX8G6Y82X1J22S5Y001BFQ: 403 of https://b.example/2") ?? "",
    );
    expect(topicOf("disk full")).not.toBe(topicOf("not found") ?? "");
  });

  test("shows no password, whatever the error says", () => {
    const error = { message: "can't fetch https://ada:s3cret@home.example/x" };
    const event = { data: { url: "https://ada:s3cret@home.example/x" } };
    expect(JSON.stringify(messageFor(failed({ error, event })))).not.toContain("s3cret");
  });

  test("that the engine tells in an unknown way is passed over, and no crash", () => {
    expect(messageFor({ name: "inngest/function.failed", data: { run_id: 7 } })).toBeNull();
    expect(messageFor(failed({ error: null, event: null }))?.text).toContain("no message");
  });
});

test("a pause that ends by itself is not urgent, one that waits for a person is", () => {
  const paused = (more: object) =>
    messageFor({
      name: "agent/loop.paused",
      data: { loopId: "l", project: "/p", generation: 1, cause: "cost", reason: "spent", ...more },
    });
  expect(paused({})).toMatchObject({ isUrgent: true, kind: "loops" });
  expect(paused({ until: "2026-01-05T12:00:00Z" })).toMatchObject({ isUrgent: false });
});

describe("what was held", () => {
  const message = messageFor(failed());
  if (message === null) throw new Error("a failure makes a message");
  const wait = { kind: "wait", untilMs: 0 } as const;

  test("is told as a number", () => {
    const held = { count: 3, titles: ["a", "b", "c"] };
    expect(withHeld(message, { ...wait, topic: message.topic }, held)).toMatchObject({
      count: 3,
      message: { title: "3 times more: video-download has failed: https://example.org/talk" },
    });
    expect(withHeld(message, { kind: "tell", earlierCount: 2 }, { count: 2, titles: [] })).toEqual({
      count: 3,
      message: { ...message, text: `${message.text}\n(2 times before, which was not told)` },
    });
  });

  test("beyond the hour's limit is told as a list that ends", () => {
    const held = { count: 7, titles: ["a", "b", "c", "d", "e"] };
    expect(withHeld(message, { ...wait, topic: "overflow" }, held)).toMatchObject({
      count: 7,
      message: {
        title: "7 messages were held back: too many in one hour",
        text: "a\nb\nc\nd\ne\nand 2 more: `slog tail`",
      },
    });
    const alone = { count: 1, titles: ["a"] };
    expect(withHeld(message, { ...wait, topic: "overflow" }, alone).message.title).toBe(
      message.title,
    );
  });
});
