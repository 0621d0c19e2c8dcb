import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { measureLatencies } from "../load.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatMs, median, quantile } from "../statistics.ts";

const WARM_UP_RUNS = 200;
const ROUNDS = 8;
const RUNS_A_ROUND = 150;
const COMMIT_SAMPLES = 300;
const P99_MS_MAX = 10;

/** The embedded engine and the null engine in turn, so that both meet the same moods of the machine. */
export async function measureLatency(): Promise<readonly Row[]> {
  const ours = await BusUnderTest.start({ engine: "embedded", worker: "sdk" });
  const none = await BusUnderTest.start({ engine: "null", worker: "sdk" });
  try {
    const commitMs = measureCommitMs(ours.directory);
    const one = await compare(ours, none, "one-step");
    const ten = await compare(ours, none, "ten-steps");
    const oneMaxMs = median(one.none) + 3 * commitMs + 0.7;
    const tenMaxMs = median(ten.none) + 12 * commitMs + 2;
    const p99Ms = quantile(one.ours, 0.99);
    return [
      row("one commit of this disk, median", formatMs(commitMs)),
      row("null engine: one-step run, median", formatMs(median(one.none))),
      bounded(
        "one-step run, one at a time, median",
        median(one.ours),
        oneMaxMs,
        "null + 3 commits + 0.7",
      ),
      bounded("the same, p99", p99Ms, P99_MS_MAX),
      row("null engine: ten-step run, median", formatMs(median(ten.none))),
      bounded(
        "ten-step run, one at a time, median",
        median(ten.ours),
        tenMaxMs,
        "null + 12 commits + 2",
      ),
    ];
  } finally {
    await Promise.all([ours.stop(), none.stop()]);
  }
}

function bounded(what: string, ms: number, maxMs: number, rule = ""): Row {
  const bound = `≤ ${formatMs(maxMs)}${rule && ` (${rule})`}`;
  return boundedRow(what, formatMs(ms), bound, ms <= maxMs);
}

async function compare(ours: BusUnderTest, none: BusUnderTest, functionId: string) {
  const event = { name: `bench/${functionId}`, data: {} };
  const samples = { ours: [] as number[], none: [] as number[] };
  for (const bus of [ours, none]) await measureLatencies(bus, event, WARM_UP_RUNS);
  for (let round = 0; round < ROUNDS; round += 1) {
    samples.none.push(...(await measureLatencies(none, event, RUNS_A_ROUND)));
    samples.ours.push(...(await measureLatencies(ours, event, RUNS_A_ROUND)));
  }
  return samples;
}

/** What one commit costs on this disk: 4 KB appended and synced. */
function measureCommitMs(directory: string): number {
  const file = join(directory, "commit");
  const descriptor = openSync(file, "w");
  const page = Buffer.alloc(4096, 1);
  const samples: number[] = [];
  for (let index = 0; index < COMMIT_SAMPLES; index += 1) {
    const startedMs = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    samples.push(performance.now() - startedMs);
  }
  closeSync(descriptor);
  rmSync(file);
  return median(samples);
}
