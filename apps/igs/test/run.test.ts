// igs run against the embedded engine: the tree of runs, and watching one.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { Processes } from "./processes.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
  await processes.startEngine();
  await processes.startWorker();
});
afterEach(() => processes.end());

async function startRun(data: object): Promise<string> {
  await processes.igs(["send", "demo/parent", "--data", JSON.stringify(data)]);
  for (let tries = 0; tries < 100; tries += 1) {
    const { envelope } = await processes.igs(["runs", "--function", "parent"]);
    const [run] = (envelope.result as { runs: { id: string }[] }).runs;
    if (run) return run.id;
  }
  throw new Error("no run has begun");
}

test("a run is shown with the run that it has invoked, and watched until it fails", async () => {
  const runId = await startRun({ sleepsFor: "1s", shouldFail: true });
  const watched = await processes.igs(["run", runId, "--watch"]);
  expect(watched.exitCode).toBe(1);
  expect(watched.envelope).toMatchObject({
    command: "run",
    error: { code: "run-failed", message: expect.stringContaining("second breaks") },
    result: {
      run: { id: runId, status: "FAILED" },
      steps: [
        { name: "before", attempts: [{ status: "COMPLETED", queueMs: expect.any(Number) }] },
        {
          name: "ask",
          invoked: {
            run: { function: { id: "second" }, status: "FAILED" },
            steps: [{ name: "nap" }, {}],
          },
        },
      ],
    },
  });
  const seen = watched.lines.slice(0, -1);
  expect(seen[0]).toMatchObject({ type: "run", run: { id: runId } });
  expect(seen.at(-1)).toMatchObject({ type: "run", run: { status: "FAILED" } });

  const again = await processes.igs(["run", runId]);
  expect(again.exitCode).toBe(0);
  expect(again.envelope.result).toEqual(watched.envelope.result);
}, 30_000);
