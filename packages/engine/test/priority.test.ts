import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness } from "./engine-harness.ts";

let harness: EngineHarness;
let path: string;
let ran: string[];

async function send(...events: [name: string, priority: number][]): Promise<void> {
  for (const [name, priority] of events) {
    await harness.send({ name: "go", data: { name, priority } });
    harness.clock.advanceMs(1_000);
  }
}

beforeEach(async () => {
  ran = [];
  path = mkdtempSync(join(tmpdir(), "engine-"));
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    functions: (inngest) => [
      inngest.createFunction(
        {
          id: "one",
          concurrency: 1,
          priority: { run: "event.data.priority" },
          triggers: [{ event: "go" }],
        },
        async ({ event, step }) => {
          await step.run("note", () => ran.push(event.data.name));
        },
      ),
    ],
  });
  await harness.sync();
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

test.each([false, true])(
  "a run's priority is worth seconds of waiting, no more (restart in the middle: %p)",
  async (isRestarted) => {
    harness.isAppDown = true;
    await send(["first", 0], ["second", 0], ["soon", 2], ["late", -60], ["vip", 600], ["last", 0]);
    if (isRestarted) await harness.crashAndRestart();
    harness.isAppDown = false;
    await harness.sync();
    await harness.advanceUntil(() => ran.length === 6);
    // The first had been tried, and held the only place, before the others came.
    const rest = ran.filter((name) => name !== "first");
    expect(rest).toEqual(["vip", "soon", "second", "last", "late"]);
  },
);
