import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BatchingApp, type BatchingOptions, type Named, THREE } from "./batching-app.ts";
import type { HarnessOptions } from "./engine-harness.ts";

let app: BatchingApp;

beforeEach(() => {
  app = new BatchingApp();
});

afterEach(() => app.remove());

describe("a batch's run", () => {
  test("is that of each of its events, in every list, and can be rerun as a whole", async () => {
    await app.start({ batchEvents: THREE });
    const ids = [await app.send("a"), await app.send("b"), await app.send("c")];
    await app.harness.pass(2);
    const [run] = await app.harness.runsOf(ids[0] ?? "");
    const runId = run?.id ?? "";
    for (const id of ids) {
      expect((await app.harness.runsOf(id)).map((found) => found.id)).toEqual([runId]);
      expect(await json(`/api/v2/events/${id}/runs`)).toMatchObject({ data: [{ id: runId }] });
    }
    const trigger = { eventIds: ids };
    expect(await json(`/api/v2/runs/${runId}`)).toMatchObject({ data: { trigger } });
    expect(await json("/api/v2/runs")).toMatchObject({ data: [{ id: runId, trigger }] });
    expect(await json(`/v0/runs/${runId}/batch`)).toMatchObject(
      ids.map((id) => expect.objectContaining({ id })) as never,
    );

    const rerunId = await app.harness.commands.rerun(runId);
    await app.harness.pass(2);
    expect(app.batches).toEqual(["a b c", "a b c"]);
    expect((await app.harness.runsOf(ids[2] ?? "")).map(({ id }) => id)).toEqual([rerunId, runId]);
    expect(await json(`/api/v2/runs/${rerunId}`)).toMatchObject({ data: { trigger } });
  });

  test("pages through the runs of an event", async () => {
    await app.start({ batchEvents: THREE });
    const id = await app.send("a");
    await app.harness.pass(12);
    const [run] = await app.harness.runsOf(id);
    const runIds = [run?.id, await app.harness.commands.rerun(run?.id ?? "")].reverse();
    const page = { limit: 1, withOutput: false };
    const first = app.harness.reads.loadRunsOfEvent(id, { ...page, after: null });
    const second = app.harness.reads.loadRunsOfEvent(id, { ...page, after: runIds[0] ?? null });
    expect([...first, ...second].map((found) => found.id)).toEqual(runIds as string[]);
  });

  test("tells of all its events when it ends, well or badly", async () => {
    const ends: unknown[] = [];
    await app.deploy((inngest) => [
      inngest.createFunction(
        {
          id: "gather",
          retries: 0,
          batchEvents: { ...THREE, maxSize: 2 },
          triggers: [{ event: "go" }],
          onFailure: ({ event }) => ends.push(["onFailure", endOf(event.data)]),
        },
        ({ event }) => {
          if (event.data.name === "bad") throw new Error("bad");
        },
      ),
      inngest.createFunction(
        { id: "watch", triggers: [{ event: "inngest/function.finished" }] },
        ({ event }) => ends.push(["finished", endOf(event.data)]),
      ),
    ]);
    for (const name of ["a", "b", "bad", "c"]) await app.send(name);
    await app.harness.settle();
    expect(ends.toSorted()).toEqual([
      ["finished", ["a", "a", "b"]],
      ["finished", ["bad", "bad", "c"]],
      ["onFailure", ["bad", "bad", "c"]],
    ]);
  });

  test("is not told of its own end, whatever else is in the batch", async () => {
    await app.deploy((inngest) => [
      inngest.createFunction(
        {
          id: "gather",
          batchEvents: { ...THREE, maxSize: 2 },
          triggers: [{ event: "go" }, { event: "inngest/function.finished" }],
        },
        ({ events }) =>
          app.ran.push({
            names: events.map((one: { name: string }) => one.name),
            first: "",
            atSeconds: 0,
          }),
      ),
      inngest.createFunction({ id: "other", triggers: [{ event: "other" }] }, () => 1),
    ]);
    await app.send("a");
    await app.harness.send({ name: "other" });
    await app.harness.pass(3_600);
    expect(app.batches).toEqual(["go inngest/function.finished"]);
  });

  test("has no timeouts, but the run of a single event beside it has", async () => {
    await app.start({
      batchEvents: { maxSize: 2, timeout: "10s", if: "event.data.name != 'single'" },
      timeouts: { start: "5s", finish: "500ms" as "1s" },
      throttle: { limit: 6, period: "1m" },
    });
    const tooSlow = await app.send("single");
    const batched = [await app.send("a"), await app.send("b")];
    const tooLate = await app.send("single");
    await app.harness.pass(30);
    for (const id of [tooSlow, tooLate]) {
      expect(await app.harness.runsOf(id)).toMatchObject([{ status: "Cancelled" }]);
    }
    for (const id of batched) {
      expect(await app.harness.runsOf(id)).toMatchObject([{ status: "Completed" }]);
    }
    expect(app.batches).toEqual(["single", "a b"]);
  });

  test("is not rate limited, but throttled and held to its concurrency by its first event's keys", async () => {
    await app.start({
      batchEvents: { ...THREE, maxSize: 2, key: "event.data.key" },
      rateLimit: { limit: 1, period: "1h" },
      throttle: { limit: 6, period: "1m", key: "event.data.key" },
      concurrency: { limit: 1, key: "event.data.key" },
    });
    for (const name of ["a1", "a2", "b1", "b2", "a3", "a4"]) await app.send(name);
    await app.harness.pass(60);
    expect(app.ran.map(({ names, atSeconds }) => [names.join(" "), atSeconds])).toEqual([
      ["a1 a2", 0],
      ["b1 b2", 0],
      ["a3 a4", 10],
    ]);
  });
});

