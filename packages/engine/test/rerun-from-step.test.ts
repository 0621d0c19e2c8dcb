// Reruns from a step with the real SDK: what is kept, what runs again. The invariants are those of
// `src/core/decide-rerun.ts`.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type RunPicture } from "./engine-harness.ts";

let engine: EngineHarness;
let path: string;
const ran: string[] = [];
/** Set to make the steps named fail. */
let failing: readonly string[] = [];

function work(name: string): string {
  ran.push(name);
  if (failing.includes(name)) throw new Error(`${name} fails`);
  return `${name} ${ran.length}`;
}

beforeEach(async () => {
  ran.length = 0;
  failing = [];
  path = mkdtempSync(join(tmpdir(), "engine-"));
  engine = new EngineHarness({
    storage: { kind: "directory", path },
    functions: (inngest) => [
      inngest.createFunction(
        { id: "line", triggers: [{ event: "line" }], retries: 0 },
        async ({ step }) => {
          const a = await step.run("a", () => work("a"));
          await step.sleep("nap", "1h");
          const b = await step.run("b", (text: string) => `${work("b")} of ${text}`, a);
          return [a, b, await step.run("c", () => work("c"))];
        },
      ),
      inngest.createFunction(
        { id: "parallel", triggers: [{ event: "parallel" }], retries: 0 },
        async ({ step }) => {
          const group = await Promise.all([
            step.run("p", () => work("p")),
            step.run("q", () => work("q")),
            step.run("r", () => work("r")),
          ]);
          return [...group, await step.run("end", () => work("end"))];
        },
      ),
      inngest.createFunction(
        { id: "repeats", triggers: [{ event: "repeats" }], retries: 0 },
        async ({ step }) => {
          for (let n = 0; n < 3; n += 1) await step.run("again", () => work(`again ${n}`));
        },
      ),
    ],
  });
  await engine.sync();
});
afterEach(async () => {
  await engine.stop();
  rmSync(path, { recursive: true });
});

function rerun(runId: string, fromStep: object): Promise<Response> {
  const body = JSON.stringify({ fromStep });
  return engine.request(`/api/v2/runs/${runId}/rerun`, { method: "POST", body });
}

async function startRerun(runId: string, fromStep: object): Promise<string> {
  const response = await rerun(runId, fromStep);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: { runId: string } }).data.runId;
}

interface SeenRun {
  readonly status: string;
  readonly output: unknown;
  readonly originalRunId?: string;
}

async function look(runId: string): Promise<SeenRun> {
  const response = await engine.request(`/api/v2/runs/${runId}?includeOutput=true`);
  return ((await response.json()) as { data: SeenRun }).data;
}

/** Runs it again and waits for its end; `ran` then holds what this run did. */
async function rerunToEnd(runId: string, fromStep: object): Promise<SeenRun> {
  ran.length = 0;
  const newRunId = await startRerun(runId, fromStep);
  await engine.advanceUntil(async () => (await look(newRunId)).status !== "RUNNING");
  await engine.advanceUntil(async () => (await look(newRunId)).status !== "QUEUED");
  await engine.advanceUntil(async () => (await look(newRunId)).status !== "RUNNING");
  return look(newRunId);
}

async function runOnce(name: string): Promise<RunPicture> {
  const [run] = await engine.runToEnd({ name });
  if (!run) throw new Error("the event starts a run");
  return run;
}

