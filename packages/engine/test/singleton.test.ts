import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;
let path: string;

async function start(functions: HarnessOptions["functions"]): Promise<void> {
  harness = new EngineHarness({ functions, storage: { kind: "directory", path } });
  await harness.sync();
}

const sleeper =
  (mode: "skip" | "cancel"): HarnessOptions["functions"] =>
  (inngest) => [
    inngest.createFunction(
      {
        id: "nap",
        singleton: { mode, key: "event.data.user" },
        triggers: [{ event: "go" }],
      },
      async ({ step }) => step.sleep("nap", "1h"),
    ),
  ];

async function send(user?: unknown, id?: string): Promise<string> {
  const sent = await harness.send({ name: "go", data: { user }, ...(id ? { id } : {}) });
  await harness.settle();
  return sent;
}

async function statusesOf(...eventIds: string[]): Promise<(string | undefined)[]> {
  const runs = await Promise.all(eventIds.map((id) => harness.runsOf(id)));
  return runs.map(([run]) => run?.status);
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("a singleton that skips", () => {
  test("records the run that it does not start, per key, also after a restart", async () => {
    await start(sleeper("skip"));
    const first = await send("a");
    const other = await send("b");
    await harness.crashAndRestart();
    await harness.settle();
    const second = await send("a");
    expect(await statusesOf(first, other, second)).toEqual(["Running", "Running", "Skipped"]);
    await harness.advanceUntil(async () => (await statusesOf(first))[0] === "Completed");
    const third = await send("a");
    expect(await statusesOf(third, second)).toEqual(["Running", "Skipped"]);
  });

  test("is free again when its run was cancelled", async () => {
    await start(sleeper("skip"));
    const first = await send("a");
    await harness.commands.cancelRun((await harness.runsOf(first))[0]?.id ?? "");
    expect(await statusesOf(await send("a"))).toEqual(["Running"]);
  });

  test("does not concern events without the key", async () => {
    await start(sleeper("skip"));
    expect(await statusesOf(await send(), await send(), await send(false))).toEqual([
      "Running",
      "Running",
      "Running",
    ]);
  });

  test("is still held after the housekeeper has been", async () => {
    await start(sleeper("skip"));
    await send("a");
    harness.clock.advanceMs(30 * 60_000);
    await harness.settle();
    expect(await statusesOf(await send("a"))).toEqual(["Skipped"]);
  });

  test("fails the step that invokes it meanwhile", async () => {
    await start((inngest) => {
      const child = inngest.createFunction(
        { id: "child", singleton: { mode: "skip" }, triggers: [{ event: "hold" }] },
        async ({ step }) => step.sleep("nap", "1h"),
      );
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "go" }] },
        ({ step }) =>
          step
            .invoke("child", { function: child, data: {} })
            .catch((error: unknown) => String(error)),
      );
      return [child, parent];
    });
    await harness.send({ name: "hold" });
    await harness.settle();
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toContain("invoked function was skipped");
  });
});

describe("a singleton that cancels", () => {
  test("gives way to the newest run of its key", async () => {
    await start(sleeper("cancel"));
    const first = await send("a");
    const other = await send("b");
    await harness.crashAndRestart();
    await harness.settle();
    const second = await send("a");
    expect(await statusesOf(first, other, second)).toEqual(["Cancelled", "Running", "Running"]);
    await harness.advanceUntil(async () => (await statusesOf(second))[0] === "Completed");
  });

  test("is not cancelled by the same event sent again", async () => {
    await start(sleeper("cancel"));
    const first = await send("a", "order-1");
    await send("a", "order-1");
    expect(await statusesOf(first)).toEqual(["Running"]);
  });
});
