import { readRssMb } from "../process-figures.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatCount, slope } from "../statistics.ts";

const RUNS_PER_SECOND = 100;
const SAMPLE_EVERY_MS = 10_000;
/** Caches fill first. */
const WARM_UP_SHARE = 0.25;
const RSS_MB_MAX = 150;
/** What an hour may add before it counts as a leak: the noise of the collector. */
const SLOPE_MB_PER_HOUR_MAX = 5;

/** Steady load for `minutes`; whether the engine's memory grows. */
export async function measureSoak(minutes: number): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "sdk" });
  const points: { x: number; y: number }[] = [];
  let sentCount = 0;
  const startedMs = performance.now();
  const untilMs = startedMs + minutes * 60_000;
  try {
    let nextSampleMs = startedMs;
    while (performance.now() < untilMs) {
      const dueCount = Math.floor(((performance.now() - startedMs) / 1_000) * RUNS_PER_SECOND);
      for (; sentCount < dueCount; sentCount += 1) {
        const functionId = sentCount % 10 === 0 ? "ten-steps" : "one-step";
        await bus.send({ name: `bench/${functionId}`, data: { index: sentCount } });
      }
      if (performance.now() >= nextSampleMs) {
        nextSampleMs += SAMPLE_EVERY_MS;
        const y = await readRssMb(bus.enginePid);
        points.push({ x: (performance.now() - startedMs) / 3_600_000, y });
      }
      await Bun.sleep(20);
    }
    const steady = points.slice(Math.floor(points.length * WARM_UP_SHARE));
    const growth = slope(steady);
    const rssMb = Math.max(...steady.map(({ y }) => y));
    return [
      row(`runs in ${minutes} minutes`, formatCount(sentCount)),
      boundedRow(
        "resident memory, largest",
        `${rssMb.toFixed(0)} MB`,
        `≤ ${RSS_MB_MAX} MB`,
        rssMb <= RSS_MB_MAX,
      ),
      boundedRow(
        "growth of memory, after a quarter of the time",
        `${growth.toFixed(1)} MB/h`,
        `≤ ${SLOPE_MB_PER_HOUR_MAX} MB/h`,
        growth <= SLOPE_MB_PER_HOUR_MAX,
      ),
    ];
  } finally {
    await bus.stop();
  }
}
