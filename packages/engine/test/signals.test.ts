// `step.waitForSignal` and both ways to send a signal, with the official SDK. S1 to S4: `runtime/signals.ts`.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

const HOUR_MS = 3_600_000;

let harness: EngineHarness;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "signals-"));
});
afterEach(async () => {
  await harness.stop();
  rmSync(directory, { recursive: true });
});

/** Waits for the signal that its event names; returns what came. */
const waiter: HarnessOptions["functions"] = (inngest) => [
  inngest.createFunction(
    { id: "waiter", retries: 0, triggers: [{ event: "wait" }] },
    async ({ step, event }) =>
      step.waitForSignal("approval", {
        signal: event.data.signal,
        timeout: event.data.timeout ?? "2h",
        onConflict: event.data.onConflict ?? "fail",
      }),
  ),
  inngest.createFunction(
    { id: "sender", retries: 0, triggers: [{ event: "tell" }] },
    async ({ step, event }) =>
      step.sendSignal("tell", { signal: event.data.signal, data: event.data.data }),
  ),
];

async function start(functions = waiter): Promise<void> {
  harness = new EngineHarness({ storage: { kind: "directory", path: directory }, functions });
  await harness.sync();
}

/** Starts a run that waits; returns its event's id. */
async function wait(data: Record<string, unknown>): Promise<string> {
  const id = await harness.send({ name: "wait", data });
  await harness.settle();
  return id;
}

const runOf = async (eventId: string) => (await harness.runsOf(eventId))[0];

/** Whether somebody waited for the signal; ends that wait. */
const isTaken = (signal: string) =>
  harness.inngest.sendSignal({ signal, data: null }).then(({ runId }) => runId !== undefined);

describe("a signal", () => {
  test("ends the wait of its run and of no other, with its data", async () => {
    await start();
    const [first, second] = [await wait({ signal: "a" }), await wait({ signal: "b" })];
    const { runId } = await harness.inngest.sendSignal({ signal: "b", data: { ok: true } });
    await harness.settle();
    expect((await runOf(first))?.status).toBe("Running");
    expect(await runOf(second)).toMatchObject({
      id: runId,
      status: "Completed",
      output: '{"signal":"b","data":{"ok":true}}',
    });
  });

  test("sent without data gives null", async () => {
    await start();
    const id = await wait({ signal: "a" });
    await harness.inngest.sendSignal({ signal: "a", data: undefined });
    await harness.settle();
    expect((await runOf(id))?.output).toBe('{"signal":"a","data":null}');
  });

  test("reaches its run from a step of another", async () => {
    await start();
    const id = await wait({ signal: "a" });
    const [sender] = await harness.runToEnd({ name: "tell", data: { signal: "a", data: 7 } });
    const waited = await runOf(id);
    expect(waited?.output).toBe('{"signal":"a","data":7}');
    expect(sender?.output).toBe(JSON.stringify({ runId: waited?.id }));
  });

  test("that nobody waits for is refused, and not kept for a later wait (S4)", async () => {
    await start();
    expect(await harness.inngest.sendSignal({ signal: "a", data: 1 })).toEqual({
      runId: undefined,
    });
    const [run] = await harness.runToEnd({ name: "wait", data: { signal: "a" } });
    expect(run?.output).toBe("null");
  });

  test("is taken once, also when two come in one turn", async () => {
    await start();
    const id = await wait({ signal: "a" });
    const sent = await Promise.all([
      harness.inngest.sendSignal({ signal: "a", data: 1 }),
      harness.inngest.sendSignal({ signal: "a", data: 2 }),
    ]);
    await harness.settle();
    expect((await runOf(id))?.output).toBe('{"signal":"a","data":1}');
    expect(sent.filter(({ runId }) => runId !== undefined)).toHaveLength(1);
  });

  test("of more than 4 MB is refused, and the wait goes on", async () => {
    await start();
    const id = await wait({ signal: "a" });
    const data = "x".repeat(4 * 1024 * 1024);
    await expect(harness.commands.sendSignal({ signal: "a", data })).rejects.toThrow(
      "4194304 bytes",
    );
    await harness.inngest.sendSignal({ signal: "a", data: "small" });
    await harness.settle();
    expect((await runOf(id))?.output).toContain("small");
  });
});

