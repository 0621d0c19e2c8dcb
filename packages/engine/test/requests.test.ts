// The HTTP requests that steps leave to the engine: `step.ai.infer` and `step.fetch`, with the official SDK.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch as durableFetch } from "inngest";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "requests-"));
});
afterEach(async () => {
  await harness.stop();
  rmSync(directory, { recursive: true });
});

async function start(options: HarnessOptions): Promise<void> {
  harness = new EngineHarness({ storage: { kind: "directory", path: directory }, ...options });
  await harness.sync();
}

/** The trace of a run, with all that it shows. */
async function traceOf(runId = ""): Promise<string> {
  return (await harness.request(`/api/v2/runs/${runId}/trace?includeOutput=true`)).text();
}

describe("step.ai.infer", () => {
  const asking: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction(
      { id: "ask", retries: 2, triggers: [{ event: "go" }] },
      async ({ step }) => {
        const answer = await step.ai.infer("ask", {
          model: {
            url: "http://model.test/v1/chat/completions",
            authKey: "secret-key",
            format: "openai-chat",
            headers: { "x-tenant": "secret-tenant" },
            onCall() {},
            options: { model: "m" },
          } as never,
          body: { messages: [{ role: "user", content: "hi" }] } as never,
        });
        return (answer as { reply: string }).reply;
      },
    ),
  ];

  test("asks the model with the key, and neither trace nor log nor note shows it", async () => {
    const requests: RequestInit[] = [];
    await start({
      functions: asking,
      fetchElsewhere: async (_url, init) => {
        requests.push(init);
        return Response.json({ reply: "hello" });
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('"hello"');
    expect(new Headers(requests[0]?.headers).get("authorization")).toBe("Bearer secret-key");
    expect(await traceOf(run?.id)).not.toContain("secret");
    expect(harness.logged.join("\n")).not.toContain("secret");
  });

  test("is tried again when the model is busy, at the time it asks for", async () => {
    const askedAtMs: number[] = [];
    await start({
      functions: asking,
      fetchElsewhere: async () => {
        askedAtMs.push(harness.clock.nowMs());
        if (askedAtMs.length > 1) return Response.json({ reply: "now" });
        return new Response("slow down", { status: 429, headers: { "retry-after": "90" } });
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('"now"');
    const [first = 0, second = 0] = askedAtMs;
    expect(second - first).toBe(90_000);
  });

  test("fails the step when the model refuses, with what the model said", async () => {
    await start({
      functions: asking,
      fetchElsewhere: async () => new Response("no such model", { status: 404 }),
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(run?.output).toContain("no such model");
  });
});

describe("step.fetch", () => {
  const SECRETS = { authorization: "Bearer secret-key", "x-tenant": "secret-tenant" };
  const fetching: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction(
      { id: "fetch", retries: 2, triggers: [{ event: "go" }] },
      async ({ step, event }) => {
        const { url = "http://api.test/things?token=secret-token", init = {} } = event.data;
        const response = await step.fetch(url, { headers: SECRETS, ...init });
        return [response.status, response.headers.get("x-kind"), await response.text()];
      },
    ),
  ];

  test("is made by the engine, and its answer is a Response", async () => {
    const requests: Request[] = [];
    await start({
      functions: fetching,
      fetchElsewhere: async (url, init) => {
        requests.push(new Request(url, init));
        return new Response("made", { status: 201, headers: { "x-kind": "thing" } });
      },
    });
    const init = { method: "POST", body: '{"n":1}', headers: SECRETS };
    const [run] = await harness.runToEnd({ name: "go", data: { init } });
    expect(run?.output).toBe('[201,"thing","made"]');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.method).toBe("POST");
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer secret-key");
    expect(await requests[0]?.text()).toBe('{"n":1}');
  });

  test.each([204, 404, 429, 500])("gives the function the status %p to judge", async (status) => {
    await start({
      functions: fetching,
      fetchElsewhere: async () => new Response(status === 204 ? null : "said", { status }),
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe(JSON.stringify([status, null, status === 204 ? "" : "said"]));
  });

  test("is tried again like a step when nobody answers, and then fails the step", async () => {
    let tries = 0;
    await start({
      functions: fetching,
      fetchElsewhere: async () => {
        tries += 1;
        throw new Error("Unable to connect");
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect([tries, run?.status]).toEqual([3, "Failed"]);
    expect(run?.output).toContain("api.test did not answer: Unable to connect");
  });

  test.each([{ url: "ftp://host/x" }, { init: { method: "POST", body: { a: 1 } } }])(
    "fails its step at once when nobody could make it: %j",
    async (data) => {
      await start({ functions: fetching });
      const startedAtMs = harness.clock.nowMs();
      const [run] = await harness.runToEnd({ name: "go", data });
      expect([run?.status, harness.clock.nowMs() - startedAtMs]).toEqual(["Failed", 0]);
      expect(run?.output).toContain("GatewayError");
    },
  );

  test("is made again after a crash, and leaves its secrets nowhere once it was answered", async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    let isHanging = true;
    await start({
      functions: fetching,
      fetchElsewhere: async () => {
        if (!isHanging) return new Response("after all");
        ask();
        return new Promise(() => {});
      },
    });
    const id = await harness.send({ name: "go" });
    await asked;
    expect(isOnDisk("secret-key")).toBe(true);
    isHanging = false;
    await harness.crashAndRestart();
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Completed");
    const [run] = await harness.runsOf(id);
    expect(run?.output).toBe('[200,null,"after all"]');
    expect(await traceOf(run?.id)).toContain('"stepOp":"GATEWAY"');
    expect(await traceOf(run?.id)).not.toContain("secret");
    expect(harness.logged.join("\n")).not.toContain("secret");
    await harness.crashAndRestart();
    expect(isOnDisk("secret-key")).toBe(false);
  });

  /** Whether the engine's file, or its log of changes, holds this text. */
  function isOnDisk(text: string): boolean {
    return readdirSync(directory).some((name) =>
      readFileSync(join(directory, name)).includes(text),
    );
  }

  test("runs beside others, and within the function's concurrency", async () => {
    let atOnce = 0;
    let mostAtOnce = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "many", concurrency: { limit: 2 }, triggers: [{ event: "go" }] },
          async ({ step }) => {
            const urls = ["a", "b", "c", "d"].map((path) => `http://api.test/${path}`);
            const responses = await Promise.all(urls.map((url) => step.fetch(url)));
            return Promise.all(responses.map((response) => response.text()));
          },
        ),
      ],
      fetchElsewhere: async (url) => {
        atOnce += 1;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        await new Promise(setImmediate);
        atOnce -= 1;
        return new Response(new URL(url).pathname);
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('["/a","/b","/c","/d"]');
    expect(mostAtOnce).toBe(2);
  });

  test("of an app that uses the SDK's fetch for its own requests works the same", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "shim", triggers: [{ event: "go" }] }, async () => {
          const response = await durableFetch("http://api.test/json");
          return response.json();
        }),
      ],
      fetchElsewhere: async () => Response.json({ a: 1 }),
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('{"a":1}');
  });
});
