// Random runs of the real SDK under random crashes of the engine, downtime of the app, lost answers and
// full disks, on virtual time. A seed makes the same plans and the same trouble; how the event loop orders the rest
// is its own. RANDOM_RUNS=400 tries more seeds, RANDOM_SEED=7 only that one.

import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTables as findBrokenRules } from "../src/store/check/check-tables.ts";
import { openDatabase } from "../src/store/database.ts";
import { EngineHarness } from "./engine-harness.ts";
import {
  createPlan,
  createRandom,
  createRandomFunction,
  expectedResult,
  GO_EVENT,
  type Plan,
  RETRIES,
  type StepValue,
  sentWaits,
  WAKE_EVENT,
  Witness,
} from "./random-plan.ts";

const SEED_COUNT = Number(process.env["RANDOM_RUNS"] ?? 40);
const ONLY_SEED = process.env["RANDOM_SEED"];
const TROUBLES_MAX = 25;
const ROUNDS_MAX = 2_000;
const STEP_MS = 5_000;

let directory: string;
let harness: EngineHarness;
let database: Database;
let hasCheckpoints: boolean;

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const seeds =
  ONLY_SEED === undefined
    ? Array.from({ length: SEED_COUNT }, (_, index) => index + 1)
    : [Number(ONLY_SEED)];

test.each(seeds)(
  "seed %p: every run ends with what its plan says",
  async (seed) => {
    const random = createRandom(seed);
    const isCalm = seed % 4 === 0;
    const plans = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) =>
      createPlan(random, `${index}`),
    );
    const witness = new Witness();
    await start(random, witness);
    try {
      const eventIds = await Promise.all(
        plans.map((plan) => harness.send({ name: GO_EVENT, data: { plan } })),
      );
      if (!isCalm) await makeTrouble(random, plans);
      await driveToEnd(plans, eventIds);
      await checkResults(plans, eventIds);
    } finally {
      await harness.stop();
    }
    checkTables();
    if (isCalm) checkCounts(witness);
  },
  30_000,
);

async function start(random: () => number, witness: Witness): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), "engine-random-"));
  const concurrency = 1 + Math.floor(random() * 3);
  hasCheckpoints = random() < 0.6;
  harness = new EngineHarness({
    storage: { kind: "directory", path: directory },
    openDatabase: (file) => {
      database = openDatabase(file);
      return database;
    },
    retryIntervalMs: 1_000,
    checkpointing: hasCheckpoints,
    optimizeParallelism: random() < 0.7,
    functions: (inngest) => [createRandomFunction(inngest, witness, { concurrency })],
  });
  await harness.sync();
}

/** Each trouble is followed by some turns of the event loop, so that the next one meets anything. */
async function makeTrouble(random: () => number, plans: readonly Plan[]): Promise<void> {
  const waits = plans.flatMap(sentWaits);
  const count = Math.floor(random() * TROUBLES_MAX);
  for (let trouble = 0; trouble < count; trouble += 1) {
    const turns = Math.floor(random() * 12);
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    const draw = random();
    if (draw < 0.2) await harness.crashAndRestart();
    else if (draw < 0.25) await harness.downFor(Math.floor(random() * 200_000));
    else if (draw < 0.4) harness.isAppDown = !harness.isAppDown;
    else if (draw < 0.5) harness.losesAnswers = !harness.losesAnswers;
    else if (draw < 0.55 && !hasCheckpoints) leaveRoomFor(Math.floor(random() * 8));
    else if (draw < 0.65) await wake(waits[Math.floor(random() * waits.length)]);
    else harness.clock.advanceMs(Math.floor(random() * 10_000));
    // What `igs engine check` would say, between any two transactions.
    if (!database.inTransaction) expect(findBrokenRules(database)).toEqual([]);
  }
  harness.isAppDown = false;
  harness.losesAnswers = false;
  leaveRoomFor(1_000_000);
}

/** Pages by which the file may grow. A refused checkpoint is sent again on real time: not with those. */
function leaveRoomFor(pages: number): void {
  const row = database.query<{ page_count: number }, []>("PRAGMA page_count").get();
  database.exec(`PRAGMA max_page_count = ${(row?.page_count ?? 0) + pages}`);
}

/** The event is sent again until its run has gone on: one that came before the wait was not seen. */
async function driveToEnd(plans: readonly Plan[], eventIds: readonly string[]): Promise<void> {
  const waits = plans.flatMap(sentWaits);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await harness.settle();
    const runs = (await Promise.all(eventIds.map((id) => harness.runsOf(id)))).flat();
    if (runs.every(({ status }) => status !== "Running" && status !== "Queued")) return;
    harness.clock.advanceMs(STEP_MS);
    for (const id of waits) await wake(id);
  }
  throw new Error(`runs are still going on after ${ROUNDS_MAX} rounds`);
}

async function wake(id: string | undefined): Promise<void> {
  if (id === undefined) return;
  // Refused while the disk is full; there will be another.
  await harness.send({ name: WAKE_EVENT, data: { id } }).catch(() => {});
}

async function checkResults(plans: readonly Plan[], eventIds: readonly string[]): Promise<void> {
  for (const [index, eventId] of eventIds.entries()) {
    const runs = await harness.runsOf(eventId);
    const expected = JSON.stringify(expectedResult(plans[index] ?? []));
    expect(runs.map(({ status, output }) => ({ status, output }))).toEqual([
      { status: "Completed", output: expected },
    ]);
  }
}

/** Nothing is left that waits, and no stored step was made from a result that another replaced. */
function checkTables(): void {
  const db = new Database(join(directory, "engine.db"), { readonly: true });
  try {
    expect(findBrokenRules(db)).toEqual([]);
    const count = (sql: string) =>
      db.query<{ n: number }, []>(`SELECT count(*) AS n ${sql}`).get()?.n;
    expect(count("FROM runs WHERE status <> 'COMPLETED'")).toBe(0);
    expect(count("FROM steps WHERE status = 'open'")).toBe(0);
    expect(count("FROM queue_items")).toBe(0);
    expect(count("FROM waits")).toBe(0);
    expect(count("FROM events WHERE name = 'inngest/function.finished'")).toBe(
      count("FROM runs") ?? -1,
    );
    const values = db
      .query<{ json: string }, []>("SELECT value_json AS json FROM steps WHERE kind = 'run'")
      .all()
      .flatMap(({ json }): StepValue[] => JSON.parse(json).data ?? []);
    const numbers = new Set(values.map(({ number }) => number));
    for (const { id, seen } of values) {
      expect({ id, seen: seen.filter((number) => !numbers.has(number)) }).toEqual({ id, seen: [] });
    }
  } finally {
    db.close();
  }
}

/** Without trouble nothing is done twice. */
function checkCounts({ tries, successes }: Witness): void {
  for (const [id, successCount] of successes)
    expect({ id, successCount }).toEqual({ id, successCount: 1 });
  for (const [id, tryCount] of tries) {
    expect(tryCount, id).toBeLessThanOrEqual(RETRIES + 1);
  }
}
