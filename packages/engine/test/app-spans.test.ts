// Spans that apps send of what happened within their steps (extended traces).

import { afterEach, expect, test } from "bun:test";
import { EngineHarness } from "./engine-harness.ts";
import { childOf, traceOf } from "./trace-view.ts";

let harness: EngineHarness;
afterEach(() => harness.stop());

/** The SDK's hash of "load". */
const LOAD_ID = new Bun.CryptoHasher("sha1").update("load").digest("hex");

async function runOnce(): Promise<string> {
  harness = new EngineHarness({
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, ({ step }) =>
        step.run("load", () => 1),
      ),
    ],
  });
  await harness.sync();
  const [run] = await harness.runToEnd({ name: "go" });
  return run?.id ?? "";
}

const spanId = (index: number) => index.toString(16).padStart(16, "0");

function spansOf(runId: string, count: number, stepId = LOAD_ID, first = 1) {
  return Array.from({ length: count }, (_, index) => ({
    spanId: spanId(first + index),
    name: `query ${first + index}`,
    startTimeUnixNano: "1795226358483000000",
    endTimeUnixNano: "1795226358490000000",
    attributes: [
      { key: "sdk.run.id", value: { stringValue: runId } },
      { key: "inngest.step.hash", value: { stringValue: stepId } },
      { key: "db.rows", value: { intValue: 3 } },
    ],
  }));
}

const send = (
  spans: readonly unknown[],
  path = "/v1/traces/userland",
  contentType = "application/json",
) =>
  harness.request(path, {
    method: "POST",
    headers: { "content-type": contentType },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });

test.each(["/v1/traces/userland", "/dev/traces"])(
  "a span that comes to %s is shown below its step, once",
  async (path) => {
    const runId = await runOnce();
    for (let time = 0; time < 2; time += 1) {
      const answer = await send(spansOf(runId, 1), path);
      expect(await answer.json()).toEqual({});
    }
    const load = childOf(await traceOf(harness, runId), "load");
    expect(load.children).toMatchObject([
      { name: "query 1", status: "COMPLETED", attributes: { "db.rows": 3 } },
    ]);
  },
);

test("metadata can be put on a span of the app's own", async () => {
  const runId = await runOnce();
  await send(spansOf(runId, 1));
  const target = { run_id: runId, step_id: "load", step_attempt: 0, span_id: spanId(1) };
  const metadata = [{ kind: "userland.k", op: "set", values: { cached: true } }];
  const answer = await harness.request(`/v1/runs/${runId}/metadata`, {
    method: "POST",
    body: JSON.stringify({ target, metadata }),
  });
  expect(answer.status).toBe(200);
  const load = childOf(await traceOf(harness, runId), "load");
  expect(childOf(load, "query 1").metadata).toMatchObject([
    { scope: "extended_trace", kind: "userland.k", values: { cached: true } },
  ]);
});

test("spans of unknown runs, and more than a run may have, are counted as rejected", async () => {
  const runId = await runOnce();
  expect(await (await send(spansOf("nobody", 2))).json()).toMatchObject({
    partialSuccess: { rejectedSpans: "2", errorMessage: expect.any(String) },
  });
  expect(await (await send(spansOf(runId, 999))).json()).toEqual({});
  expect(await (await send(spansOf(runId, 3, LOAD_ID, 1_000))).json()).toMatchObject({
    partialSuccess: { rejectedSpans: "2" },
  });
  expect(childOf(await traceOf(harness, runId), "load").children).toHaveLength(1_000);
});

test("protobuf is refused in words, and so is what is no OTLP", async () => {
  await runOnce();
  const protobuf = await send([], "/v1/traces/userland", "application/x-protobuf");
  expect(protobuf.status).toBe(400);
  expect(await protobuf.text()).toContain("OTLP as JSON");
  const stranger = await harness.request("/v1/traces/userland", { method: "POST", body: "{}" });
  expect(stranger.status).toBe(400);
});
