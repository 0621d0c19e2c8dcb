import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BusEvent } from "@system-bus/events";
import { createAlertBook } from "./alert-book.ts";
import type { Finding } from "./decide-alerts.ts";
import { type TellStep, tellAlerts } from "./tell-alerts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "alerts-"));
});
afterEach(() => rm(folder, { recursive: true }));

const finding: Finding = {
  alert: "check/thing",
  title: "The thing at https://ada:s3cret@home.example is broken",
  detail: "Mend it",
  wellAgain: "The thing is well again",
};

/** What an engine keeps of a run: results of its steps, and the events that it took, once for each id. */
class Run {
  readonly taken = new Map<string, BusEvent>();
  readonly #results = new Map<string, unknown>();
  #crashesLeft = 0;

  constructor(readonly runId: string) {}

  /** One call of the worker, which dies when it has made so many moves: before, in or after a step. */
  async call(movesMax: number, findings: readonly Finding[]): Promise<"done" | "crashed"> {
    this.#crashesLeft = movesMax;
    const alerts = createAlertBook(folder, { nowMs: () => 0 });
    try {
      await tellAlerts(
        this.#step,
        { alerts, onMilestone: () => {} },
        {
          ...{ check: "check", runId: this.runId, findings },
          hasLookedAt: () => true,
        },
      );
      return "done";
    } catch (error) {
      if (error instanceof Crash) return "crashed";
      throw error;
    }
  }

  get #step(): TellStep {
    const once = async (id: string, work: () => Promise<unknown>) => {
      if (this.#results.has(id)) return this.#results.get(id);
      this.#move();
      const result: unknown = JSON.parse(JSON.stringify((await work()) ?? null));
      this.#move();
      this.#results.set(id, result);
      return result;
    };
    return {
      run: once,
      sendEvent: (id, events) =>
        once(id, async () => {
          for (const event of events) {
            const key = event.id ?? "";
            if (!this.taken.has(key)) this.taken.set(key, event);
          }
        }),
    };
  }

  #move(): void {
    if (this.#crashesLeft === 0) throw new Crash();
    this.#crashesLeft -= 1;
  }
}

class Crash extends Error {}

async function runToEnd(runId: string, findings: readonly Finding[], crashAt: number) {
  const run = new Run(runId);
  const first = await run.call(crashAt, findings);
  if (first === "crashed") expect(await run.call(100, findings)).toBe("done");
  return { first, told: [...run.taken.values()].map(({ name }) => name) };
}

test.each([0, 1, 2, 3, 4, 5, 100])(
  "killed after %i moves, an alert is told once all the same, and stands",
  async (crashAt) => {
    const { first, told } = await runToEnd("run-1", [finding], crashAt);
    expect(first).toBe(crashAt === 100 ? "done" : "crashed");
    expect(told).toEqual(["system/alert", "system/log"]);
    expect((await runToEnd("run-2", [finding], 100)).told).toEqual([]);
    expect((await runToEnd("run-3", [], crashAt)).told).toEqual(["system/alert", "system/log"]);
    expect((await runToEnd("run-4", [], 100)).told).toEqual([]);
    expect((await runToEnd("run-5", [finding], 100)).told).toHaveLength(2);
  },
);

test("what is told holds no password, and is what the schemas take", async () => {
  const run = new Run("run");
  await run.call(100, [{ ...finding, detail: `${"x".repeat(20_000)}\nhttp://a:s3cret@b/` }]);
  const [alert, line] = [...run.taken.values()];
  expect(JSON.stringify([alert, line])).not.toContain("s3cret");
  expect(alert?.data).toMatchObject({
    state: "raised",
    title: "The thing at https://home.example is broken",
  });
  expect(line?.data).toMatchObject({ action: "alert", tool: "check" });
});
