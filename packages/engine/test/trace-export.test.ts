// Traces of ended runs, sent to an OTLP receiver.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { traceIdOf } from "../src/core/trace-ids.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";
import { attributeOf, OtlpReceiver, type ReceivedSpan } from "./otlp-receiver.ts";
import { childOf, traceOf } from "./trace-view.ts";

const EXPORT = {
  url: "http://otlp.test/v1/traces",
  headers: { authorization: "Bearer secret-token" },
  timeoutMs: 10_000,
  isCompressed: false,
  serviceName: "bus",
  resourceAttributes: { "deployment.environment.name": "test" },
  withPayloads: false,
};

const QUIET_TURNS = 5;

let harness: EngineHarness;
let receiver: OtlpReceiver;
let path: string;

beforeEach(() => {
  receiver = new OtlpReceiver();
  path = mkdtempSync(join(tmpdir(), "otlp-"));
});
afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

const functions: HarnessOptions["functions"] = (inngest) => {
  const child = inngest.createFunction({ id: "child", triggers: [] }, () => "hi");
  return [
    child,
    inngest.createFunction({ id: "quick", triggers: [{ event: "quick" }] }, ({ step }) =>
      step.run("load", () => ({ secret: "payload" })),
    ),
    inngest.createFunction(
      { id: "all", retries: 1, triggers: [{ event: "all" }] },
      async ({ step, attempt }) => {
        await step.ai.wrap("ask", async () => ({
          model: "gpt-5.4-nano",
          usage: { prompt_tokens: 5, completion_tokens: 7 },
        }));
        await step.run("flaky", () => {
          if (attempt === 0) throw new TypeError("not yet");
        });
        await step.sleep("nap", "1m");
        await step.invoke("call", { function: child });
        throw new Error("in the end");
      },
    ),
  ];
};

async function start(options: Partial<HarnessOptions> = {}): Promise<void> {
  harness = new EngineHarness({
    functions,
    storage: { kind: "directory", path },
    traceExport: EXPORT,
    fetchElsewhere: receiver.receive,
    ...options,
  });
  await harness.sync();
}

async function runQuick(count = 1): Promise<readonly string[]> {
  const runIds: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const eventId = await harness.send({ name: "quick" });
    await harness.settle();
    runIds.push((await harness.runsOf(eventId))[0]?.id ?? "");
  }
  return runIds;
}

/** Moves time on, and lets the export do what it does without time passing: it is nobody's call in hand. */
async function passMs(durationMs: number): Promise<void> {
  harness.clock.advanceMs(durationMs);
  let seen = "";
  for (let quietTurns = 0; quietTurns < QUIET_TURNS; quietTurns += 1) {
    await harness.settle();
    const state = `${receiver.requests.length} ${receiver.spans.length} ${harness.logged.length}`;
    if (state !== seen) quietTurns = 0;
    seen = state;
  }
}

const spanNamed = (name: string): ReceivedSpan => {
  const span = receiver.spans.find((one) => one.name === name);
  if (span) return span;
  throw new Error(`no ${name} among ${receiver.spans.map((one) => one.name)}`);
};

