// Apps that stream (`serve({ streaming: true })`): 201, spaces while they work, then the answer wrapped.
// Protocol notes, section 1.4.

import { afterEach, describe, expect, test } from "bun:test";
import { Inngest, type InngestFunction, NonRetriableError, RetryAfterError } from "inngest";
import { serve } from "inngest/remix";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { APP_ORIGIN, EngineHarness, type HarnessOptions, silentLogger } from "./engine-harness.ts";

const SIGNING_KEY = "0123456789abcdef0123456789abcdef";

let harness: EngineHarness;
afterEach(() => harness.stop());

type CreateFunction = (inngest: Inngest) => InngestFunction.Any;

async function start(
  createFunction: CreateFunction,
  options: Omit<HarnessOptions, "functions"> = {},
): Promise<void> {
  const { checkpointing = true } = options;
  harness = new EngineHarness({
    ...options,
    functions: () => [],
    createApp: ({ signingKey, ...engine }) => {
      const client = new Inngest({
        id: "app",
        ...engine,
        ...(signingKey === undefined ? { isDev: true } : { isDev: false, signingKey }),
        checkpointing,
        logger: silentLogger,
      });
      const functions = [createFunction(client)];
      // Of the SDK's adapters for plain requests this one can stream.
      const handle = serve({ client, functions, serveOrigin: APP_ORIGIN, streaming: true });
      return async (request) => {
        // As a server would have it; the adapter asks for it.
        request.headers.set("host", "app.test");
        const answer = await handle({ request });
        if (request.method === "POST") expect(answer.status).toBe(201);
        return answer;
      };
    },
  });
  await harness.sync();
}

describe("an app that streams", () => {
  test.each<[string, Omit<HarnessOptions, "functions">]>([
    ["in development", {}],
    ["without checkpoints", { checkpointing: false }],
    // The SDK checks signatures against the real time.
    ["with the signing key", { signingKey: SIGNING_KEY, clock: new VirtualClock(Date.now()) }],
  ])("runs its functions as any other %s", async (_, options) => {
    await start(
      (inngest) =>
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
          const sum = await Promise.all([step.run("a", () => 1), step.run("b", () => 2)]);
          return [...sum, await step.run("c", () => 3)];
        }),
      options,
    );
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: "[1,2,3]" });
  });

  test("says how its failures are to be tried again", async () => {
    let tries = 0;
    await start((inngest) =>
      inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.run("later", () => {
          tries += 1;
          if (tries === 1) throw new RetryAfterError("later", "90s");
        });
        throw new NonRetriableError("never");
      }),
    );
    const startedAtMs = harness.clock.nowMs();
    const [run] = await harness.runToEnd({ name: "go" });
    expect([tries, harness.clock.nowMs() - startedAtMs]).toEqual([2, 90_000]);
    expect(run).toMatchObject({ status: "Failed", output: expect.stringContaining("never") });
  });
});
