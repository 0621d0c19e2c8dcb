import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { RunStatus } from "../core/run.ts";
import type { RunQuery, RunSummary } from "../core/run-list.ts";
import { RUN_STATUSES } from "../core/run-list.ts";
import { createUlidSource } from "../core/ulid.ts";
import { openDatabase } from "./database.ts";
import { EngineStore } from "./engine-store.ts";
import { migrate } from "./migrate.ts";
import { RunReads, runListQueries } from "./read-runs.ts";

const START_MS = Date.UTC(2026, 10, 21, 2);
const FUNCTIONS = ["demo-a", "demo-b", "other-a"] as const;
const ALL: RunQuery = {
  timeField: "queuedAt",
  fromMs: null,
  untilMs: null,
  order: "DESC",
  statuses: null,
  functionIds: null,
  after: null,
  limit: 20,
  withOutput: false,
};

let db: Database;
let store: EngineStore;
let reads: RunReads;

beforeEach(() => {
  db = openDatabase(":memory:");
  migrate(db);
  store = new EngineStore(db);
  reads = new RunReads(db);
  for (const name of ["demo", "other"]) addApp(name);
  for (const slug of FUNCTIONS) addFunction(slug);
});
afterEach(() => db.close());

function addApp(name: string): void {
  const times = { createdAtMs: START_MS, syncedAtMs: START_MS };
  const sdk = { framework: "hono", sdkLanguage: "js", sdkVersion: "4.24.0" };
  store.apps.putApp({
    id: `id-of-${name}`,
    name,
    url: `http://x/${name}`,
    checksum: "",
    ...sdk,
    ...times,
  });
}

function addFunction(slug: string): void {
  const limits = { attemptsMax: 5, concurrency: [] };
  store.apps.putFunction(slug, `id-of-${slug.split("-")[0]}`, {
    slug,
    name: `The ${slug}`,
    triggers: [],
    url: "http://x",
    ...limits,
  });
}

interface Seed {
  readonly id: string;
  readonly functionId: (typeof FUNCTIONS)[number];
  readonly status: RunStatus;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** Written as they are: the store's own verbs would not let an arbitrary history through. */
function addRun(seed: Seed): void {
  const { id, functionId, queuedAtMs } = seed;
  const none = { rank: null, correlationId: null, rerunOf: null, batchId: null };
  const ids = { ...none, eventInternalId: "event" };
  const appId = `id-of-${functionId.split("-")[0]}`;
  store.runs.insert({ id, functionId, appId, queuedAtMs, slotsJson: "[]", ...ids });
  db.query("UPDATE runs SET status = ?, started_at_ms = ?, ended_at_ms = ? WHERE id = ?").run(
    seed.status,
    seed.startedAtMs,
    seed.endedAtMs,
    id,
  );
}

const idsOf = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);

/** What `load` promises, in the plainest way there is. */
function expected(seeds: readonly Seed[], query: RunQuery): readonly string[] {
  const momentOf = (seed: Seed) =>
    ({ queuedAt: seed.queuedAtMs, startedAt: seed.startedAtMs, endedAt: seed.endedAtMs })[
      query.timeField
    ];
  const sign = query.order === "ASC" ? 1 : -1;
  return seeds
    .flatMap((seed) => ({ seed, atMs: momentOf(seed) ?? Number.NaN }))
    .filter(({ atMs }) => !Number.isNaN(atMs))
    .filter(({ atMs }) => query.fromMs === null || atMs >= query.fromMs)
    .filter(({ atMs }) => query.untilMs === null || atMs < query.untilMs)
    .filter(({ seed }) => query.statuses?.includes(seed.status) ?? true)
    .filter(({ seed }) => query.functionIds?.includes(seed.functionId) ?? true)
    .sort((a, b) => sign * (a.atMs - b.atMs || (a.seed.id < b.seed.id ? -1 : 1)))
    .map(({ seed }) => seed.id);
}

const seedsArbitrary = fc
  .array(
    fc.record({
      gapMs: fc.nat(3),
      functionId: fc.constantFrom(...FUNCTIONS),
      status: fc.constantFrom(...RUN_STATUSES),
      startedAfterMs: fc.option(fc.nat(5)),
      endedAfterMs: fc.option(fc.nat(5)),
    }),
    { maxLength: 40 },
  )
  .map((rows) => {
    let nowMs = START_MS;
    const createId = createUlidSource({ nowMs: () => nowMs, random: () => 0 });
    return rows.map(({ gapMs, functionId, status, startedAfterMs, endedAfterMs }): Seed => {
      nowMs += gapMs;
      const startedAtMs = startedAfterMs === null ? null : nowMs + startedAfterMs;
      const endedAtMs = endedAfterMs === null ? null : nowMs + endedAfterMs;
      return { id: createId(), functionId, status, queuedAtMs: nowMs, startedAtMs, endedAtMs };
    });
  });

