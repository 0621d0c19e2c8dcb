import { measureRunsPerSecond, sendInBatches } from "../load.ts";
import { BusUnderTest } from "../processes/bus-under-test.ts";
import { boundedRow, type Row } from "../row.ts";
import { formatCount, median } from "../statistics.ts";

const STEPS_A_RUN = 10;
const IN_FLIGHT = 100;
const ROUNDS = 3;
const STEPS_PER_SECOND_MIN = 15_000;
const EVENTS_PER_SECOND_MIN = 20_000;
const KEYS = 50;

/** The engine without the SDK's own weight: steps and events a second, durable, over HTTP. */
export async function measureStub(): Promise<readonly Row[]> {
  const bus = await BusUnderTest.start({ engine: "embedded", worker: "stub" });
  try {
    const steps = {
      checkpointed: await stepsPerSecond(bus, "checkpointed-steps", 2_000),
      plain: await stepsPerSecond(bus, "plain-steps", 1_000),
    };
    const batches = { count: 1_000, size: 100, inFlight: 4 };
    const events = await sendInBatches(
      bus,
      (index) => ({ name: "bench/heard", data: { index } }),
      batches,
    );
    return [
      boundedRow(
        "stub worker, checkpoints, flow control on",
        `${formatCount(steps.checkpointed)} steps/s`,
        `≥ ${formatCount(STEPS_PER_SECOND_MIN)}`,
        steps.checkpointed >= STEPS_PER_SECOND_MIN,
      ),
      boundedRow(
        "stub worker, one call a step, flow control on",
        `${formatCount(steps.plain)} steps/s`,
        `≥ ${formatCount(STEPS_PER_SECOND_MIN)}`,
        steps.plain >= STEPS_PER_SECOND_MIN,
      ),
      boundedRow(
        "events taken in, batches of 100",
        `${formatCount(events)} events/s`,
        `≥ ${formatCount(EVENTS_PER_SECOND_MIN)}`,
        events >= EVENTS_PER_SECOND_MIN,
      ),
    ];
  } finally {
    await bus.stop();
  }
}

async function stepsPerSecond(bus: BusUnderTest, functionId: string, runCount: number) {
  const createEvent = (index: number) => ({
    name: `bench/${functionId}`,
    data: { key: `key-${index % KEYS}` },
  });
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    rates.push(await measureRunsPerSecond(bus, createEvent, { runCount, inFlight: IN_FLIGHT }));
  }
  // The first round warms up.
  return median(rates.slice(1)) * STEPS_A_RUN;
}
