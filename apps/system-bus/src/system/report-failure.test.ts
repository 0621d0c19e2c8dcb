import { expect, test } from "bun:test";
import { parseEvent } from "@system-bus/events";
import { failureEvent } from "./report-failure.ts";

const failed = (change: object = {}) =>
  failureEvent({
    functionId: "video-download",
    runId: "01M7XX8G6Y82X1J22S5Y001BFP",
    cause: { name: "pipeline/video.download", data: { url: "https://example.org/a" } },
    error: "not there",
    subjectOf: ({ url }) => String(url),
    ...change,
  });

test("a failure names the function, the run, the event and what it was about", () => {
  expect(failed().data).toEqual({
    functionId: "video-download",
    runId: "01M7XX8G6Y82X1J22S5Y001BFP",
    eventName: "pipeline/video.download",
    subject: "https://example.org/a",
    error: "not there",
  });
  expect(failed().id).toBe(failed({ error: "said otherwise" }).id ?? "");
});

test("whatever the event held and the error said, the failure can be sent", () => {
  for (const change of [
    { cause: { name: undefined, data: undefined } },
    { cause: { data: { url: "a\nb\u0000" } } },
    { cause: { data: { url: "x".repeat(9_000) } }, error: "y".repeat(90_000) },
    { error: "" },
    { subjectOf: () => undefined },
  ]) {
    const { name, data } = failed(change);
    expect(parseEvent(name, data)).toMatchObject({ kind: "ok" });
  }
});