function endOf({ event, events = [] }: { event: Named; events?: readonly Named[] }): string[] {
  return [event.data.name, ...events.map(({ data }) => data.name)];
}

async function json(url: string): Promise<unknown> {
  return (await app.harness.request(url)).json();
}

describe("an invocation of a batched function", () => {
  const invoking =
    (options: BatchingOptions): HarnessOptions["functions"] =>
    (inngest) => {
      const [child] = app.gathering(options)(inngest);
      if (!child) throw new Error("there is one");
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "call" }] },
        ({ event, step }) =>
          step.invoke("child", { function: child, data: event.data }).catch(String),
      );
      return [child, parent];
    };

  async function call(name: string): Promise<string> {
    const id = await app.harness.send({ name: "call", data: { name } });
    await app.harness.settle();
    return id;
  }

  test("is in the batch, and each invoker is answered by its run", async () => {
    await app.deploy(invoking({ batchEvents: THREE }));
    const calls = [await call("x"), await call("y")];
    await app.send("a");
    await app.harness.crashAndRestart();
    await app.harness.pass(2);
    for (const id of calls) {
      expect(await app.harness.runsOf(id)).toMatchObject([{ output: '["x","y","a"]' }]);
    }
  });

  test("is answered when its function has a problem by then, or is gone", async () => {
    await app.deploy(invoking({ batchEvents: THREE }));
    const id = await call("x");
    await app.deploy(invoking({ batchEvents: { ...THREE, maxSize: 1 } }));
    await app.harness.pass(10);
    expect((await app.harness.runsOf(id))[0]?.output).toContain(
      "The function cannot run here: The maxSize 1",
    );
  });

  test("by a person or a program starts at once, alone", async () => {
    await app.deploy(invoking({ batchEvents: THREE }));
    await app.send("a");
    const asked = { slug: "app-gather", data: { name: "asked" }, idempotencyKey: "key" };
    const runId = await app.harness.commands.invoke(asked);
    expect(await app.harness.commands.invoke(asked)).toBe(runId);
    await app.harness.settle();
    expect(app.batches).toEqual(["asked"]);
    await app.harness.pass(10);
    expect(app.batches).toEqual(["asked", "a"]);
  });
});
