import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { measureRunsPerSecond } from "../load.ts";
import { readRssMb } from "../process-figures.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatCount, formatMs, quantile } from "../statistics.ts";
import { multiplyRuns } from "./multiply-runs.ts";

const RUNS = 1_000_000;
const TEMPLATE_RUNS = 1_000;
const FAILING_SHARE = 50;
const QUERIES = 300;
const P99_MS_MAX = 20;
const RSS_MB_MAX = 150;

/** Lists, filters and traces over a million finished runs: real ones, copied with new ids and times. */
export async function measureMillion(): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "stub" });
  try {
    const createEvent = (index: number) => ({
      name: index % FAILING_SHARE === 0 ? "bench/failing" : "bench/one-step",
      data: { index },
    });
    await measureRunsPerSecond(bus, createEvent, { runCount: TEMPLATE_RUNS, inFlight: 50 });
    await bus.stopEngine();
    const file = join(bus.directory, "engine.db");
    const db = new Database(file);
    multiplyRuns(db, RUNS / TEMPLATE_RUNS);
    const ids = db
      .query<{ id: string }, [number]>("SELECT id FROM runs ORDER BY random() LIMIT ?")
      .all(QUERIES);
    db.close();
    await bus.startEngine();

    const lists = await timeQueries(bus, () => "/api/v2/runs?limit=50");
    const filters = await timeQueries(bus, (index) => {
      const from = new Date(Date.now() - (index + 1) * 3_600_000).toISOString();
      return `/api/v2/runs?limit=50&status=FAILED&from=${from}&appId=stub`;
    });
    const traces = await timeQueries(
      bus,
      (index) => `/api/v2/runs/${ids[index]?.id}/trace?includeOutput=true`,
    );
    const rssMb = await readRssMb(bus.enginePid);
    return [
      row(
        "finished runs in the database",
        `${formatCount(RUNS)}, ${(statSync(file).size / 1e9).toFixed(2)} GB`,
      ),
      bounded("list of 50 runs, p99", lists),
      bounded("filtered by status, app and time, p99", filters),
      bounded("one run's trace, p99", traces),
      row("engine ready with them after", formatMs(bus.readyMs)),
      boundedRow(
        "resident memory after that",
        `${rssMb.toFixed(0)} MB`,
        `≤ ${RSS_MB_MAX} MB`,
        rssMb <= RSS_MB_MAX,
      ),
    ];
  } finally {
    await bus.stop();
  }
}

function bounded(what: string, samples: readonly number[]): Row {
  const p99Ms = quantile(samples, 0.99);
  return boundedRow(what, formatMs(p99Ms), `≤ ${P99_MS_MAX} ms`, p99Ms <= P99_MS_MAX);
}

async function timeQueries(
  bus: BusUnderTest,
  path: (index: number) => string,
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let index = 0; index < QUERIES; index += 1) {
    const startedMs = performance.now();
    const response = await fetch(`${bus.engineUrl}${path(index)}`);
    if (!response.ok)
      throw new Error(`${path(index)}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    samples.push(performance.now() - startedMs);
  }
  return samples;
}
