import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BatchingApp, THREE } from "./batching-app.ts";

let app: BatchingApp;

beforeEach(() => {
  app = new BatchingApp();
});

afterEach(() => app.remove());

describe("batchEvents", () => {
  test("starts one run with all events when there are enough, without waiting", async () => {
    await app.start({ batchEvents: THREE });
    for (const name of ["a", "b", "c", "d"]) await app.send(name);
    expect(app.ran).toEqual([{ names: ["a", "b", "c"], first: "a", atSeconds: 0 }]);
    await app.harness.pass(60);
    expect(app.ran[1]).toEqual({ names: ["d"], first: "d", atSeconds: 10 });
    expect(app.ran).toHaveLength(2);
  });

  test("starts it when its time is over, counted from the first event", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("a");
    await app.harness.pass(6);
    await app.send("b");
    await app.harness.pass(3.999);
    expect(app.ran).toEqual([]);
    await app.harness.pass(0.001);
    expect(app.ran).toEqual([{ names: ["a", "b"], first: "a", atSeconds: 10 }]);
  });

  test("fills several batches from one request, in order", async () => {
    await app.start({ batchEvents: THREE });
    const events = Array.from({ length: 7 }, (_, index) => ({
      name: "go",
      data: { name: `${index}` },
    }));
    await app.harness.request("/e/test-key", { method: "POST", body: JSON.stringify(events) });
    await app.harness.pass(60);
    expect(app.batches).toEqual(["0 1 2", "3 4 5", "6"]);
  });

  test("starts it when it has 10 MiB, and the SDK fetches what a call cannot carry", async () => {
    await app.start({ batchEvents: { maxSize: 100, timeout: "10s" } });
    // The most that one event may have, so that the 21st is above.
    const filling = "x".repeat(520_000);
    const names = Array.from({ length: 21 }, (_, index) => `${index}`);
    for (const name of names.slice(1)) await app.send(name, { data: { name, filling } });
    expect(app.ran).toEqual([]);
    const id = await app.send("0", { data: { name: "0", filling } });
    await app.harness.pass(2);
    expect(app.ran.map((batch) => batch.names)).toEqual([[...names.slice(1), "0"]]);
    expect(await app.harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
  });

  test("fills a batch for each key; events that lack the key are batched together", async () => {
    await app.start({ batchEvents: { ...THREE, key: "event.data.key" } });
    for (const name of ["a1", "b1", "a2", "a3"]) await app.send(name);
    await app.send("none", { data: { name: "none" } });
    await app.send("false", { data: { name: "false", key: false } });
    expect(app.batches).toEqual(["a1 a2 a3"]);
    await app.harness.pass(60);
    expect(app.batches.toSorted()).toEqual(["a1 a2 a3", "b1", "none false"]);
  });

  test("lets an event go alone, at once, of which its condition is not true or makes no sense", async () => {
    await app.start({ batchEvents: { ...THREE, if: "event.data.size < 5" } });
    await app.send("small", { data: { name: "small", size: 1 } });
    await app.send("large", { data: { name: "large", size: 9 } });
    await app.send("odd", { data: { name: "odd", size: "many" } });
    expect(app.batches).toEqual(["large", "odd"]);
    await app.harness.pass(10);
    expect(app.batches).toEqual(["large", "odd", "small"]);
  });

  test("does not wait for events of the future", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("later", { ts: app.beganAtMs + 3_600_000 });
    await app.harness.pass(10);
    expect(app.batches).toEqual(["later"]);
  });

  test("goes on after restarts in the middle", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("a");
    await app.harness.crashAndRestart();
    await app.send("b");
    await app.harness.crashAndRestart();
    await app.harness.settle();
    await app.send("c");
    await app.harness.crashAndRestart();
    const d = await app.send("d");
    await app.harness.pass(9);
    await app.harness.crashAndRestart();
    await app.harness.pass(3);
    expect(app.batches).toEqual(["a b c", "d"]);
    expect(await app.harness.runsOf(d)).toMatchObject([{ status: "Completed", output: '["d"]' }]);
  });

  test("starts its run once after downtime, at once", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("a");
    await app.send("b");
    await app.harness.downFor(3_600_000);
    await app.harness.settle();
    expect(app.ran).toEqual([{ names: ["a", "b"], first: "a", atSeconds: 3_600 }]);
    await app.harness.crashAndRestart();
    await app.harness.pass(60);
    expect(app.ran).toHaveLength(1);
  });

  test("loses nothing when the batch fills up in the very moment in which its time is over", async () => {
    await app.start({ batchEvents: THREE });
    await app.send("a");
    await app.send("b");
    const accept = (name: string) =>
      app.harness.commands.acceptEvents([{ name: "go", data: { name }, user: {} }]);
    app.harness.clock.advanceMs(9_999);
    const filled = [accept("c"), accept("d")];
    app.harness.clock.advanceMs(1);
    await Promise.all(filled);
    await app.harness.settle();
    expect(app.batches).toEqual(["a b c"]);
    app.harness.clock.advanceMs(9_999);
    await accept("e");
    await app.harness.settle();
    expect(app.batches).toEqual(["a b c", "d"]);
    await app.harness.pass(60);
    expect(app.batches).toEqual(["a b c", "d", "e"]);
  });

  test("takes each event id once, in an open batch and after its run", async () => {
    await app.start({ batchEvents: { ...THREE, key: "event.data.key" } });
    await app.send("a1", { id: "one" });
    await app.send("a2", { id: "one" });
    await app.send("b", { id: "one" });
    await app.send("a3", { id: "two" });
    await app.harness.crashAndRestart();
    await app.harness.pass(20);
    const query = "SELECT DISTINCT key.run_id FROM event_keys AS key JOIN runs ON id = key.run_id";
    expect(app.db.query(query).all()).toHaveLength(1);
    expect(app.db.query("SELECT DISTINCT run_id FROM event_keys").all()).toHaveLength(1);
    await app.send("a4", { id: "two" });
    await app.harness.pass(60);
    expect(app.batches).toEqual(["a1 a3"]);
    await app.harness.pass(86_400);
    await app.send("a5", { id: "two" });
    await app.harness.pass(60);
    expect(app.batches).toEqual(["a1 a3", "a5"]);
  });
});