describe("a wait for a signal", () => {
  test("ends with null at its timeout, and the signal is free again", async () => {
    await start();
    const startedAtMs = harness.clock.nowMs();
    const [run] = await harness.runToEnd({ name: "wait", data: { signal: "a" } });
    expect(run?.output).toBe("null");
    expect(harness.clock.nowMs() - startedAtMs).toBe(2 * HOUR_MS);
    expect(await isTaken("a")).toBe(false);
  });

  test("survives a crash, and so does its timeout", async () => {
    await start();
    const [first, second] = [await wait({ signal: "a" }), await wait({ signal: "b" })];
    await harness.crashAndRestart();
    await harness.settle();
    await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.crashAndRestart();
    await harness.settle();
    expect((await runOf(first))?.output).toBe('{"signal":"a","data":1}');
    await harness.downFor(3 * HOUR_MS);
    await harness.settle();
    expect(await runOf(second)).toMatchObject({ status: "Completed", output: "null" });
  });

  test("leaves the signal to the next when its run is cancelled (S2)", async () => {
    await start();
    const first = await runOf(await wait({ signal: "a" }));
    await harness.commands.cancelRun(first?.id ?? "");
    const second = await wait({ signal: "a" });
    await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.settle();
    expect((await runOf(second))?.status).toBe("Completed");
  });

  test("shows as WAIT_FOR_SIGNAL in the trace, with what it waits for and what came", async () => {
    await start();
    const id = await wait({ signal: "a" });
    const trace = async () => {
      const runId = (await runOf(id))?.id;
      const answer = await harness.request(`/api/v2/runs/${runId}/trace?includeOutput=true`);
      const { data } = (await answer.json()) as { data: { rootSpan: { children: object[] } } };
      return data.rootSpan.children[0];
    };
    expect(await trace()).toMatchObject({
      name: "approval",
      stepOp: "WAIT_FOR_SIGNAL",
      status: "RUNNING",
      input: { signal: "a", timeout: "2h", onConflict: "fail" },
    });
    await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.settle();
    expect(await trace()).toMatchObject({
      status: "COMPLETED",
      output: { data: { signal: "a", data: 1 } },
    });
  });
});

describe("a signal that another step waits for", () => {
  test("fails the run that asks for it, and the first waits on (S1)", async () => {
    await start();
    const first = await wait({ signal: "a" });
    const second = await wait({ signal: "a" });
    const failed = await runOf(second);
    expect(failed?.status).toBe("Failed");
    expect(failed?.output).toContain("Signal conflict; signal wait already exists for another run");
    await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.settle();
    expect((await runOf(first))?.status).toBe("Completed");
  });

  test("is taken over when the step says so, and the one before ends at its timeout (S3)", async () => {
    await start();
    const first = await wait({ signal: "a", timeout: "1h" });
    const second = await wait({ signal: "a", onConflict: "replace" });
    await harness.crashAndRestart();
    harness.clock.advanceMs(HOUR_MS - 1);
    await harness.settle();
    expect((await runOf(first))?.status).toBe("Running");
    harness.clock.advanceMs(1);
    await harness.settle();
    expect(await runOf(first)).toMatchObject({ status: "Completed", output: "null" });
    const { runId } = await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.settle();
    expect(await runOf(second)).toMatchObject({ id: runId, status: "Completed" });
  });

  test("stays with the one that took it over when the run before is cancelled", async () => {
    await start();
    const first = await runOf(await wait({ signal: "a" }));
    const second = await wait({ signal: "a", onConflict: "replace" });
    await harness.commands.cancelRun(first?.id ?? "");
    await harness.inngest.sendSignal({ signal: "a", data: 1 });
    await harness.settle();
    expect((await runOf(second))?.status).toBe("Completed");
  });

  test.each(["fail", "replace"] as const)(
    "may be one of the same run, in the same answer: %s",
    async (onConflict) => {
      await start((inngest) => [
        inngest.createFunction(
          { id: "twice", retries: 0, triggers: [{ event: "wait" }] },
          async ({ step }) => {
            const options = { signal: "a", timeout: "1h", onConflict };
            return Promise.all([
              step.waitForSignal("first", options),
              step.waitForSignal("second", options),
            ]);
          },
        ),
      ]);
      const id = await wait({});
      if (onConflict === "fail") {
        expect((await runOf(id))?.output).toContain("Signal conflict");
        return;
      }
      await harness.inngest.sendSignal({ signal: "a", data: 1 });
      harness.clock.advanceMs(HOUR_MS);
      await harness.settle();
      expect((await runOf(id))?.output).toBe('[null,{"signal":"a","data":1}]');
    },
  );
});

describe("POST /v1/signals", () => {
  const post = (body: unknown) =>
    harness.request("/v1/signals", { method: "POST", body: JSON.stringify(body) });

  test("answers with the run, or 404", async () => {
    await start();
    const id = await wait({ signal: "a" });
    const answer = await post({ signal: "a", data: 1 });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { data: { run_id: (await runOf(id))?.id } },
    ]);
    const again = await post({ signal: "a", data: 1 });
    expect([again.status, await again.json()]).toEqual([
      404,
      { status: 404, error: 'No run waits for the signal "a".' },
    ]);
  });

  test.each([[{}], [{ signal: "" }], [{ signal: 1 }], [{ signal: "x".repeat(1_025) }], [[]]])(
    "refuses %j",
    async (body) => {
      await start();
      expect((await post(body)).status).toBe(400);
    },
  );
});