describe("a run that has ended", () => {
  test("is exported a little later, with all of its spans and no payload", async () => {
    await start();
    const [runId = ""] = await runQuick();
    expect(receiver.requests).toEqual([]);
    await passMs(5_000);
    const root = await traceOf(harness, runId);
    expect(
      receiver.spans.map(({ name, spanId, parentSpanId }) => [name, spanId, parentSpanId]),
    ).toEqual([
      ["quick", root.id, undefined],
      ["load", childOf(root, "load").id, root.id],
    ] as never);
    expect(receiver.spans.every(({ traceId }) => traceId === traceIdOf(runId))).toBe(true);
    expect(spanNamed("quick").status).toEqual({ code: 1 });
    expect(attributeOf(spanNamed("quick"), "inngest.function.id")).toBe("app-quick");
    expect(attributeOf(spanNamed("load"), "inngest.queue_ms")).toBe("0");
    const [request] = receiver.requests;
    expect(request?.body).not.toContain("payload");
    expect(request?.headers.get("authorization")).toBe("Bearer secret-token");
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      resourceSpans: [
        {
          resource: {
            attributes: [
              { key: "deployment.environment.name", value: { stringValue: "test" } },
              { key: "service.name", value: { stringValue: "bus" } },
            ],
          },
        },
      ],
    });
  });

  test("has its attempts, waits, tokens, errors and the runs that it belongs to", async () => {
    await start();
    const [run] = await harness.runToEnd({ name: "all" });
    await passMs(60_000);
    const attempts = receiver.spans.filter(({ name }) => name.startsWith("Attempt"));
    expect(attempts.map(({ name, status }) => [name, status])).toEqual([
      ["Attempt 0", { code: 2, message: "not yet" }],
      ["Attempt 1", { code: 1 }],
      ["Attempt 0", { code: 2, message: "in the end" }],
      ["Attempt 1", { code: 2, message: "in the end" }],
    ]);
    expect(attempts[0]?.events?.[0]).toMatchObject({ name: "exception" });
    expect(attributeOf(attempts[0]?.events?.[0] ?? spanNamed("all"), "exception.type")).toBe(
      "TypeError",
    );
    expect(attributeOf(attempts[2] ?? spanNamed("all"), "http.response.status_code")).toBe("500");
    expect(attributeOf(spanNamed("ask"), "gen_ai.usage.input_tokens")).toBe("5");
    expect(attributeOf(spanNamed("ask"), "gen_ai.response.model")).toBe("gpt-5.4-nano");
    expect(attributeOf(spanNamed("nap"), "inngest.step.op")).toBe("sleep");
    expect(spanNamed("all").status).toEqual({ code: 2, message: "in the end" });
    expect(spanNamed("child").links).toMatchObject([
      { traceId: traceIdOf(run?.id ?? ""), spanId: spanNamed("call").spanId },
    ]);
    expect(receiver.rootCounts).toEqual([1, 1]);
  });

  test("is exported with inputs and outputs where that is wanted", async () => {
    await start({ traceExport: { ...EXPORT, withPayloads: true } });
    await runQuick();
    await passMs(5_000);
    expect(attributeOf(spanNamed("load"), "inngest.output")).toBe('{"secret":"payload"}');
  });

  test("goes out compressed where that is wanted", async () => {
    await start({ traceExport: { ...EXPORT, isCompressed: true } });
    await runQuick();
    await passMs(5_000);
    expect(receiver.requests[0]?.headers.get("content-encoding")).toBe("gzip");
    expect(receiver.rootCounts).toEqual([1]);
  });

  test("shares a request with others that ended then", async () => {
    await start();
    await runQuick(5);
    await passMs(5_000);
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.rootCounts).toHaveLength(5);
  });

  test("is left to the next request when it has ended just now: others may sort before it", async () => {
    await start();
    await runQuick();
    await passMs(4_000);
    await runQuick();
    await passMs(1_000);
    expect(receiver.rootCounts).toEqual([1]);
    await passMs(5_000);
    expect(receiver.rootCounts).toEqual([1, 1]);
  });

  test("is exported once, however much time passes (E2)", async () => {
    await start();
    await runQuick();
    await passMs(5_000);
    await passMs(3_600_000);
    await runQuick();
    await passMs(5_000);
    expect(receiver.rootCounts).toEqual([1, 1]);
  });

  test("is not exported where nobody asked for it", async () => {
    harness = new EngineHarness({ functions, fetchElsewhere: receiver.receive });
    await harness.sync();
    await runQuick();
    await passMs(3_600_000);
    expect(receiver.requests).toEqual([]);
  });
});

