import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DebouncingApp, SLOW } from "./debouncing-app.ts";

let app: DebouncingApp;

beforeEach(() => {
  app = new DebouncingApp();
});

afterEach(() => app.remove());

describe("debounce", () => {
  test("runs once, with the last event, when none has come for the period", async () => {
    await app.start({ debounce: { period: "10s" } });
    const first = await app.send("a1");
    await app.harness.pass(6);
    const second = await app.send("a2");
    await app.harness.pass(9.999);
    expect(app.ran).toEqual([]);
    await app.harness.pass(0.001);
    expect(app.ran).toEqual([["a2", 16]]);
    expect(await app.harness.runsOf(first)).toEqual([]);
    expect(await app.harness.runsOf(second)).toMatchObject([{ status: "Completed" }]);
    await app.send("a3");
    await app.harness.pass(60);
    expect(app.ran).toEqual([
      ["a2", 16],
      ["a3", 26],
    ]);
  });

  test("waits for each key by itself; events that lack the key wait together", async () => {
    await app.start({ debounce: { period: "10s", key: "event.data.key" } });
    await app.send("a1");
    await app.send("b1");
    await app.send("none1", { data: { name: "none1" } });
    await app.harness.pass(5);
    await app.send("a2");
    await app.send("none2", { data: { name: "none2" } });
    await app.send("false", { data: { name: "false", key: false } });
    await app.harness.pass(10);
    expect(app.ran.toSorted()).toEqual([
      ["a2", 15],
      ["b1", 10],
      ["false", 15],
    ]);
  });

  test("tells keys apart that are long", async () => {
    await app.start({ debounce: { period: "10s", key: "event.data.key" } });
    const long = "x".repeat(100_000);
    await app.send("long", { data: { name: "long", key: `${long}1` } });
    await app.send("other", { data: { name: "other", key: `${long}2` } });
    await app.send("longer", { data: { name: "longer", key: `${long}1` } });
    await app.harness.pass(10);
    expect(app.ran.map(([name]) => name).toSorted()).toEqual(["longer", "other"]);
  });

  test("lets events wait together for which the key cannot be computed", async () => {
    await app.start({ debounce: { period: "10s", key: "event.data.key < 1" } });
    await app.send("text", { data: { name: "text", key: "a" } });
    await app.send("another", { data: { name: "another", key: "b" } });
    await app.send("number", { data: { name: "number", key: 0 } });
    await app.harness.pass(10);
    expect(app.ran.map(([name]) => name).toSorted()).toEqual(["another", "number"]);
  });

  test("waits no longer than its timeout, and then begins anew", async () => {
    await app.start({ debounce: { period: "10s", timeout: "25s" } });
    for (const name of ["a1", "a2", "a3", "a4", "a5", "a6"]) {
      await app.send(name);
      await app.harness.pass(6);
    }
    expect(app.ran).toEqual([["a5", 25]]);
    await app.harness.pass(60);
    expect(app.ran).toEqual([
      ["a5", 25],
      ["a6", 40],
    ]);
  });

  test("prefers the newest event by its ts; an older one that comes late changes nothing", async () => {
    await app.start({ debounce: { period: "10s" } });
    await app.send("newer", { ts: app.beganAtMs });
    await app.harness.pass(6);
    await app.send("older", { ts: app.beganAtMs - 1 });
    await app.harness.pass(4);
    expect(app.ran).toEqual([["newer", 10]]);
    await app.harness.pass(60);
    expect(app.ran).toHaveLength(1);
  });

  test("starts a run for the future when the newest event is of the future", async () => {
    await app.start({ debounce: { period: "10s" } });
    await app.send("later", { ts: app.beganAtMs + 60_000 });
    await app.send("now");
    await app.harness.pass(59);
    expect(app.ran).toEqual([]);
    await app.harness.pass(1);
    expect(app.ran).toEqual([["later", 60]]);
  });

  test("goes on after a restart in the middle", async () => {
    await app.start({ debounce: { period: "10s", timeout: "25s" } });
    await app.send("a1");
    await app.harness.pass(9);
    await app.send("a2");
    await app.harness.crashAndRestart();
    await app.harness.pass(9);
    await app.send("a3");
    await app.harness.crashAndRestart();
    await app.harness.pass(6.999);
    expect(app.ran).toEqual([]);
    await app.harness.pass(0.001);
    expect(app.ran).toEqual([["a3", 25]]);
  });

  test("starts its run once after downtime, at once", async () => {
    await app.start({ debounce: { period: "10s" } });
    await app.send("a1");
    await app.send("a2");
    await app.harness.downFor(3_600_000);
    await app.harness.settle();
    expect(app.ran).toEqual([["a2", 3_600]]);
    await app.harness.crashAndRestart();
    await app.harness.pass(3_600);
    expect(app.ran).toHaveLength(1);
  });

  test("loses nothing when an event comes in the very moment in which it is due", async () => {
    await app.start({ debounce: { period: "10s" } });
    const accept = (name: string) =>
      app.harness.commands.acceptEvents([{ name: "go", data: { name }, user: {} }]);
    await app.send("a1");
    // All in one turn, so that neither knows of the other by way of the disk.
    app.harness.clock.advanceMs(9_000);
    const before = accept("a2");
    app.harness.clock.advanceMs(1_000);
    await before;
    await app.harness.settle();
    expect(app.ran).toEqual([]);
    app.harness.clock.advanceMs(9_000);
    await accept("a3");
    await app.harness.settle();
    expect(app.ran).toEqual([["a2", 19]]);
    await app.harness.pass(10);
    expect(app.ran).toEqual([
      ["a2", 19],
      ["a3", 29],
    ]);
  });

  test("keeps a run that it started when its app is down", async () => {
    await app.start({ debounce: { period: "10s" } });
    app.harness.isAppDown = true;
    const id = await app.send("a");
    await app.harness.pass(10);
    app.harness.isAppDown = false;
    await app.harness.advanceUntil(() => app.ran.length === 1);
    expect(await app.harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
  });

  test("starts an event id once, and is not disturbed by one that has started its run", async () => {
    await app.start({ debounce: { period: "10s" } });
    await app.send("a1", { id: "one" });
    await app.send("a2", { id: "one" });
    await app.harness.pass(10);
    await app.send("b");
    await app.harness.pass(5);
    await app.send("again", { id: "one" });
    await app.harness.pass(5);
    expect(app.ran).toEqual([
      ["a2", 10],
      ["b", 20],
    ]);
  });
});

test("one event id starts one run, also when it is held for two keys", async () => {
  await app.start({ debounce: { period: "10s", key: "event.data.key" } });
  await app.send("a", { id: "one" });
  await app.send("b", { id: "one" });
  await app.harness.pass(10);
  expect(app.ran).toHaveLength(1);
});

describe("debounce with other flow control", () => {
  test("comes after the rate limit: what that stops takes nobody's place, and the run is not asked again", async () => {
    await app.start({ debounce: { period: "10s" }, rateLimit: { limit: 1, period: "1m" } });
    await app.send("a1");
    await app.send("a2");
    await app.harness.pass(10);
    expect(app.ran).toEqual([["a1", 10]]);
  });

  test("comes before the singleton", async () => {
    await app.start({ debounce: { period: "10s" }, singleton: { mode: "skip" }, throttle: SLOW });
    await app.send("a");
    await app.harness.pass(10);
    await app.send("b");
    await app.harness.pass(10);
    const third = await app.send("c");
    await app.harness.pass(10);
    expect(await app.harness.runsOf(third)).toMatchObject([{ status: "Skipped" }]);
    await app.harness.pass(60);
    expect(app.ran).toEqual([
      ["a", 10],
      ["b", 70],
    ]);
  });

  test("holds a schedule's event as any other", async () => {
    await app.start({ debounce: { period: "7d" } });
    const newYearMs = Date.UTC(new Date(app.beganAtMs).getUTCFullYear() + 1, 0, 1);
    app.harness.clock.advanceMs(newYearMs - app.harness.clock.nowMs());
    await app.harness.settle();
    expect(app.ran).toEqual([]);
    app.harness.clock.advanceMs(7 * 86_400_000);
    await app.harness.settle();
    expect(app.ran).toHaveLength(1);
  });
});
