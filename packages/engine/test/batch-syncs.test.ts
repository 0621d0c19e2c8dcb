import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BatchingApp, type BatchingOptions, THREE } from "./batching-app.ts";

let app: BatchingApp;

beforeEach(() => {
  app = new BatchingApp();
});

afterEach(() => app.remove());

describe("a function that registers anew while its batch is open", () => {
  test("fills it up when its option is the same", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("a");
    await app.deploy(app.gathering({ batchEvents: THREE, retries: 1 }));
    await app.send("b");
    await app.send("c");
    expect(app.batches).toEqual(["a b c"]);
  });

  test.each<[string, BatchingOptions]>([
    ["is gone", {}],
    ["has another size", { batchEvents: { maxSize: 2, timeout: "10s" } }],
    ["has another key", { batchEvents: { ...THREE, key: "event.data.name" } }],
  ])("starts its run at once when its option %s", async (_, options) => {
    await app.start({ batchEvents: THREE });
    const ids = [await app.send("a"), await app.send("b")];
    await app.deploy(app.gathering(options));
    expect(app.batches).toEqual(["a b"]);
    await app.harness.pass(60);
    for (const id of ids) expect(await app.harness.runsOf(id)).toHaveLength(1);
  });

  test("starts a failing run for it when it has a problem by then", async () => {
    await app.start({ batchEvents: THREE });
    const id = await app.send("a");
    await app.deploy(app.gathering({ batchEvents: THREE, singleton: { mode: "skip" } }));
    await app.harness.pass(10);
    expect(await app.harness.runsOf(id)).toMatchObject([
      { status: "Failed", output: expect.stringContaining("cannot be combined with singleton") },
    ]);
  });

  test("and is gone starts its run in time, which the app then refuses", async () => {
    await app.start({ batchEvents: THREE, retries: 0 });
    const id = await app.send("a");
    await app.deploy((inngest) => [
      inngest.createFunction({ id: "other", triggers: [{ event: "x" }] }, () => 1),
    ]);
    await app.harness.advanceUntil(
      async () => (await app.harness.runsOf(id))[0]?.status === "Failed",
    );
    expect(app.ran).toEqual([]);
  });
});
