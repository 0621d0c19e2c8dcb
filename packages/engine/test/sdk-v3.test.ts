// Version 3 of the official SDK, whose wire differs: protocol notes, section 1.12. The alias is the newest
// release outside of those that the engine refuses (`protocol/registration.ts`).

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ClientOptions,
  type Inngest,
  type InngestFunction,
  NonRetriableError,
  RetryAfterError,
} from "inngest-v3";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import {
  APP_ORIGIN,
  type AppHandler,
  type EngineAccess,
  EngineHarness,
  type HarnessOptions,
} from "./engine-harness.ts";
import { createV3App, giveContextBack, takeContext } from "./sdk-v3-app.ts";

const SIGNING_KEY = "0123456789abcdef0123456789abcdef";
const HOUR_MS = 3_600_000;

let harness: EngineHarness;
afterEach(() => harness.stop());

beforeAll(takeContext);
afterAll(giveContextBack);

interface V3Options extends Omit<HarnessOptions, "functions" | "createApp"> {
  readonly client?: Partial<ClientOptions>;
  readonly functions: (inngest: Inngest) => InngestFunction.Any[];
}

async function start({ client, functions, ...options }: V3Options): Promise<void> {
  const createApp = (engine: EngineAccess) => createV3App(engine, functions, client);
  const app = { functions: () => [], createApp };
  harness = new EngineHarness({ retryIntervalMs: 1_000, ...options, ...app });
  await harness.sync();
}

const sequence: V3Options["functions"] = (inngest) => [
  inngest.createFunction({ id: "f" }, { event: "go" }, async ({ step }) => {
    const a = await step.run("a", () => 1);
    const b = await step.run("b", () => a + 1);
    return { a, b, c: await step.run("c", () => undefined) };
  }),
];

describe("an app of SDK v3", () => {
  test("registers with its functions, triggers and retries", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", name: "F", retries: 2, concurrency: 3 },
          [{ event: "go", if: "event.data.n == 1" }, { cron: "0 9 * * *" }],
          () => null,
        ),
      ],
    });
    expect(harness.reads.loadApps()).toMatchObject([
      { name: "app", sdkLanguage: "js", sdkVersion: "3.54.2" },
    ]);
    expect(harness.reads.loadFunctions()).toMatchObject([
      {
        config: {
          slug: "app-f",
          name: "F",
          attemptsMax: 3,
          triggers: [{ kind: "event", expression: "event.data.n == 1" }, { kind: "cron" }],
          concurrency: [{ limit: 3 }],
        },
      },
    ]);
    expect(harness.reads.loadFunctions()[0]?.config.problem).toBeUndefined();
  });

  test("registers on its own when it is asked to", async () => {
    let app: AppHandler = () => new Response(null);
    harness = new EngineHarness({
      functions: () => [],
      createApp: (engine) => {
        app = createV3App(engine, sequence);
        return app;
      },
    });
    const answer = await app(new Request(`${APP_ORIGIN}/api/inngest`, { method: "PUT" }));
    expect(await answer.json()).toEqual({ message: "Successfully registered", modified: true });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Completed");
  });

  test.each<[string, Omit<V3Options, "functions">, number]>([
    ["by a call for each step", {}, 4],
    ["by one call with checkpoints", { client: { checkpointing: true } }, 1],
    ["optimised", { client: { optimizeParallelism: true } }, 4],
    [
      "with the signing key",
      // The SDK checks signatures against the real time.
      { signingKey: SIGNING_KEY, clock: new VirtualClock(Date.now()) },
      4,
    ],
    [
      "with the signing key and checkpoints",
      {
        signingKey: SIGNING_KEY,
        clock: new VirtualClock(Date.now()),
        client: { checkpointing: true },
      },
      1,
    ],
  ])("runs steps in a row %s", async (_, options, callCount) => {
    await start({ ...options, functions: sequence });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '{"a":1,"b":2,"c":null}' });
    expect(harness.calls).toHaveLength(callCount);
  });
});

describe("SDK v3's steps side by side", () => {
  test.each([
    ["plain", {}],
    ["optimised", { optimizeParallelism: true }],
    ["with checkpoints", { checkpointing: true }],
  ])("each run once and are joined: %s", async (_, client) => {
    const ran: string[] = [];
    await start({
      client,
      functions: (inngest) => [
        inngest.createFunction({ id: "f" }, { event: "go" }, async ({ step }) => {
          const one = (id: string) => step.run(id, () => ran.push(id) && id);
          const chain = async () => {
            await step.sleep("nap", "5s");
            return one("late");
          };
          const together = await Promise.all([one("a"), one("b"), chain()]);
          return [...together, await one("after")];
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '["a","b","late","after"]' });
    expect(ran.toSorted()).toEqual(["a", "after", "b", "late"]);
  });
});

describe("SDK v3's failures", () => {
  test("are tried again, and what succeeded before is not repeated", async () => {
    const ran: string[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", retries: 2 }, { event: "go" }, async ({ step }) => {
          await step.run("a", () => ran.push("a"));
          await step.run("flaky", () => {
            ran.push("flaky");
            if (ran.length < 4) throw new Error("not yet");
          });
          return "done";
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"done"' });
    expect(ran).toEqual(["a", "flaky", "flaky", "flaky"]);
  });

  test.each([
    ["in a step", true],
    ["of the function", false],
  ])("%s are told to onFailure after the last attempt", async (_, isInStep) => {
    const told: string[] = [];
    let tries = 0;
    const fail = () => {
      tries += 1;
      throw new Error("broken");
    };
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          {
            id: "f",
            retries: 1,
            onFailure: ({ error, event }) => {
              told.push(`${error.message} ${event.data.function_id}`);
            },
          },
          { event: "go" },
          async ({ step }) => (isInStep ? step.run("a", fail) : fail()),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    await harness.settle();
    expect(run?.status).toBe("Failed");
    expect([tries, told]).toEqual([2, ["broken app-f"]]);
  });

  test("say when they want to be tried again, and that they do not", async () => {
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f" }, { event: "go" }, async ({ step }) => {
          await step.run("later", () => {
            tries += 1;
            if (tries === 1) throw new RetryAfterError("later", "90s");
          });
          await step.run("never", () => {
            throw new NonRetriableError("never");
          });
        }),
      ],
    });
    const startedAtMs = harness.clock.nowMs();
    const [run] = await harness.runToEnd({ name: "go" });
    expect([tries, harness.clock.nowMs() - startedAtMs]).toEqual([2, 90_000]);
    expect(run).toMatchObject({ status: "Failed", output: expect.stringContaining("never") });
  });

  test("can be caught", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", retries: 0 }, { event: "go" }, async ({ step }) => {
          const fail = (): string => {
            throw new Error("broken");
          };
          return step.run("a", fail).catch((error: Error) => `caught: ${error.message}`);
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('"caught: broken"');
  });
});

