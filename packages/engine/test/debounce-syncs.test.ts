import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DebouncingApp, type DebouncingOptions } from "./debouncing-app.ts";

let app: DebouncingApp;

beforeEach(() => {
  app = new DebouncingApp();
});

afterEach(() => app.remove());

describe("a function that registers anew while it holds an event", () => {
  test("has it in time when its option is the same", async () => {
    await app.start({ debounce: { period: "10s" } });
    await app.send("a");
    await app.deploy(app.settled({ debounce: { period: "10s" }, retries: 1 }));
    expect(app.ran).toEqual([]);
    await app.harness.pass(10);
    expect(app.ran).toEqual([["a", 10]]);
  });

  test.each<[string, DebouncingOptions]>([
    ["is gone", {}],
    ["has another period", { debounce: { period: "1h" } }],
    ["has another key", { debounce: { period: "10s", key: "event.data.name" } }],
  ])("has it at once, and only once, when its option %s", async (_, options) => {
    await app.start({ debounce: { period: "10s" } });
    const id = await app.send("a");
    await app.deploy(app.settled(options));
    await app.harness.settle();
    expect(app.ran).toEqual([["a", 0]]);
    await app.harness.pass(3_600);
    expect(await app.harness.runsOf(id)).toHaveLength(1);
  });

  test("starts a failing run for it when it has a problem by then, and the event can be rerun", async () => {
    await app.start({ debounce: { period: "10s" } });
    const id = await app.send("a");
    await app.deploy(app.settled({ debounce: { period: "1h" }, priority: BAD }));
    expect(await app.harness.runsOf(id)).toEqual([]);
    await app.harness.pass(10);
    const [failed] = await app.harness.runsOf(id);
    expect(failed).toMatchObject({
      status: "Failed",
      output: expect.stringContaining("The function cannot run here: Its priority"),
    });
    await app.deploy(app.settled({ debounce: { period: "10s" } }));
    await app.harness.commands.rerun(failed?.id ?? "");
    await app.harness.settle();
    expect(app.ran).toEqual([["a", 10]]);
  });

  test("and is gone starts its run in time, which the app then refuses", async () => {
    await app.start({ debounce: { period: "10s" }, retries: 0 });
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

const BAD = { run: "event.data.(" };
