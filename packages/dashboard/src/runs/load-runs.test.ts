import { beforeEach, expect, test } from "bun:test";
import type { InngestApi, Run, RunQuery } from "@system-bus/inngest-api";
import { type KnownErrors, loadRuns, readRunError } from "./load-runs.ts";

const run = (id: string, status: Run["status"], output?: unknown): Run => ({
  id,
  status,
  app: { id: "demo" },
  function: { id: "fn", name: "fn" },
  queuedAt: "2026-11-21T01:59:18.152Z",
  trigger: { eventIds: [] },
  ...(output === undefined ? {} : { output }),
});

const failedRun = run("b", "FAILED", { name: "Oops", message: "no disk" });

let asked: RunQuery[];
let known: KnownErrors;
beforeEach(() => {
  asked = [];
  known = new Map();
});

/** An engine with three runs, which gives outputs only where they are asked for. */
const api: Pick<InngestApi, "listRuns"> = {
  async listRuns(query = {}) {
    asked.push(query);
    const runs = [run("a", "RUNNING"), failedRun, run("c", "COMPLETED")];
    const items = runs
      .filter(({ status }) => query.status?.some((one) => one === status) ?? true)
      .map(({ output, ...rest }) => (query.includeOutput ? { ...rest, output } : rest));
    return { items, cursor: undefined };
  },
};

test("a page of runs comes with the errors of those that failed", async () => {
  const { page, errors } = await loadRuns(api, { limit: 40 }, known);
  expect(page.items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect([...errors]).toEqual([["b", { name: "Oops", message: "no disk" }]]);
});

test("outputs are asked for of failed runs only", async () => {
  await loadRuns(api, { limit: 40, functionId: ["fn"] }, known);
  expect(asked).toEqual([
    { limit: 40, functionId: ["fn"] },
    { limit: 1, functionId: ["fn"], status: ["FAILED"], includeOutput: true },
  ]);
});

test("an error that is known is not asked for again", async () => {
  await loadRuns(api, {}, known);
  await loadRuns(api, {}, known);
  expect(asked).toHaveLength(3);
});

test("an error without a message still says that the run failed", () => {
  expect(readRunError({ status: "FAILED", output: undefined }).message).toBe(
    "failed without a message",
  );
  expect(readRunError({ status: "FAILED", output: "plain" }).message).toBe("plain");
});