describe("SDK v3's waits", () => {
  test("sleep, and see their event, their signal or their time run out", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f" }, { event: "go" }, async ({ step }) => {
          await step.sleep("nap", "1h");
          const paid = await step.waitForEvent("paid", {
            event: "payment",
            timeout: "1h",
            if: "event.data.n == async.data.n",
          });
          const never = await step.waitForEvent("never", { event: "never", timeout: "1h" });
          const signal = await step.waitForSignal("signal", {
            signal: "s",
            timeout: "1h",
            onConflict: "fail",
          });
          return [paid?.data, never, signal];
        }),
      ],
    });
    const id = await harness.send({ name: "go", data: { n: 1 } });
    await harness.settle();
    harness.clock.advanceMs(HOUR_MS);
    await harness.settle();
    await harness.send({ name: "payment", data: { n: 2 } });
    await harness.send({ name: "payment", data: { n: 1 } });
    await harness.settle();
    harness.clock.advanceMs(HOUR_MS);
    await harness.settle();
    await harness.commands.sendSignal({ signal: "s", data: 3 });
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.output).toBe('[{"n":1},null,{"signal":"s","data":3}]');
  });

  test("invoke other functions, send events, and leave requests to the engine", async () => {
    const told: unknown[] = [];
    await start({
      functions: (inngest) => {
        const child = inngest.createFunction(
          { id: "child", retries: 0 },
          { event: "never" },
          ({ event }) => {
            if (event.data.n < 0) throw new Error("negative");
            return event.data.n * 2;
          },
        );
        const parent = inngest.createFunction(
          { id: "parent", retries: 0 },
          { event: "go" },
          async ({ step }) => {
            const doubled = await step.invoke("double", { function: child, data: { n: 21 } });
            const failed = await step
              .invoke("fail", { function: child, data: { n: -1 } })
              .catch((error: Error) => error.message);
            await step.sendEvent("tell", { name: "told", data: { doubled } });
            const response = await step.fetch("http://api.test/");
            return [doubled, failed, await response.text()];
          },
        );
        const listener = inngest.createFunction({ id: "told" }, { event: "told" }, ({ event }) => {
          told.push(event.data);
        });
        return [child, parent, listener];
      },
      fetchElsewhere: async () => new Response("fetched"),
    });
    const [run] = await harness.runToEnd({ name: "go" });
    await harness.settle();
    expect(run?.output).toBe('[42,"negative","fetched"]');
    expect(told).toEqual([{ doubled: 42 }]);
  });
});

test("SDK v3's checkpoints name no generation, and those of a call from before a crash are refused", async () => {
  const path = mkdtempSync(join(tmpdir(), "sdk-v3-"));
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const begun: number[] = [];
  const answers: number[] = [];
  const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
  const watched = (engine: EngineAccess): typeof fetch =>
    Object.assign(
      async (...request: Parameters<typeof fetch>) => {
        const answer = await engine.fetch(...request);
        if (String(request[0]).includes("/checkpoint/")) answers.push(answer.status);
        if (answer.status === 409) refuse();
        return answer;
      },
      { preconnect: engine.fetch.preconnect },
    );
  const functions: V3Options["functions"] = (inngest) => [
    inngest.createFunction({ id: "f" }, { event: "go" }, async ({ step }) =>
      step.run("a", async () => {
        const call = begun.push(begun.length) - 1;
        await gates[call === 0 ? 0 : 1].promise;
        return call;
      }),
    ),
  ];
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    functions: () => [],
    createApp: (engine) =>
      createV3App({ ...engine, fetch: watched(engine) }, functions, { checkpointing: true }),
  });
  await harness.sync();
  const id = await harness.send({ name: "go" });
  await until(() => begun.length === 1);
  await harness.crashAndRestart();
  await until(() => begun.length === 2);
  gates[0].resolve();
  await refused;
  gates[1].resolve();
  await until(async () => (await harness.runsOf(id))[0]?.status === "Completed");
  const [run] = await harness.runsOf(id);
  expect([run?.output, answers.slice(0, 2)]).toEqual(["1", [409, 200]]);
  const trace = await harness.request(`/api/v2/runs/${run?.id}/trace?includeOutput=true`);
  expect(await trace.text()).toContain('"output":{"data":1}');
  rmSync(path, { recursive: true });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(setImmediate);
}