describe("a receiver", () => {
  test("that is down is tried again with growing pauses, and then gets everything (E3)", async () => {
    await start();
    const down = () => Promise.reject(new Error("Unable to connect"));
    receiver.answers.push(down, down, down);
    await runQuick();
    const triedAtMs: number[] = [];
    for (let count = 0; receiver.rootCounts.length === 0 && count < 100; count += 1) {
      const before = receiver.requests.length;
      await passMs(500);
      if (receiver.requests.length > before) triedAtMs.push(harness.clock.nowMs());
    }
    const [first = 0, second = 0, third = 0, fourth = 0] = triedAtMs;
    expect([second - first, third - second, fourth - third]).toEqual([1_000, 2_000, 4_000]);
    expect(receiver.rootCounts).toEqual([1]);
    const said = harness.logged.filter((line) => line.includes("traces"));
    expect(said).toEqual([
      "the export of traces to otlp.test will be tried again",
      "traces are exported again",
    ]);
  });

  test("that never answers holds up no run, and no stop of the engine (E1)", async () => {
    await start();
    let isAborted = false;
    harness.fetchElsewhere = (_url, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => {
          isAborted = true;
          reject(new Error("aborted"));
        });
      });
    await runQuick();
    await passMs(5_000);
    const [run] = await harness.runToEnd({ name: "quick" });
    expect(run?.status).toBe("Completed");
    await harness.stop();
    expect(isAborted).toBe(true);
  });

  test("that is busy is asked again when it says", async () => {
    await start();
    receiver.answers.push(
      () => new Response("slow down", { status: 429, headers: { "retry-after": "90" } }),
    );
    await runQuick();
    await passMs(5_000);
    await passMs(89_000);
    expect(receiver.requests).toHaveLength(1);
    await passMs(1_000);
    expect(receiver.rootCounts).toEqual([1]);
  });

  test.each([502, 503, 504])("that answers %p is tried again", async (status) => {
    await start();
    receiver.answers.push(() => new Response("", { status }));
    await runQuick();
    await passMs(5_000);
    await passMs(1_000);
    expect(receiver.rootCounts).toEqual([1]);
  });

  test.each([400, 401, 404, 500])(
    "that answers %p for good costs its runs, which is said, and no others",
    async (status) => {
      await start();
      receiver.answers.push(() => new Response("no", { status }));
      await runQuick();
      await passMs(5_000);
      expect(harness.logged).toContain("traces were dropped");
      await runQuick();
      await passMs(5_000);
      expect(receiver.requests).toHaveLength(2);
      expect(receiver.rootCounts).toEqual([1]);
    },
  );

  test.each([400, 413])(
    "that refuses one run of many with %p gets all the others",
    async (status) => {
      await start();
      const runIds = await runQuick(7);
      const poison = traceIdOf(runIds[4] ?? "");
      receiver.refuse = (body) => (body.includes(poison) ? new Response("", { status }) : null);
      await passMs(5_000);
      expect(receiver.rootCounts).toEqual([1, 1, 1, 1, 1, 1]);
      expect(receiver.spans.some(({ traceId }) => traceId === poison)).toBe(false);
      expect(harness.logged.filter((line) => line === "traces were dropped")).toHaveLength(1);
    },
  );

  test("that refuses everything is said once a minute, with the count of what was dropped since", async () => {
    await start();
    receiver.refuse = () => new Response("no", { status: 401 });
    const said = () => harness.logLines.filter(({ message }) => message === "traces were dropped");
    for (let round = 0; round < 14; round += 1) {
      await runQuick();
      await passMs(5_000);
    }
    expect(said().map(({ runCount }) => runCount)).toEqual([1, 12]);
    await harness.stop();
    expect(said().map(({ runCount }) => runCount)).toEqual([1, 12, 1]);
  });

  test("that leaves out some spans is heard", async () => {
    await start();
    receiver.answers.push(() =>
      Response.json({ partialSuccess: { rejectedSpans: "1", errorMessage: "too old" } }),
    );
    await runQuick();
    await passMs(5_000);
    expect(harness.logged).toContain("the OTLP receiver left out spans");
    await passMs(60_000);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe("after a restart", () => {
  test("what ended and was not exported yet is exported, and what was is not again (E2)", async () => {
    await start();
    await runQuick(2);
    await passMs(5_000);
    await runQuick(3);
    await harness.crashAndRestart();
    await passMs(5_000);
    expect(receiver.rootCounts).toEqual([1, 1, 1, 1, 1]);
  });

  test("a request that had no answer is sent again, with the same ids (O2)", async () => {
    await start();
    const never = () => new Promise<Response>(() => {});
    receiver.answers.push(never);
    const [runId = ""] = await runQuick();
    await passMs(5_000);
    await harness.crashAndRestart();
    await passMs(5_000);
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.requests[1]?.body).toBe(receiver.requests[0]?.body ?? "");
    expect(spanNamed("quick").traceId).toBe(traceIdOf(runId));
  });

  test("a run that ends much later than it began is among them", async () => {
    await start();
    const eventId = await harness.send({ name: "all" });
    await harness.settle();
    await runQuick();
    await passMs(5_000);
    await harness.crashAndRestart();
    await harness.advanceUntil(async () =>
      (await harness.runsOf(eventId)).every(({ status }) => status === "Failed"),
    );
    await passMs(60_000);
    expect(receiver.rootCounts).toEqual([1, 1, 1]);
  });

  test("switched on for the first time, no history is exported (E4)", async () => {
    harness = new EngineHarness({ functions, storage: { kind: "directory", path } });
    await harness.sync();
    await runQuick();
    await harness.stop();
    harness.clock.advanceMs(60_000);
    const { clock } = harness;
    await start({ clock });
    await runQuick();
    await passMs(5_000);
    expect(receiver.rootCounts).toEqual([1]);
  });
});
