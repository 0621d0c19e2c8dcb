import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { DebouncingApp, type DebouncingOptions, SLOW } from "./debouncing-app.ts";
import type { HarnessOptions } from "./engine-harness.ts";

let app: DebouncingApp;

beforeEach(() => {
  app = new DebouncingApp();
});

afterEach(() => app.remove());

describe("an invocation of a debounced function", () => {
  const invoking =
    (
      debounce: NonNullable<DebouncingOptions["debounce"]>,
      options: DebouncingOptions = {},
    ): HarnessOptions["functions"] =>
    (inngest) => {
      const [child] = app.settled({ debounce, ...options })(inngest);
      if (!child) throw new Error("there is one");
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "call" }] },
        ({ event, step }) =>
          step.invoke("child", { function: child, data: event.data }).catch(String),
      );
      return [child, parent];
    };
  const tenSeconds = invoking({ period: "10s" });

  async function call(name: string): Promise<string> {
    const id = await app.harness.send({ name: "call", data: { name } });
    await app.harness.settle();
    return id;
  }

  test("is answered by the run that comes of it; one that was replaced is told so at once", async () => {
    await app.deploy(tenSeconds);
    const first = await call("first");
    await app.harness.pass(5);
    const second = await call("second");
    expect(await app.harness.runsOf(first)).toMatchObject([
      { status: "Completed", output: expect.stringContaining("a newer event took the place") },
    ]);
    expect(await app.harness.runsOf(second)).toMatchObject([{ status: "Running" }]);
    await app.harness.crashAndRestart();
    await app.harness.pass(10);
    expect(await app.harness.runsOf(second)).toMatchObject([{ output: '"second"' }]);
  });

  test("is told when a newer event is there already", async () => {
    await app.deploy(tenSeconds);
    await app.send("later", { ts: app.harness.clock.nowMs() + 1_000 });
    const [run] = await app.harness.runToEnd({ name: "call", data: { name: "late" } });
    expect(run?.output).toContain("a newer event is there already");
  });

  test("is told when a singleton skips the run that would come of it", async () => {
    await app.deploy(invoking({ period: "10s" }, { singleton: { mode: "skip" }, throttle: SLOW }));
    await app.send("first");
    await app.harness.pass(10);
    await app.send("waits for the throttle");
    await app.harness.pass(10);
    const id = await call("skipped");
    await app.harness.pass(10);
    expect((await app.harness.runsOf(id))[0]?.output).toContain("invoked function was skipped");
  });

  test("is told when its event is no longer kept", async () => {
    await app.deploy(tenSeconds);
    const id = await call("first");
    app.db.query("DELETE FROM events WHERE name = 'inngest/function.invoked'").run();
    await app.harness.pass(10);
    expect((await app.harness.runsOf(id))[0]?.output).toContain("its event is no longer kept");
  });

  test("is answered when its function has a problem by then", async () => {
    await app.deploy(tenSeconds);
    const id = await call("first");
    await app.deploy(invoking({ period: "10s", key: "event.data.(" }));
    await app.harness.pass(10);
    const [run] = await app.harness.runsOf(id);
    expect(run?.output).toContain("The function cannot run here: The key of its debounce");
  });

  test("by a person or a program starts at once, because it is answered with the run's id", async () => {
    await app.startWith(tenSeconds);
    await app.send("held");
    await app.harness.commands.invoke({ slug: "app-settled", data: { name: "asked" } });
    await app.harness.settle();
    expect(app.ran).toEqual([["asked", 0]]);
    await app.harness.pass(10);
    expect(app.ran).toEqual([
      ["asked", 0],
      ["held", 10],
    ]);
  });
});
