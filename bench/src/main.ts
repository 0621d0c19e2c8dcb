// `bun run bench`: the figures of bench/README.md. Engine, worker and this program are three processes.

import { BusUnderTest } from "./bus-under-test.ts";
import { measureCommitMs, measureLatency, measureThroughput, readRssMb } from "./measure.ts";
import { formatMs, quantile } from "./statistics.ts";

const LATENCY_RUNS = 1_000;
const IDLE_PAUSE_MS = 2_000;

const bus = await BusUnderTest.start();
try {
  await Bun.sleep(IDLE_PAUSE_MS);
  const rows: (readonly [string, string])[] = [
    ["engine ready after", formatMs(bus.readyMs)],
    ["engine idle, resident", `${(await readRssMb(bus.enginePid)).toFixed(0)} MB`],
    ["one commit of this disk, median", formatMs(measureCommitMs())],
  ];
  for (const event of ["one-step", "ten-steps"]) {
    const samples = await measureLatency(bus, `bench/${event}`, LATENCY_RUNS);
    rows.push([`${event}, one at a time, median`, formatMs(quantile(samples, 0.5))]);
    rows.push([`${event}, one at a time, p99`, formatMs(quantile(samples, 0.99))]);
  }
  for (const [event, runCount] of [
    ["one-step", 10_000],
    ["ten-steps", 3_000],
  ] as const) {
    const load = { runCount, inFlight: 100 };
    const runsPerSecond = await measureThroughput(bus, `bench/${event}`, load);
    rows.push([`${event}, 100 at once`, `${runsPerSecond.toFixed(0)} runs/s`]);
  }
  rows.push(["engine after that, resident", `${(await readRssMb(bus.enginePid)).toFixed(0)} MB`]);
  for (const [what, figure] of rows) console.log(`${what.padEnd(36)} ${figure}`);
} finally {
  await bus.stop();
}