const queryArbitrary = fc.record({
  timeField: fc.constantFrom("queuedAt", "startedAt", "endedAt"),
  fromMs: fc.option(fc.integer({ min: START_MS - 2, max: START_MS + 60 })),
  untilMs: fc.option(fc.integer({ min: START_MS - 2, max: START_MS + 60 })),
  order: fc.constantFrom("ASC", "DESC"),
  statuses: fc.option(fc.uniqueArray(fc.constantFrom(...RUN_STATUSES), { minLength: 1 })),
  functionIds: fc.option(fc.uniqueArray(fc.constantFrom(...FUNCTIONS))),
  limit: fc.integer({ min: 1, max: 7 }),
});

describe("a list of runs", () => {
  test("is what a plain filter and sort would give, page after page, each run once", () => {
    fc.assert(
      fc.property(seedsArbitrary, queryArbitrary, (seeds, part) => {
        db.exec("DELETE FROM runs");
        for (const seed of seeds) addRun(seed);
        const query = { ...ALL, ...part };
        const seen: string[] = [];
        let after: RunQuery["after"] = null;
        for (let page = 0; page <= seeds.length; page += 1) {
          const runs = reads.load({ ...query, after });
          const last = runs.at(-1);
          seen.push(...idsOf(runs));
          if (!last || runs.length < query.limit) break;
          const moments = {
            queuedAt: last.queuedAtMs,
            startedAt: last.startedAtMs,
            endedAt: last.endedAtMs,
          };
          after = { id: last.id, atMs: moments[query.timeField] ?? 0 };
        }
        expect(seen).toEqual([...expected(seeds, query)]);
      }),
      { numRuns: 150 },
    );
  });

  test("has the names behind the ids, and the output only when it is asked for", () => {
    const run = { startedAtMs: START_MS + 1, endedAtMs: START_MS + 2, queuedAtMs: START_MS };
    addRun({ id: "R", functionId: "demo-a", status: "COMPLETED", ...run });
    db.query("UPDATE runs SET output_json = '[1]'").run();
    expect(reads.load(ALL)[0]).toEqual({
      id: "R",
      status: "COMPLETED",
      appName: "demo",
      functionId: "demo-a",
      functionSlug: "demo-a",
      functionName: "The demo-a",
      eventInternalId: "event",
      eventInternalIds: ["event"],
      rerunOf: null,
      ...run,
      outputJson: null,
    });
    expect(reads.load({ ...ALL, withOutput: true })[0]?.outputJson).toBe("[1]");
  });
});

describe("the runs of an event", () => {
  test("come newest first, page by page", () => {
    for (const id of ["R1", "R2", "R3"]) {
      const times = { queuedAtMs: START_MS, startedAtMs: null, endedAtMs: null };
      addRun({ id, functionId: "demo-a", status: "QUEUED", ...times });
    }
    const page = { limit: 2, withOutput: false };
    expect(idsOf(reads.loadOfEvent("event", { ...page, after: null }))).toEqual(["R3", "R2"]);
    expect(idsOf(reads.loadOfEvent("event", { ...page, after: "R2" }))).toEqual(["R1"]);
    expect(reads.loadOfEvent("another", { ...page, after: null })).toEqual([]);
  });
});

describe("SQLite's plan", () => {
  const planOf = (sql: string): string => {
    const named = [...sql.matchAll(/\$(\w+)/g)].map(([, name]) => [name, null]);
    return db
      .query<{ detail: string }, [Record<string, null>]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(Object.fromEntries(named))
      .map(({ detail }) => detail)
      .join("\n");
  };

  test.each([
    ["byQueued", "SEARCH runs USING PRIMARY KEY (id>? AND id<?)"],
    [
      "ofPair",
      "COVERING INDEX runs_by_function_status (function_id=? AND status=? AND id>? AND id<?)",
    ],
    ["byStarted", "USING INDEX runs_by_start (started_at_ms>? AND started_at_ms<?)"],
    ["byEnded", "USING INDEX runs_by_end (ended_at_ms>? AND ended_at_ms<?)"],
    ["ofEvent", "COVERING INDEX runs_by_event (event_internal_id=? AND id<?)"],
  ] as const)("for the list %p is one range of an index, already in order", (name, part) => {
    const plan = planOf(runListQueries[name]);
    expect(plan).toContain(part);
    expect(plan).not.toContain("TEMP B-TREE");
    expect(plan).not.toMatch(/SCAN (runs|run)\b/);
  });

  test("for an event's batches looks at those alone, and at their runs", () => {
    const plan = planOf(runListQueries.ofBatchedEvent);
    expect(plan).toContain("INDEX batch_events_by_event (event_internal_id=?)");
    expect(plan).toContain("INDEX runs_by_batch (batch_id=? AND id<?)");
  });
});
