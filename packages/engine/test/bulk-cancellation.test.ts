// `/v1/cancellations` with the whole engine: which runs are cancelled, and that a crash in the middle
// changes nothing. The invariants are those of `src/runtime/bulk-canceller.ts`.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type RunPicture } from "./engine-harness.ts";

let engine: EngineHarness;
const folders: string[] = [];
afterEach(async () => {
  await engine.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(storage?: { kind: "directory"; path: string }): Promise<void> {
  engine = new EngineHarness({
    ...(storage && { storage }),
    functions: (inngest) => [
      inngest.createFunction({ id: "waits", triggers: [{ event: "go" }] }, ({ step }) =>
        step.sleep("long", "1d"),
      ),
      inngest.createFunction({ id: "other", triggers: [{ event: "go" }] }, ({ step }) =>
        step.sleep("long", "1d"),
      ),
    ],
  });
  await engine.sync();
}

interface Cancellation {
  readonly id: string;
  readonly status: string;
  readonly cancelled_count: number;
  readonly started_before: string;
}

async function cancel(selection: Record<string, unknown>): Promise<Cancellation> {
  const body = JSON.stringify({ app_id: "app", ...selection });
  const response = await engine.request("/v1/cancellations", { method: "POST", body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: Cancellation }).data;
}

async function look(id: string): Promise<Cancellation> {
  const response = await engine.request(`/v1/cancellations/${id}`);
  return ((await response.json()) as { data: Cancellation }).data;
}

async function waitUntilDone({ id }: Cancellation): Promise<Cancellation> {
  await engine.advanceUntil(async () => (await look(id)).status === "Completed");
  return look(id);
}

const send = (data: Record<string, unknown> = {}) => engine.send({ name: "go", data });

async function sendMany(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await send({ n }));
  await engine.settle();
  return ids;
}

async function statusOf(eventId: string, functionSlug = "app-waits"): Promise<string | undefined> {
  const runs = await engine.runsOf(eventId);
  const slugs = new Map(engine.reads.loadFunctions().map(({ id, config }) => [id, config.slug]));
  return runs.find((run: RunPicture) => slugs.get(run.functionId) === functionSlug)?.status;
}

const countEnds = () =>
  engine.reads.loadEvents({
    name: "inngest/function.cancelled",
    includesInternal: true,
    fromMs: null,
    untilMs: null,
    after: null,
    limit: 1_000,
  }).length;

describe("a bulk cancellation", () => {
  test("ends the function's runs as CANCELLED, and nobody else's", async () => {
    await start();
    const ids = await sendMany(3);
    const done = await waitUntilDone(await cancel({ function_id: "waits" }));
    expect(done.cancelled_count).toBe(3);
    for (const id of ids) {
      expect(await statusOf(id)).toBe("Cancelled");
      expect(await statusOf(id, "app-other")).toBe("Running");
    }
  });

  test("without a function takes all of the app", async () => {
    await start();
    const [id = ""] = await sendMany(1);
    expect((await waitUntilDone(await cancel({}))).cancelled_count).toBe(2);
    expect(await statusOf(id, "app-other")).toBe("Cancelled");
  });

  test("takes only runs that were queued between its two moments", async () => {
    await start();
    const moments: string[] = [];
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      engine.clock.advanceMs(1_000);
      moments.push(new Date(engine.clock.nowMs()).toISOString());
      ids.push(await send());
    }
    await engine.settle();
    const [first, , last] = moments;
    const selection = { function_id: "app-waits", started_after: first, started_before: last };
    expect((await waitUntilDone(await cancel(selection))).cancelled_count).toBe(1);
    const statuses = await Promise.all(ids.map((id) => statusOf(id)));
    expect(statuses).toEqual(["Running", "Cancelled", "Running"]);
  });

  test("takes only runs whose event fulfils its condition (B4)", async () => {
    await start();
    const yes = await send({ user: "a", size: 1 });
    const no = await send({ user: "b", size: "x" });
    await engine.settle();
    const condition = "event.data.user == 'a'";
    expect(
      (await waitUntilDone(await cancel({ function_id: "waits", if: condition }))).cancelled_count,
    ).toBe(1);
    expect(await statusOf(yes)).toBe("Cancelled");
    expect(await statusOf(no)).toBe("Running");

    const faulty = await cancel({ function_id: "waits", if: "event.data.size - 1 == 0" });
    expect((await waitUntilDone(faulty)).cancelled_count).toBe(0);
    expect(await statusOf(no)).toBe("Running");
  });

  test("leaves alone what comes later, even before a moment in the future (B3)", async () => {
    await start();
    await sendMany(1);
    const later = new Date(engine.clock.nowMs() + 3_600_000).toISOString();
    const cancellation = await cancel({ function_id: "waits", started_before: later });
    expect(Date.parse(cancellation.started_before)).toBeLessThanOrEqual(engine.clock.nowMs() + 1);
    expect((await waitUntilDone(cancellation)).cancelled_count).toBe(1);
    engine.clock.advanceMs(1_000);
    const [id = ""] = await sendMany(1);
    expect(await statusOf(id)).toBe("Running");
  });

  test("goes on after a crash in the middle, and cancels each run once (B1)", async () => {
    const path = mkdtempSync(join(tmpdir(), "engine-"));
    folders.push(path);
    await start({ kind: "directory", path });
    const ids = await sendMany(110);
    const { id } = await cancel({ function_id: "waits" });
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    await engine.crashAndRestart();
    const { cancelled_count: before } = await look(id);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(110);

    await engine.advanceUntil(async () => (await look(id)).status === "Completed");
    expect((await look(id)).cancelled_count).toBe(110);
    const statuses = await Promise.all(ids.map((eventId) => statusOf(eventId)));
    expect(new Set(statuses)).toEqual(new Set(["Cancelled"]));
    expect(countEnds()).toBe(110);
  });

  test("gives everything else its turn between two bites (B2)", async () => {
    await start();
    await sendMany(110);
    const { id } = await cancel({ function_id: "waits" });
    const eventId = await send({ user: "hurry" });
    expect((await look(id)).status).toBe("Running");
    expect(await statusOf(eventId)).toBeDefined();
  });

  test("that is deleted stops where it is", async () => {
    await start();
    const ids = await sendMany(110);
    const { id } = await cancel({ function_id: "waits" });
    const path = `/v1/cancellations/${id}`;
    expect((await engine.request(path, { method: "DELETE" })).status).toBe(204);
    await engine.settle();
    expect(await statusOf(ids.at(-1) ?? "")).toBe("Running");
    expect((await engine.request(path)).status).toBe(404);
    expect((await engine.request(path, { method: "DELETE" })).status).toBe(404);
  });
});