describe("a run that is run again from a step", () => {
  test("keeps the results of the steps before it, and runs it and all after it (R1, R2)", async () => {
    const old = await runOnce("line");
    expect(ran).toEqual(["a", "b", "c"]);
    const sleptUntilMs = engine.clock.nowMs();
    const again = await rerunToEnd(old.id, { stepId: "b" });
    expect(ran).toEqual(["b", "c"]);
    expect(again).toMatchObject({
      status: "COMPLETED",
      output: ["a 1", "b 1 of a 1", "c 2"],
      originalRunId: old.id,
    });
    // The sleep was kept, too.
    expect(engine.clock.nowMs() - sleptUntilMs).toBeLessThan(60_000);
    expect((await look(old.id)).output).toEqual(["a 1", "b 2 of a 1", "c 3"]);
  });

  test("from its first step keeps nothing, from a sleep sleeps again", async () => {
    const old = await runOnce("line");
    await rerunToEnd(old.id, { stepId: "a" });
    expect(ran).toEqual(["a", "b", "c"]);
    const startedAtMs = engine.clock.nowMs();
    await rerunToEnd(old.id, { stepId: "nap" });
    expect(ran).toEqual(["b", "c"]);
    expect(engine.clock.nowMs() - startedAtMs).toBeGreaterThanOrEqual(3_600_000);
  });

  test("gives the step another input when one is sent, and shows it", async () => {
    const old = await runOnce("line");
    ran.length = 0;
    const newRunId = await startRerun(old.id, { stepId: "b", input: ["something else"] });
    await engine.advanceUntil(async () => (await look(newRunId)).status === "COMPLETED");
    expect(ran).toEqual(["b", "c"]);
    expect((await look(newRunId)).output).toEqual(["a 1", "b 1 of something else", "c 2"]);
    const trace = await engine.request(`/api/v2/runs/${newRunId}/trace?includeOutput=true`);
    expect(await trace.text()).toContain('"input":["something else"]');
  });

  test("that had failed goes on from the step that failed", async () => {
    failing = ["b"];
    const old = await runOnce("line");
    expect(old.status).toBe("Failed");
    failing = [];
    const again = await rerunToEnd(old.id, { stepId: "b" });
    expect(ran).toEqual(["b", "c"]);
    expect(again.status).toBe("COMPLETED");
  });

  test("that was cancelled before the step was done keeps all that was (R3)", async () => {
    const id = await engine.send({ name: "line" });
    await engine.settle();
    const [run] = await engine.runsOf(id);
    await engine.request(`/api/v2/runs/${run?.id}/cancel`, { method: "POST" });
    const again = await rerunToEnd(run?.id ?? "", { stepId: "nap" });
    expect(ran).toEqual(["b", "c"]);
    expect(again.status).toBe("COMPLETED");
  });

  test("of a parallel group keeps the siblings that were done before it (R2)", async () => {
    const old = await runOnce("parallel");
    const [first = "", second = "", third = ""] = ran;
    const again = await rerunToEnd(old.id, { stepId: second });
    expect(ran.toSorted()).toEqual([second, third, "end"].toSorted());
    expect(ran.at(-1)).toBe("end");
    expect(again.status).toBe("COMPLETED");
    // The sibling's result is the old one: it was the first that the old run had.
    expect(again.output).toContain(`${first} 1`);

    const withInput = await rerunToEnd(old.id, { stepId: second, input: [] });
    expect(ran.toSorted()).toEqual([second, third, "end"].toSorted());
    expect(withInput.status).toBe("COMPLETED");
  });

  test("can be run again from a step itself", async () => {
    const old = await runOnce("line");
    const second = await startRerun(old.id, { stepId: "b" });
    await engine.advanceUntil(async () => (await look(second)).status === "COMPLETED");
    const third = await rerunToEnd(second, { stepId: "c" });
    expect(ran).toEqual(["c"]);
    expect(third).toMatchObject({ status: "COMPLETED", originalRunId: second });
  });

  test("goes on after a crash right after it was acknowledged", async () => {
    const old = await runOnce("line");
    engine.isAppDown = true;
    const newRunId = await startRerun(old.id, { stepId: "b", input: ["x"] });
    await engine.crashAndRestart();
    ran.length = 0;
    engine.isAppDown = false;
    await engine.advanceUntil(async () => (await look(newRunId)).status === "COMPLETED");
    expect(ran).toEqual(["b", "c"]);
    expect((await look(newRunId)).output).toEqual(["a 1", "b 1 of x", "c 2"]);
  });
});

describe("a rerun from a step is refused", () => {
  test("for a step that the run has not, with those that it has", async () => {
    const old = await runOnce("line");
    const response = await rerun(old.id, { stepId: "z" });
    expect(response.status).toBe(404);
    const message = `Run ${old.id} has no step "z". Its steps are: a, nap, b, c.`;
    expect(await response.json()).toEqual({ errors: [{ code: "not_found", message }] });
  });

  test("for an id that several steps have, until one of them is named", async () => {
    const old = await runOnce("repeats");
    const response = await rerun(old.id, { stepId: "again" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("has several steps");
    expect((await rerunToEnd(old.id, { stepId: "again:1" })).status).toBe("COMPLETED");
    expect(ran).toEqual(["again 1", "again 2"]);
  });

  test("with an input for a step that runs no code", async () => {
    const old = await runOnce("line");
    const response = await rerun(old.id, { stepId: "nap", input: ["2h"] });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("only a step that runs code");
  });

  test("for a run that is not there", async () => {
    expect((await rerun("01M7XX6RHXFQ11CGAZ6E55S500", { stepId: "a" })).status).toBe(404);
  });
});
