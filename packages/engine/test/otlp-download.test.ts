// One run's trace, fetched as OTLP.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { EngineHarness } from "./engine-harness.ts";
import { parseOtlp } from "./otlp-receiver.ts";
import { childOf, traceOf } from "./trace-view.ts";

let harness: EngineHarness;
beforeEach(async () => {
  harness = new EngineHarness({
    functions: (inngest) => [
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.run("load", () => ({ secret: "payload" }));
        await step.sleep("nap", "1h");
      }),
    ],
  });
  await harness.sync();
});
afterEach(() => harness.stop());

const fetchOtlp = (runId = "", query = "") =>
  harness.request(`/api/v2/runs/${runId}/trace/otlp${query}`);

const spansIn = (body: string) => parseOtlp(body).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];

test("has the ids of the run's trace, and payloads where they are asked for", async () => {
  const [run] = await harness.runToEnd({ name: "go" });
  const bare = await (await fetchOtlp(run?.id)).text();
  const root = await traceOf(harness, run?.id);
  expect(spansIn(bare).map(({ name, spanId }) => [name, spanId])).toEqual([
    ["f", root.id],
    ["load", childOf(root, "load").id],
    ["nap", childOf(root, "nap").id],
  ]);
  expect(bare).not.toContain("payload");
  expect(await (await fetchOtlp(run?.id, "?includeOutput=true")).text()).toContain("payload");
});

test("has of a run that goes on the spans that have ended (O3)", async () => {
  const eventId = await harness.send({ name: "go" });
  await harness.settle();
  const [run] = await harness.runsOf(eventId);
  expect(spansIn(await (await fetchOtlp(run?.id)).text()).map(({ name }) => name)).toEqual([
    "load",
  ]);
});

test("is not found for a run that nobody knows", async () => {
  expect((await fetchOtlp("01M7XX6RHXFQ11CGAZ6E55S500")).status).toBe(404);
});
