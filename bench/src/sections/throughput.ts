import { measureRunsPerSecond } from "../load.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row, row } from "../row.ts";
import { formatCount, median } from "../statistics.ts";

const IN_FLIGHT = 100;
const ROUNDS = 5;
const RATIO_MIN = 0.85;
const LOADS = [
  { functionId: "one-step", runCount: 3_000 },
  { functionId: "ten-steps", runCount: 1_000 },
] as const;

/** Runs a second beside the null engine, in turn; the ratio is the median of those of the rounds. */
export async function measureThroughput(): Promise<readonly Row[]> {
  const ours = await BusUnderTest.start({ engine: "embedded", worker: "sdk" });
  const none = await BusUnderTest.start({ engine: "null", worker: "sdk" });
  try {
    const rows: Row[] = [];
    for (const { functionId, runCount } of LOADS) {
      const createEvent = () => ({ name: `bench/${functionId}`, data: {} });
      const measure = (bus: BusUnderTest) =>
        measureRunsPerSecond(bus, createEvent, { runCount, inFlight: IN_FLIGHT });
      for (const bus of [ours, none]) await measure(bus);
      const rates: { ours: number; none: number }[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        rates.push({ none: await measure(none), ours: await measure(ours) });
      }
      const ratio = median(rates.map((rate) => rate.ours / rate.none));
      const figure = `${formatCount(median(rates.map((rate) => rate.ours)))} runs/s, ${ratio.toFixed(2)} of null`;
      rows.push(
        row(
          `null engine: ${functionId}, ${IN_FLIGHT} at once`,
          `${formatCount(median(rates.map((rate) => rate.none)))} runs/s`,
        ),
        boundedRow(
          `${functionId}, ${IN_FLIGHT} at once`,
          figure,
          `≥ ${RATIO_MIN} of null`,
          ratio >= RATIO_MIN,
        ),
      );
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), none.stop()]);
  }
}
